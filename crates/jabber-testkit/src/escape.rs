//! Bytes on one line of text.

use std::fmt::Write;

/// Text that stands for `bytes` on one line.
pub(crate) fn escape(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for char in chunk.valid().chars() {
            match char {
                '\n' => text.push_str("\\n"),
                '\r' => text.push_str("\\r"),
                '\t' => text.push_str("\\t"),
                '\\' => text.push_str("\\\\"),
                other => text.push(other),
            }
        }
        for byte in chunk.invalid() {
            // Writing to a string cannot fail.
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    text
}

/// The bytes that an escaped text stands for.
///
/// # Errors
/// When a backslash is followed by what it cannot be followed by.
pub(crate) fn unescape(text: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut parts = text.split('\\');
    bytes.extend_from_slice(parts.next().unwrap_or_default().as_bytes());
    while let Some(part) = parts.next() {
        let fault = || format!("'\\{}' is no escape", part.chars().next().unwrap_or(' '));
        if part.is_empty() {
            // A backslash of its own; what follows it is text again.
            bytes.push(b'\\');
            bytes.extend_from_slice(parts.next().ok_or_else(fault)?.as_bytes());
            continue;
        }
        let (length, byte) = match part.as_bytes() {
            [b'n', ..] => (1, b'\n'),
            [b'r', ..] => (1, b'\r'),
            [b't', ..] => (1, b'\t'),
            [b'x', ..] => {
                let digits = part.get(1..3).ok_or_else(fault)?;
                (3, u8::from_str_radix(digits, 16).map_err(|_| fault())?)
            }
            _ => return Err(fault()),
        };
        bytes.push(byte);
        bytes.extend_from_slice(part.get(length..).unwrap_or_default().as_bytes());
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_escaped_comes_back() {
        for bytes in
            [&b"plain"[..], b"", b"\\", b"\\\\n", b"a\nb\r\tc", b"\xff\xc3", b"\xc3\xa4\\x"]
        {
            let text = escape(bytes);
            assert!(!text.contains(['\n', '\r']), "{text:?}");
            assert_eq!(unescape(&text).unwrap(), bytes, "{text:?}");
        }
    }

    #[test]
    fn what_is_no_escape_is_refused() {
        for text in ["\\", "\\q", "\\x4", "\\xzz", "a\\"] {
            assert!(unescape(text).is_err(), "{text:?}");
        }
    }
}
