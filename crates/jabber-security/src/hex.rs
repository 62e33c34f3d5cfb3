use alloc::string::String;

/// Bytes in lower-case hexadecimal, as hashes are written (XEP-0114 §3, XEP-0078 §3.2).
///
/// # Examples
///
/// ```
/// assert_eq!(jabber_security::hex([0x00, 0x9f, 0xff]), "009fff");
/// ```
#[must_use]
pub fn hex(bytes: impl AsRef<[u8]>) -> String {
    let bytes = bytes.as_ref();
    let mut text = String::with_capacity(2 * bytes.len());
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    text.extend(
        digits.map(|digit| char::from(if digit < 10 { b'0' + digit } else { b'a' + digit - 10 })),
    );
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn hexadecimal_is_lower_case() {
        assert_eq!(super::hex([0x00, 0x0f, 0xa0, 0xff]), "000fa0ff");
    }
}
