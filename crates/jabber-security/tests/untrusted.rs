//! A peer's words are readable, and command nothing.

use jabber_security::Untrusted;

#[test]
fn what_commands_or_deceives_is_escaped() {
    for (said, shown) in [
        ("\u{1b}[2J", "\\u{1b}[2J"),
        ("\u{9b}31m", "\\u{9b}31m"),
        ("a\r\nb\t", "a\\r\\nb\\t"),
        ("\u{202e}\u{200b}\u{2028}", "\\u{202e}\\u{200b}\\u{2028}"),
        // An accent alone would sit on what we wrote before it.
        ("\u{301}x", "\\u{301}x"),
        ("'\u{301}", "'\\u{301}"),
    ] {
        assert_eq!(Untrusted::new(said).to_string(), shown);
    }
}

#[test]
fn what_people_write_stays() {
    for said in [
        "",
        "can't \"say\" a\\b",
        "\\u{9b}",
        "'",
        "Gr\u{fc}\u{df}e",
        "e\u{301}t\u{e9}",
        "\u{e2a}\u{e48}\u{e07}",
    ] {
        assert_eq!(Untrusted::new(said).to_string(), said);
    }
}

/// Shown twice, say in an error and in the error around it, it is escaped once.
#[test]
fn escapes_stay() {
    let once = Untrusted::new("\u{9b}\n").to_string();
    assert_eq!(Untrusted::new(&once).to_string(), once);
}

#[test]
fn long_words_are_cut() {
    let said = "\u{fc}".repeat(5);
    for (most, shown) in [(5, &*said), (9, &*said), (4, "\u{fc}\u{fc}\u{fc}\u{fc}..."), (0, "...")]
    {
        assert_eq!(Untrusted::new(&said).at_most(most).to_string(), shown);
    }
    assert_eq!(Untrusted::new("").at_most(0).to_string(), "");
}
