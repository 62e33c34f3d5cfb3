use core::fmt;

/// Displays what a peer wrote without what would command a terminal or deceive a reader of a log:
/// control characters (C1 included: U+009B begins a command too), bidirectional overrides and the
/// like are escaped. Letters of any language, quotes and backslashes stay as they are.
///
/// # Examples
/// ```
/// use jabber_security::Untrusted;
///
/// let said = "can't \u{9b}31m\n\u{202e}";
/// assert_eq!(Untrusted::new(said).to_string(), "can't \\u{9b}31m\\n\\u{202e}");
/// assert_eq!(Untrusted::new("Gr\u{fc}\u{df}e").at_most(3).to_string(), "Gr\u{fc}...");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Untrusted<'a> {
    text: &'a str,
    is_cut: bool,
}

impl<'a> Untrusted<'a> {
    /// What the peer wrote.
    #[must_use]
    pub const fn new(text: &'a str) -> Self {
        Self { text, is_cut: false }
    }

    /// Shows so many of its characters, and `...` in place of the rest.
    #[must_use]
    pub fn at_most(self, characters: usize) -> Self {
        let end = self.text.char_indices().nth(characters).map(|(end, _)| end);
        match end.and_then(|end| self.text.get(..end)) {
            Some(text) => Self { text, is_cut: true },
            None => self,
        }
    }
}

impl fmt::Display for Untrusted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The standard library's escapes know what is printable, and would escape these besides.
        for part in self.text.split_inclusive(QUOTES) {
            let plain = part.strip_suffix(QUOTES).unwrap_or(part);
            write!(f, "{}", plain.escape_debug())?;
            f.write_str(part.strip_prefix(plain).unwrap_or_default())?;
        }
        f.write_str(if self.is_cut { "..." } else { "" })
    }
}

const QUOTES: [char; 3] = ['\'', '"', '\\'];
