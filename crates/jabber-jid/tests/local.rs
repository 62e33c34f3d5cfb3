//! The local part, RFC 7622 §3.3.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use jabber_jid::{Jid, JidFault, JidPart};

fn local(text: &str) -> Result<String, JidFault> {
    match Jid::from_parts(Some(text), "example.com", None) {
        Ok(jid) => Ok(jid.local().unwrap().to_owned()),
        Err(error) => {
            assert_eq!(error.part(), JidPart::Local);
            Err(error.fault())
        }
    }
}

fn refused(text: &str, character: char, position: usize) {
    assert_eq!(local(text), Err(JidFault::Character { character, position }), "{text:?}");
}

#[test]
fn is_mapped() {
    for (given, prepared) in [
        ("ALICE", "alice"),
        ("ａｌｉｃｅ", "alice"),
        ("ＡＬＩＣＥ", "alice"),
        ("Straße", "straße"),
        ("STRAẞE", "straße"),
        ("ΣΊΣΥΦΟΣ", "σίσυφοσ"),
        ("σίσυφος", "σίσυφος"),
        ("İ", "i\u{307}"),
        ("ÅNGSTRÖM", "ångström"),
        ("A\u{30A}", "å"),
        ("ｱｲｳ", "アイウ"),
        ("ﾊﾞ", "バ"),
        ("Ꭰ", "ꭰ"),
        ("x", "x"),
    ] {
        assert_eq!(local(given).as_deref(), Ok(prepared), "{given}");
    }
}

#[test]
fn the_eight_excluded_characters_are_refused_in_either_width() {
    for c in ['"', '&', '\'', '/', ':', '<', '>', '@'] {
        refused(&format!("a{c}"), c, 1);
        let wide = char::from_u32(u32::from(c) + 0xFEE0).unwrap();
        refused(&format!("ä{wide}"), wide, 2);
    }
    // Every other visible ASCII character may be there.
    for c in ('!'..='~').filter(|c| !"\"&'/:<>@".contains(*c)) {
        assert_eq!(
            local(&c.to_string()).as_deref(),
            Ok(c.to_ascii_lowercase().to_string().as_str())
        );
    }
}

#[test]
fn spaces_and_controls_are_refused() {
    for c in ['\0', '\t', '\n', '\r', '\u{7F}', '\u{85}', ' ', '\u{A0}', '\u{3000}', '\u{2028}'] {
        refused(&format!("a{c}b"), c, 1);
    }
    for c in ['\u{AD}', '\u{200B}', '\u{202E}', '\u{FEFF}', '\u{FE0F}', '\u{E0041}', '\u{FFFF}'] {
        refused(&format!("ab{c}"), c, 2);
    }
    refused("a\u{E000}", '\u{E000}', 1); // private use
}

#[test]
fn symbols_and_compatibility_characters_are_refused() {
    for c in ['♚', '🦊', '€', '×', '—', '½', 'ﬁ', 'ª', '²', 'ſ', '\u{212A}', 'ǅ', '\u{1100}']
    {
        refused(&format!("é{c}"), c, 2);
    }
}

#[test]
fn unassigned_code_points_are_refused() {
    for character in ['\u{378}', '\u{E0080}', '\u{50000}'] {
        let expected = JidFault::Unassigned { character, position: 1 };
        assert_eq!(local(&format!("a{character}")), Err(expected));
    }
}

#[test]
fn letters_newer_than_unicode_6_3_are_allowed() {
    // U+08B3 (7.0), U+16E60 (11.0), U+1E290 (14.0), U+31350 (15.0)
    for c in ['\u{8B3}', '\u{16E60}', '\u{1E290}', '\u{31350}'] {
        assert!(local(&c.to_string()).is_ok(), "U+{:X}", u32::from(c));
    }
}

#[test]
fn direction_obeys_rfc_5893() {
    for text in ["שלום", "שָׁלוֹם", "مرحبا", "مرحبا1", "א1", "ދިވެހި", "سلام٣"]
    {
        assert_eq!(local(text).as_deref(), Ok(text));
    }
    for text in ["אa", "aא", "1א", "א٣1", "א-", "٣", "שלום!", "a\u{5D0}b"] {
        assert_eq!(local(text), Err(JidFault::Direction), "{text}");
    }
}

#[test]
fn contexts_of_rfc_5892_appendix_a() {
    for text in [
        "l·l",
        "क्\u{200C}ष",
        "क्\u{200D}ष",
        "نامه\u{200C}ای", // Persian: joined from the left only over the non-joiner
        "͵α",
        "א׳",
        "א״ב",
        "ア・ア",
        "漢・",
        "ا٣٤",
        "ا۳۴",
    ] {
        assert!(local(text).is_ok(), "{text}: {:?}", local(text));
    }
    for (text, character, position) in [
        ("l·a", '·', 1),
        ("·l", '·', 0),
        ("l·", '·', 1),
        ("a\u{200C}b", '\u{200C}', 1),
        ("\u{200D}", '\u{200D}', 0),
        ("͵a", '͵', 0),
        ("a׳", '׳', 1),
        ("a・", '・', 1),
        ("ا٣۴", '٣', 2),
    ] {
        assert_eq!(local(text), Err(JidFault::Context { character, position }), "{text}");
    }
}

#[test]
fn length_is_of_the_prepared_form() {
    assert!(local(&"a".repeat(1023)).is_ok());
    assert_eq!(local(&"a".repeat(1024)), Err(JidFault::TooLong));
    assert!(local(&"ａ".repeat(1023)).is_ok(), "3069 bytes become 1023");
    assert_eq!(local(&"ａ".repeat(1024)), Err(JidFault::TooLong));
    assert!(local(&format!("a{}", "é".repeat(511))).is_ok());
    assert_eq!(local(&"é".repeat(512)), Err(JidFault::TooLong));
    // Grows: U+0130 has two bytes, its lower case three.
    assert_eq!(local(&"İ".repeat(511)), Err(JidFault::TooLong));
    assert_eq!(local(&"\0".repeat(1 << 20)), Err(JidFault::TooLong));
}
