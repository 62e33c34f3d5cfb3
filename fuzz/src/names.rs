//! Names of people and places.

use jabber_jid::{Host, Jid};
use jabber_transport::HostPort;

/// A text that may be a JID. One that is taken is the same when it is written and read again, and when
/// it is put together from its parts; no part is longer than there may be.
pub(crate) fn jid(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let Ok(jid) = Jid::new(&text) else { return };
    let again = Jid::new(jid.as_str()).expect("a prepared JID is a JID");
    assert_eq!(again.as_str(), jid.as_str());
    let parts = (jid.local(), jid.domain(), jid.resource());
    assert_eq!((again.local(), again.domain(), again.resource()), parts);
    assert_eq!(Jid::from_parts(parts.0, parts.1, parts.2).as_ref(), Ok(&jid));
    assert_eq!(Jid::new(jid.to_bare().as_str()), Ok(jid.to_bare()));
    for part in [parts.0, Some(parts.1), parts.2].into_iter().flatten() {
        assert!((1..=1023).contains(&part.len()), "{part:?}");
    }
    if let Ok(Host::Name(name)) = jid.host() {
        assert!(name.is_ascii(), "{name}");
        assert_eq!(Jid::new(&name), Ok(jid.to_domain()));
    }
}

/// An address as a person or a redirect names it. One that is taken is the same when it is written and
/// read again.
pub(crate) fn address(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    match text.parse::<HostPort>() {
        Ok(address) => {
            let again = address.to_string().parse::<HostPort>();
            assert_eq!(again.as_ref(), Ok(&address), "{address}");
            assert!(!address.host().is_empty());
        }
        Err(error) => assert!(error.position() <= text.len(), "{error}"),
    }
}
