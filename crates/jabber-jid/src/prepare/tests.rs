//! The fast path against the general way, and the class table against a second opinion.

use precis_core::{DerivedPropertyValue as Property, IdentifierClass, StringClass};
use precis_profiles::{OpaqueString, UsernameCaseMapped};
use proptest::prelude::{ProptestConfig, prop_assert_eq, proptest};

use super::class::{Class, class};
use super::*;

/// The general way, part by part, with no shortcut for ASCII anywhere.
fn slow(text: &str) -> Option<String> {
    let (bare, resource) = match text.split_once('/') {
        Some((bare, resource)) => (bare, Some(resource)),
        None => (text, None),
    };
    let (local, domain) = match bare.split_once('@') {
        Some((local, domain)) => (Some(local), domain),
        None => (None, bare),
    };
    let full = |part: Option<&str>| part.is_none_or(|text| !text.is_empty());
    if !full(local) || !full(Some(domain)) || !full(resource) {
        return None;
    }
    let domain = domain::any(domain.strip_suffix('.').unwrap_or(domain)).ok()?;
    let mut prepared = String::new();
    if let Some(local) = local {
        prepared.push_str(&local::any(local).ok()?);
        prepared.push('@');
    }
    prepared.push_str(&domain);
    if let Some(resource) = resource {
        prepared.push('/');
        prepared.push_str(&resource::any(resource).ok()?);
    }
    Some(prepared)
}

fn agree(given: &str) {
    let slow = slow(given);
    assert_eq!(any(given).ok().map(|p| p.text.to_string()), slow, "{given:?}");
    assert_eq!(text(given).ok().map(|p| p.text.to_string()), slow, "{given:?}");
    // What the fast path takes is right, offsets included; what it leaves is any fault or rarity.
    if let Some(fast) = ascii::text(given) {
        assert_eq!(any(given).as_ref(), Ok(&fast), "{given:?}");
    }
}

#[test]
fn fast_path_agrees_on_all_parts_of_one_or_two_ascii_characters() {
    for a in '\0'..='\x7F' {
        for b in core::iter::once(None).chain(('\0'..='\x7F').map(Some)) {
            let part: String = core::iter::once(a).chain(b).collect();
            agree(&format!("{part}@x"));
            agree(&part);
            agree(&format!("x/{part}"));
        }
    }
}

#[test]
fn fast_path_takes_plain_ascii() {
    for text in ["alice@localhost/oracle", "A.b+C@Sub-1.Example.COM/a@b/c d", "x", "127.0.0.1/ "] {
        assert!(ascii::text(text).is_some(), "{text}");
    }
    for text in ["xn--bcher-kva.x", "x.", "[::1]", "ä", "a@-x", "a@x/", "@x", "a..b", ""] {
        assert!(ascii::text(text).is_none(), "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn fast_path_agrees_on_any_ascii(text in "[ -~]{0,40}") {
        agree(&text);
    }

    #[test]
    fn fast_path_agrees_on_likely_ascii(text in "([A-Za-z0-9.+_-]{1,9}@)?[A-Za-z0-9-]{1,9}(\\.[xnXN0-9-]{1,9}){0,2}\\.?(/[ -~]{0,9})?") {
        agree(&text);
    }

    #[test]
    fn a_labels_lead_back(label in "\\PC{1,12}") {
        if !label.is_ascii() {
            let encoded = punycode::encode(&label);
            prop_assert_eq!(punycode::decode(&encoded), Some(label));
        }
    }

    #[test]
    fn no_punycode_panics(text in "[a-z0-9-]{0,60}") {
        let _ = punycode::decode(&text);
    }
}

/// RFC 3492 §7.1: (A) Arabic, (B) Chinese, (L) Japanese with digits, (S) ASCII that breaks rules.
#[test]
fn punycode_samples() {
    for (label, encoded) in [
        ("ليهمابتكلموشعربي؟", "egbpdaj6bu4bxfgehfvwxn"),
        ("他们为什么不说中文", "ihqwcrb4cv8a8dqg056pqjye"),
        ("3年B組金八先生", "3B-ww4c5e180e575a65lsy2b"),
        ("-> $1.00 <-", "-> $1.00 <--"),
        // U+3474 is 19 * 700 above the first, so that the damping has no remainder (§6.1).
        ("㑴一", "93k493e"),
    ] {
        assert_eq!(punycode::encode(label), encoded);
        assert_eq!(punycode::decode(encoded).as_deref(), Some(label));
    }
    for bad in ["a-ü", "!", "99999999", "a-9", "zzzzzzzzzzzzzzzzzzzz"] {
        assert_eq!(punycode::decode(bad), None, "{bad}");
    }
}

/// `precis-core` has the table of Unicode 6.3, so it is asked about what that version knew.
#[test]
fn classes_agree_with_precis_core() {
    let second = IdentifierClass::default();
    let mut differing = Vec::new();
    for c in '\0'..=char::MAX {
        let expected = match second.get_value_from_char(c) {
            Property::PValid => Class::Valid,
            Property::SpecClassPval | Property::SpecClassDis => Class::Freeform,
            Property::ContextJ | Property::ContextO => Class::Context,
            Property::Disallowed => Class::Disallowed,
            Property::Unassigned => continue,
        };
        if class(c) != expected {
            differing.push(c);
        }
    }
    assert_eq!(differing, Vec::<char>::new());
}

/// Strings of one code point that both know, alone and after a letter.
#[test]
fn profiles_agree_with_precis_profiles() {
    use precis_core::profile::PrecisFastInvocation;
    let second = IdentifierClass::default();
    let known = |c: char| second.get_value_from_char(c) != Property::Unassigned;
    // Theirs applies the rules once, ours until nothing changes: U+0387 becomes U+00B7, and that
    // is refused without its neighbours (RFC 8264 §7). So theirs is asked twice.
    let local = |text: &str| {
        let once = UsernameCaseMapped::enforce(text).ok()?.into_owned();
        once.chars().all(known).then(|| UsernameCaseMapped::enforce(once).ok())?
    };
    let resource = |text: &str| {
        let once = OpaqueString::enforce(text).ok()?.into_owned();
        OpaqueString::enforce(once).ok()
    };
    let is_new = |text: &str| text.chars().any(|c| c.to_lowercase().any(|c| !known(c)));
    let excluded = ['"', '&', '\'', '/', ':', '<', '>', '@'];
    for c in ('\0'..=char::MAX).filter(|c| known(*c)) {
        for text in [c.to_string(), format!("a{c}"), format!("א{c}")] {
            let theirs = local(&text).filter(|text| !text.contains(excluded));
            if !is_new(&text) {
                assert_eq!(local::any(&text).ok(), theirs, "local {text:?} U+{:X}", u32::from(c));
            }
            let ours = resource::any(&text).ok();
            assert_eq!(ours, resource(&text), "resource {text:?} U+{:X}", u32::from(c));
        }
    }
}

/// Why `precis-profiles` is but the second opinion: a letter of Unicode 7.0, an emoji of 9.0, and
/// a pointed word. When this fails, it may be time to think again.
#[test]
fn what_precis_profiles_refuses() {
    use precis_core::profile::PrecisFastInvocation;
    for text in ["\u{8B3}", "שָׁלוֹם"] {
        assert!(UsernameCaseMapped::enforce(text).is_err(), "{text}");
        assert!(local::any(text).is_ok(), "{text}");
    }
    assert!(OpaqueString::enforce("🦊").is_err());
    assert!(resource::any("🦊").is_ok());
}
