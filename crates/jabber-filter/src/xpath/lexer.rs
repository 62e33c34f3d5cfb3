//! The text of an expression, and where in it we are.

use super::error::{XPathError, XPathFault};

const SPACE: [char; 4] = [' ', '\t', '\r', '\n'];

pub(super) struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// What is left. White space may stand between any two tokens (XPath 1.0 §3.7).
    pub(super) fn rest(&mut self) -> &'a str {
        self.skip_space();
        self.raw()
    }

    fn raw(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip_space(&mut self) {
        let rest = self.raw();
        self.at += rest.len() - rest.trim_start_matches(SPACE).len();
    }

    pub(super) fn sees_space(&self) -> bool {
        self.raw().starts_with(SPACE)
    }

    /// Takes this token if it comes next.
    pub(super) fn take(&mut self, token: &str) -> bool {
        let there = self.rest().starts_with(token);
        if there {
            self.at += token.len();
        }
        there
    }

    pub(super) fn sees(&mut self, token: &str) -> bool {
        self.rest().starts_with(token)
    }

    /// Takes this if it comes next, at once.
    pub(super) fn take_close(&mut self, token: &str) -> bool {
        let there = self.raw().starts_with(token);
        if there {
            self.at += token.len();
        }
        there
    }

    /// The next token, if it is a name without colon. It stays.
    pub(super) fn name(&mut self) -> &'a str {
        let rest = self.rest();
        let is_part = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c) || !c.is_ascii();
        if rest.starts_with(|c: char| c.is_ascii_digit() || "-.".contains(c)) {
            return "";
        }
        rest.split(|c| !is_part(c)).next().unwrap_or_default()
    }

    /// Takes a name, and says why if it is none.
    pub(super) fn take_name(&mut self, missing: &'static str) -> Result<&'a str, XPathError> {
        let name = self.name();
        if name.is_empty() {
            return Err(self.error(XPathFault::Missing(missing)));
        }
        if !jabber_xml::is_ncname(name) {
            return Err(self.error(XPathFault::Name(name.into())));
        }
        self.at += name.len();
        Ok(name)
    }

    /// Takes this name, if it is the next token. `or` is not the beginning of `order`.
    pub(super) fn take_word(&mut self, word: &str) -> bool {
        let there = self.name() == word;
        if there {
            self.at += word.len();
        }
        there
    }

    /// What stands behind the name that comes next.
    pub(super) fn behind_name(&mut self) -> &'a str {
        let name = self.name();
        let behind = self.raw().get(name.len()..).unwrap_or_default();
        behind.trim_start_matches(SPACE)
    }

    /// A text in quotes of either sort, if there is one.
    pub(super) fn take_text(&mut self) -> Result<Option<&'a str>, XPathError> {
        let rest = self.rest();
        let Some(quote) = rest.chars().next().filter(|c| matches!(c, '\'' | '"')) else {
            return Ok(None);
        };
        let inside = rest.get(1..).unwrap_or_default();
        let Some((text, _)) = inside.split_once(quote) else {
            return Err(self.error(XPathFault::Quote));
        };
        self.at += text.len() + 2;
        Ok(Some(text))
    }

    /// A whole number, if there is one. One that is too great stands for no position that there is.
    pub(super) fn take_number(&mut self) -> Option<u64> {
        let rest = self.rest();
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let number = rest.get(..digits).filter(|digits| !digits.is_empty())?;
        self.at += digits;
        Some(number.parse().unwrap_or(u64::MAX))
    }

    /// Whether a number that is no whole one comes next.
    pub(super) fn sees_fraction(&mut self) -> bool {
        let is_digit = |c: char| c.is_ascii_digit();
        let rest = self.rest();
        let behind = rest.trim_start_matches(is_digit);
        let has_digits = behind.len() < rest.len();
        behind.strip_prefix('.').is_some_and(|more| has_digits || more.starts_with(is_digit))
    }

    /// An error at the next token.
    pub(super) fn error(&mut self, fault: XPathFault) -> XPathError {
        self.skip_space();
        self.error_at(fault, self.at)
    }

    /// Where the next token is, for an error.
    pub(super) fn place(&mut self) -> usize {
        self.skip_space();
        self.at
    }

    pub(super) fn error_at(&self, fault: XPathFault, at: usize) -> XPathError {
        let before = self.text.get(..at).unwrap_or(self.text);
        XPathError::new(fault, before.chars().count().saturating_add(1))
    }
}
