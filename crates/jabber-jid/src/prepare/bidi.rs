//! Right-to-left text: the rule of RFC 5893 §2, for domain labels and for local parts alike.

use unicode_bidi::{BidiClass, bidi_class};

/// Whether the text has right-to-left characters, so that [`obeys`] must hold.
pub(super) fn is_rtl(text: &str) -> bool {
    text.chars().any(|c| matches!(bidi_class(c), BidiClass::R | BidiClass::AL | BidiClass::AN))
}

/// Whether the text obeys the Bidi rule; the numbers are those of its six conditions.
pub(super) fn obeys(text: &str) -> bool {
    use BidiClass::{AL, AN, BN, CS, EN, ES, ET, L, NSM, ON, R};
    let classes = || text.chars().map(bidi_class);
    let last = classes().rev().find(|class| *class != NSM);
    match classes().next() {
        // 1, 2, 3, 4
        Some(R | AL) => {
            classes().all(|c| matches!(c, R | AL | AN | EN | ES | CS | ET | ON | BN | NSM))
                && matches!(last, Some(R | AL | EN | AN))
                && !(classes().any(|c| c == EN) && classes().any(|c| c == AN))
        }
        // 1, 5, 6
        Some(L) => {
            classes().all(|c| matches!(c, L | EN | ES | CS | ET | ON | BN | NSM))
                && matches!(last, Some(L | EN))
        }
        _ => false,
    }
}
