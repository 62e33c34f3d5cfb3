//! The tables of XML §2.2 and §2.3, as they are printed there.

/// XML §2.3 \[3] S.
pub(super) fn is_space(byte: u8) -> bool {
    [0x20, 0x9, 0xd, 0xa].contains(&byte)
}

const CHAR: &[(u32, u32)] =
    &[(0x9, 0x9), (0xa, 0xa), (0xd, 0xd), (0x20, 0xd7ff), (0xe000, 0xfffd), (0x1_0000, 0x10_ffff)];

/// Without the colon: NS §3 \[4] NCName.
const NAME_START: &[(u32, u32)] = &[
    ('A' as u32, 'Z' as u32),
    ('_' as u32, '_' as u32),
    ('a' as u32, 'z' as u32),
    (0xc0, 0xd6),
    (0xd8, 0xf6),
    (0xf8, 0x2ff),
    (0x370, 0x37d),
    (0x37f, 0x1fff),
    (0x200c, 0x200d),
    (0x2070, 0x218f),
    (0x2c00, 0x2fef),
    (0x3001, 0xd7ff),
    (0xf900, 0xfdcf),
    (0xfdf0, 0xfffd),
    (0x1_0000, 0xe_ffff),
];

const NAME_ALSO: &[(u32, u32)] = &[
    ('-' as u32, '-' as u32),
    ('.' as u32, '.' as u32),
    ('0' as u32, '9' as u32),
    (0xb7, 0xb7),
    (0x300, 0x36f),
    (0x203f, 0x2040),
];

fn within(table: &[(u32, u32)], c: char) -> bool {
    table.iter().any(|&(first, last)| (first..=last).contains(&u32::from(c)))
}

/// XML §2.2 \[2] Char.
pub(super) fn is_char(c: char) -> bool {
    within(CHAR, c)
}

/// XML §2.3 \[4] NameStartChar, without the colon.
fn is_name_start(c: char) -> bool {
    within(NAME_START, c)
}

/// XML §2.3 \[4a] NameChar, without the colon.
fn is_name_char(c: char) -> bool {
    is_name_start(c) || within(NAME_ALSO, c)
}

/// NS §3 \[4] NCName.
pub(super) fn is_ncname(text: &str) -> bool {
    text.chars().next().is_some_and(is_name_start) && text.chars().all(is_name_char)
}

/// A byte that a name may go on with, as far as a byte alone says it.
pub(super) fn may_be_in_a_name(byte: u8) -> bool {
    !byte.is_ascii() || byte == b':' || is_name_char(char::from(byte))
}

/// A byte that a name may begin with, as far as a byte alone says it.
pub(super) fn may_begin_a_name(byte: u8) -> bool {
    !byte.is_ascii() || is_name_start(char::from(byte))
}
