//! Code points that are allowed only beside certain others (RFC 5892 appendix A).

use unicode_joining_type::{JoiningType, get_joining_type};
use unicode_normalization::char::canonical_combining_class;

/// The canonical combining class of viramas.
const VIRAMA: u8 = 9;

/// Whether the code point of class `CONTEXTJ` or `CONTEXTO` at `index` is allowed there.
pub(super) fn allows(text: &[char], index: usize) -> bool {
    let Some((before, [c, after @ ..])) = text.split_at_checked(index) else {
        return false;
    };
    let previous = before.last().copied();
    match c {
        // A.1: after a virama, or between letters that join across it.
        '\u{200C}' => is_after_virama(previous) || joins(before, after),
        // A.2
        '\u{200D}' => is_after_virama(previous),
        // A.3: the Catalan l·l.
        '\u{B7}' => previous == Some('l') && after.first() == Some(&'l'),
        // A.4
        '\u{375}' => after.first().is_some_and(|c| is_greek(*c)),
        // A.5, A.6
        '\u{5F3}' | '\u{5F4}' => previous.is_some_and(is_hebrew),
        // A.7
        '\u{30FB}' => text.iter().any(|c| is_japanese(*c)),
        // A.8, A.9: the two sorts of Arabic digits do not mix.
        '\u{660}'..='\u{669}' => !text.iter().any(|c| matches!(c, '\u{6F0}'..='\u{6F9}')),
        '\u{6F0}'..='\u{6F9}' => !text.iter().any(|c| matches!(c, '\u{660}'..='\u{669}')),
        _ => false,
    }
}

fn is_after_virama(previous: Option<char>) -> bool {
    previous.is_some_and(|c| canonical_combining_class(c) == VIRAMA)
}

/// `(Joining_Type:{L,D})(Joining_Type:T)*` before, `(Joining_Type:T)*(Joining_Type:{R,D})` after.
fn joins(before: &[char], after: &[char]) -> bool {
    use JoiningType::{DualJoining, LeftJoining, RightJoining, Transparent};
    let opaque = |t: &JoiningType| *t != Transparent;
    let left = before.iter().rev().map(|c| get_joining_type(*c)).find(opaque);
    let right = after.iter().map(|c| get_joining_type(*c)).find(opaque);
    matches!(left, Some(LeftJoining | DualJoining))
        && matches!(right, Some(RightJoining | DualJoining))
}

/// `Script=Greek`. Gaps of unassigned code points are covered: those are refused for themselves.
const fn is_greek(c: char) -> bool {
    matches!(c,
        '\u{370}'..='\u{373}' | '\u{375}'..='\u{377}' | '\u{37A}'..='\u{37D}' | '\u{37F}'
        | '\u{384}' | '\u{386}' | '\u{388}'..='\u{3E1}' | '\u{3F0}'..='\u{3FF}'
        | '\u{1D26}'..='\u{1D2A}' | '\u{1D5D}'..='\u{1D61}' | '\u{1D66}'..='\u{1D6A}' | '\u{1DBF}'
        | '\u{1F00}'..='\u{1FFE}' | '\u{2126}' | '\u{AB65}' | '\u{10140}'..='\u{1018E}'
        | '\u{101A0}' | '\u{1D200}'..='\u{1D245}')
}

/// `Script=Hebrew`, likewise.
const fn is_hebrew(c: char) -> bool {
    matches!(c, '\u{591}'..='\u{5F4}' | '\u{FB1D}'..='\u{FB4F}')
}

/// `Script` is Hiragana, Katakana or Han, likewise.
const fn is_japanese(c: char) -> bool {
    let kana = matches!(c,
        '\u{3041}'..='\u{3096}' | '\u{309D}'..='\u{309F}' | '\u{30A1}'..='\u{30FA}'
        | '\u{30FD}'..='\u{30FF}' | '\u{31F0}'..='\u{31FF}' | '\u{32D0}'..='\u{32FE}'
        | '\u{3300}'..='\u{3357}' | '\u{FF66}'..='\u{FF6F}' | '\u{FF71}'..='\u{FF9D}'
        | '\u{1AFF0}'..='\u{1AFFE}' | '\u{1B000}'..='\u{1B167}' | '\u{1F200}');
    let han = matches!(c,
        '\u{2E80}'..='\u{2E99}' | '\u{2E9B}'..='\u{2EF3}' | '\u{2F00}'..='\u{2FD5}' | '\u{3005}'
        | '\u{3007}' | '\u{3021}'..='\u{3029}' | '\u{3038}'..='\u{303B}' | '\u{3400}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAD9}' | '\u{16FE2}' | '\u{16FE3}'
        | '\u{16FF0}'..='\u{16FF6}' | '\u{20000}'..='\u{3347F}');
    kana || han
}
