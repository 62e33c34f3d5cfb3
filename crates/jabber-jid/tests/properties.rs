//! What holds for every text.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use jabber_jid::{Host, Jid};
use proptest::prelude::*;

/// Characters that are changed, tied to their neighbours, or between the classes.
const ODD: &str = "[aAzß9ẞσΣςİıﬁǅⅣＡ＠．。・漢ア·lＬא٣۴ـ\u{5B8}\u{301}\u{30A}\u{345}\u{94D}\u{200C}\u{200D}\
                   \u{1100}\u{1161}\u{11A8}ᾀᾼᏸᎠ♚🦊.@/ -]{1,12}";

fn holds(text: &str) -> Result<(), TestCaseError> {
    let Ok(jid) = Jid::new(text) else { return Ok(()) };
    // Display, parsed again, is the same: so preparing is idempotent.
    let again = Jid::new(&format!("{jid}")).expect("a prepared JID is a JID");
    prop_assert_eq!(again.as_str(), jid.as_str());
    prop_assert_eq!((again.local(), again.domain()), (jid.local(), jid.domain()));
    prop_assert_eq!(again.resource(), jid.resource());
    let parts = Jid::from_parts(jid.local(), jid.domain(), jid.resource());
    prop_assert_eq!(parts.as_ref(), Ok(&jid));
    prop_assert_eq!(&Jid::new(jid.to_bare().as_str()), &Ok(jid.to_bare()));
    for part in [jid.local(), Some(jid.domain()), jid.resource()].into_iter().flatten() {
        prop_assert!((1..=1023).contains(&part.len()));
    }
    // The name for DNS is ASCII, and leads back to the same domain.
    if let Ok(Host::Name(name)) = jid.host() {
        prop_assert!(name.is_ascii());
        prop_assert_eq!(Jid::new(&name), Ok(jid.to_domain()));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn any_text(text in "\\PC{0,24}") {
        holds(&text)?;
    }

    #[test]
    fn odd_parts(local in ODD, domain in ODD, resource in ODD) {
        holds(&format!("{local}@x"))?;
        holds(&domain)?;
        holds(&format!("x/{resource}"))?;
        holds(&format!("{local}@{domain}/{resource}"))?;
    }

    #[test]
    fn random_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        holds(&String::from_utf8_lossy(&bytes))?;
    }

    #[test]
    fn letters_of_any_script(text in "[\\p{L}\\p{M}\\p{Nd}]{1,6}") {
        holds(&format!("{text}@x"))?;
        holds(&text)?;
        holds(&format!("x/{text}"))?;
    }
}

#[test]
fn code_points_in_every_part() {
    // All of the two planes where nearly everything is, and samples of the others.
    for c in ('\0'..='\u{1FFFF}').chain(('\u{20000}'..=char::MAX).step_by(97)) {
        holds(&format!("{c}@x")).unwrap();
        holds(&format!("a{c}")).unwrap();
        holds(&format!("x/{c}")).unwrap();
    }
}
