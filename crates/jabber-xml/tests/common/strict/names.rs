use jabber_xml::Fault;

use super::Stop;
use super::bounds::{NAME, PREFIX};
use super::chars::{is_ncname, may_be_in_a_name, may_begin_a_name};

/// The qualified name that `bytes` begin with.
pub(super) fn qname(bytes: &[u8]) -> Result<String, Stop> {
    let len = bytes.iter().position(|&b| !may_be_in_a_name(b)).ok_or(Stop::More)?;
    let name = &bytes[..len];
    if !name.first().is_some_and(|&b| may_begin_a_name(b)) {
        return Err(Fault::Name.into());
    }
    if name.len() > NAME {
        return Err(Fault::LongName.into());
    }
    let name = String::from_utf8(name.to_vec()).map_err(|_| Fault::Utf8)?;
    // NS §4 [7] QName ::= PrefixedName | UnprefixedName
    let (prefix, local) = parts(&name);
    if !is_ncname(local) || prefix.is_some_and(|prefix| !is_ncname(prefix)) {
        return Err(Fault::Name.into());
    }
    if prefix.is_some_and(|prefix| prefix.len() > PREFIX) {
        return Err(Fault::LongName.into());
    }
    Ok(name)
}

/// Prefix and local part (NS §4 \[8] to \[11]).
pub(super) fn parts(name: &str) -> (Option<&str>, &str) {
    match name.split_once(':') {
        Some((prefix, local)) => (Some(prefix), local),
        None => (None, name),
    }
}
