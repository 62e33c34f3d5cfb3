//! Which code points PRECIS allows (RFC 8264 §8 and §9), computed from their Unicode properties.

use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory as Gc, UnicodeGeneralCategory};

/// The derived property of a code point (RFC 8264 §8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// `PVALID`: in both string classes.
    Valid,
    /// `FREE_PVAL`: in the freeform class only.
    Freeform,
    /// `CONTEXTJ`, `CONTEXTO`: in both, where [`context`](super::context) allows.
    Context,
    /// `DISALLOWED`.
    Disallowed,
    /// `UNASSIGNED`.
    Unassigned,
}

/// The property of `c`. The order of the questions is that of RFC 8264 §8.
pub(super) fn class(c: char) -> Class {
    if matches!(c, '!'..='~') {
        return Class::Valid;
    }
    if let Some(class) = exception(c) {
        return class;
    }
    let category = c.general_category();
    if category == Gc::Unassigned && !is_noncharacter(c) {
        Class::Unassigned
    } else if matches!(c, '\u{200C}' | '\u{200D}') {
        Class::Context
    } else if is_old_hangul(c) || is_ignorable(c) || is_noncharacter(c) || category == Gc::Control {
        Class::Disallowed
    } else if has_compatible(c) {
        Class::Freeform
    } else {
        of_category(category)
    }
}

/// RFC 8264 §9.6: code points whose category alone would give the wrong answer.
const fn exception(c: char) -> Option<Class> {
    Some(match c {
        'ß' | 'ς' | '\u{6FD}' | '\u{6FE}' | '\u{F0B}' | '\u{3007}' => Class::Valid,
        '\u{B7}' | '\u{375}' | '\u{5F3}' | '\u{5F4}' | '\u{30FB}' => Class::Context,
        '\u{660}'..='\u{669}' | '\u{6F0}'..='\u{6F9}' => Class::Context,
        '\u{640}' | '\u{7FA}' | '\u{302E}' | '\u{302F}' | '\u{3031}'..='\u{3035}' | '\u{303B}' => {
            Class::Disallowed
        }
        _ => return None,
    })
}

/// RFC 8264 §9.1 and §9.14 to §9.18.
const fn of_category(category: Gc) -> Class {
    match category {
        Gc::LowercaseLetter | Gc::UppercaseLetter | Gc::OtherLetter | Gc::ModifierLetter => {
            Class::Valid
        }
        Gc::DecimalNumber | Gc::NonspacingMark | Gc::SpacingMark => Class::Valid,
        Gc::TitlecaseLetter | Gc::LetterNumber | Gc::OtherNumber | Gc::EnclosingMark => {
            Class::Freeform
        }
        Gc::SpaceSeparator => Class::Freeform,
        Gc::MathSymbol | Gc::CurrencySymbol | Gc::ModifierSymbol | Gc::OtherSymbol => {
            Class::Freeform
        }
        Gc::ConnectorPunctuation
        | Gc::DashPunctuation
        | Gc::OpenPunctuation
        | Gc::ClosePunctuation
        | Gc::InitialPunctuation
        | Gc::FinalPunctuation
        | Gc::OtherPunctuation => Class::Freeform,
        _ => Class::Disallowed,
    }
}

/// RFC 8264 §9.9: `Hangul_Syllable_Type` is L, V or T.
const fn is_old_hangul(c: char) -> bool {
    matches!(c,
        '\u{1100}'..='\u{11FF}' | '\u{A960}'..='\u{A97C}'
        | '\u{D7B0}'..='\u{D7C6}' | '\u{D7CB}'..='\u{D7FB}'
        | '\u{16D63}' | '\u{16D67}'..='\u{16D6A}')
}

/// RFC 8264 §9.13: `Default_Ignorable_Code_Point`.
const fn is_ignorable(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
        | '\u{FFF0}'..='\u{FFF8}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0000}'..='\u{E0FFF}')
}

/// RFC 8264 §9.13: `Noncharacter_Code_Point`.
const fn is_noncharacter(c: char) -> bool {
    matches!(c, '\u{FDD0}'..='\u{FDEF}') || c as u32 & 0xFFFE == 0xFFFE
}

/// RFC 8264 §9.17: compatibility normalisation makes something else of it.
fn has_compatible(c: char) -> bool {
    !core::iter::once(c).nfkc().eq([c])
}
