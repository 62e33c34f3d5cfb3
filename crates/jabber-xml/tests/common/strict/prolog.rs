//! What begins with `<!` and `<?`.

use jabber_xml::Fault;

use super::Stop;
use super::chars::is_space;

/// The length of `<![CDATA[` (XML §2.7 \[19]), the only construct of that kind that may be here:
/// RFC 6120 §11.1 forbids comments and a DTD, and without one no other is any.
pub(super) fn bang(bytes: &[u8]) -> Result<usize, Stop> {
    const CDATA: &[u8] = b"<![CDATA[";
    if bytes.starts_with(CDATA) {
        Ok(CDATA.len())
    } else if CDATA.starts_with(bytes) {
        Err(Stop::More)
    } else if bytes.starts_with(b"<!-") {
        Err(Fault::Comment.into())
    } else if bytes.starts_with(b"<!D") {
        Err(Fault::Doctype.into())
    } else {
        Err(Fault::Bang.into())
    }
}

/// Whether an XML declaration begins here; RFC 6120 §11.1 forbids processing instructions.
pub(super) fn question(bytes: &[u8]) -> Result<(), Stop> {
    const XML: &[u8] = b"<?xml";
    if XML.starts_with(bytes) {
        return Err(Stop::More);
    }
    // XML §2.6 [17]: with more behind it, it is another target.
    match bytes.strip_prefix(XML) {
        Some([first, ..]) if is_space(*first) => Ok(()),
        _ => Err(Fault::ProcessingInstruction.into()),
    }
}

/// XML §2.8 \[23] XMLDecl ::= '<?xml' VersionInfo EncodingDecl? SDDecl? S? '?>'; its length.
pub(super) fn declaration(bytes: &[u8]) -> Result<usize, Stop> {
    let start = "<?xml".len();
    let len = bytes[start..].windows(2).position(|w| w == b"?>").ok_or(Stop::More)?;
    let mut rest = &bytes[start..start + len];
    // XML §2.8 [24]: no other version is a document of XML 1.0 for us.
    let version = attribute(&mut rest, "version");
    if version != Some(b"1.0") {
        return Err(Fault::XmlDeclaration.into());
    }
    // XML §4.3.3 [80]; RFC 6120 §11.6: UTF-8 and nothing else.
    let encoding = attribute(&mut rest, "encoding");
    if encoding.is_some_and(|encoding| !encoding.eq_ignore_ascii_case(b"UTF-8")) {
        return Err(Fault::Encoding.into());
    }
    // XML §2.9 [32] SDDecl
    let standalone = attribute(&mut rest, "standalone");
    if !matches!(standalone, None | Some(b"yes" | b"no")) || !rest.iter().all(|&b| is_space(b)) {
        return Err(Fault::XmlDeclaration.into());
    }
    Ok(start + len + 2)
}

/// S Name Eq and a value in quotes, if that comes next.
fn attribute<'a>(rest: &mut &'a [u8], name: &str) -> Option<&'a [u8]> {
    let behind = trim(rest);
    if behind.len() == rest.len() {
        return None;
    }
    let behind = trim(trim(behind.strip_prefix(name.as_bytes())?).strip_prefix(b"=")?);
    let (quote, behind) = behind.split_first().filter(|(q, _)| b"'\"".contains(q))?;
    let end = behind.iter().position(|b| b == quote)?;
    *rest = &behind[end + 1..];
    Some(&behind[..end])
}

fn trim(bytes: &[u8]) -> &[u8] {
    &bytes[bytes.iter().take_while(|&&b| is_space(b)).count()..]
}
