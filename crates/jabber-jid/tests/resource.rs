//! The resource, RFC 7622 §3.4.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use jabber_jid::{Jid, JidFault, JidPart};

fn resource(text: &str) -> Result<String, JidFault> {
    match Jid::from_parts(Some("alice"), "example.com", Some(text)) {
        Ok(jid) => Ok(jid.resource().unwrap().to_owned()),
        Err(error) => {
            assert_eq!(error.part(), JidPart::Resource);
            Err(error.fault())
        }
    }
}

#[test]
fn keeps_what_is_written() {
    for text in [
        "Oracle", "a/b", "//", "a@b", "@", " ", "foo bar", " foo ", "\"&'<>:", "ﬁ", "½", "♚", "🦊",
        "🥰", "Ⅳ", "Straße", "ΣΑΣ", "אa", "İ", "ａ", "𝕏",
    ] {
        assert_eq!(resource(text).as_deref(), Ok(text));
    }
}

#[test]
fn maps_spaces_and_composes() {
    assert_eq!(resource("a\u{A0}b\u{3000}c\u{2003}").as_deref(), Ok("a b c "));
    assert_eq!(resource("e\u{301}").as_deref(), Ok("é"));
    assert_eq!(resource("\u{212B}").as_deref(), Ok("Å"));
    assert_eq!(resource("q\u{307}\u{323}").as_deref(), Ok("q\u{323}\u{307}"));
}

#[test]
fn refuses_controls_and_invisible_characters() {
    for c in ['\0', '\t', '\n', '\r', '\u{1F}', '\u{7F}', '\u{80}', '\u{AD}', '\u{200B}'] {
        let expected = JidFault::Character { character: c, position: 2 };
        assert_eq!(resource(&format!("é{c}")), Err(expected));
    }
    for c in ['\u{2028}', '\u{202E}', '\u{FE0F}', '\u{FFFE}', '\u{E000}', '\u{1100}', '\u{640}'] {
        let expected = JidFault::Character { character: c, position: 1 };
        assert_eq!(resource(&format!("a{c}")), Err(expected));
    }
    let unassigned = JidFault::Unassigned { character: '\u{378}', position: 0 };
    assert_eq!(resource("\u{378}"), Err(unassigned));
    let context = JidFault::Context { character: '\u{200D}', position: 4 };
    assert_eq!(resource("👩\u{200D}💻"), Err(context));
}

#[test]
fn length() {
    assert!(resource(&"a".repeat(1023)).is_ok());
    assert_eq!(resource(&"a".repeat(1024)), Err(JidFault::TooLong));
    assert!(resource(&"🦊".repeat(255)).is_ok());
    assert_eq!(resource(&"🦊".repeat(256)), Err(JidFault::TooLong));
    assert_eq!(resource(""), Err(JidFault::Empty));
}

#[test]
fn takes_the_place_of_another() {
    let jid = Jid::new("alice@example.com/one").unwrap();
    assert_eq!(jid.with_resource("a/b").unwrap().as_str(), "alice@example.com/a/b");
    assert_eq!(jid.to_bare().with_resource("two").unwrap().resource(), Some("two"));
    let domain = jid.to_domain().with_resource("é").unwrap();
    assert_eq!((domain.local(), domain.domain()), (None, "example.com"));
    assert_eq!(domain, Jid::new("example.com/é").unwrap());
    assert_eq!(jid.with_resource("\n").unwrap_err().part(), JidPart::Resource);
}
