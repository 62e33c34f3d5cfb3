use std::fmt;

use jabber_xml::Element;

use crate::credentials::{self, Place};

/// Which parts of an element observers may not see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Redaction {
    /// All may be seen.
    Nothing,
    /// The content is hidden; the tag and its attributes are shown.
    Content,
    /// All character data is hidden; tags and attributes are shown.
    Texts,
}

impl Redaction {
    /// The rule by kind of element, for both directions: SASL exchanges (RFC 6120 §6, XEP-0388) and
    /// the component handshake (XEP-0114) lose their content. So does what holds a token
    /// (XEP-0484), at any depth. Of what holds a login or a registration (XEP-0078, XEP-0077; some
    /// servers echo it in an error), a step of an exchange, a `<password/>` or a form's private
    /// field (XEP-0004) at any depth, all texts are hidden.
    ///
    /// The attributes of the element itself are always shown: none of these kinds has its secret
    /// there.
    #[must_use]
    pub fn of(element: &Element) -> Self {
        if credentials::is_exchange(element.root()) {
            return Self::Content;
        }
        match credentials::within(element) {
            Some(Place::Attributes) => Self::Content,
            Some(Place::Texts) => Self::Texts,
            None => Self::Nothing,
        }
    }
}

/// An element's text as observers may see it.
#[derive(Clone, Copy, Debug)]
pub struct Redacted<'a> {
    text: &'a str,
    redaction: Redaction,
}

impl<'a> Redacted<'a> {
    /// Shows `element` by that rule, as it stands in memory.
    #[must_use]
    pub fn new(element: &'a Element, redaction: Redaction) -> Self {
        Self::text(element.as_str(), redaction)
    }

    /// Shows the text of one well-formed element by that rule, such as the form that an element has
    /// on a stream.
    #[must_use]
    pub const fn text(text: &'a str, redaction: Redaction) -> Self {
        Self { text, redaction }
    }
}

impl fmt::Display for Redacted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.redaction {
            Redaction::Nothing => f.write_str(self.text),
            Redaction::Content => write_without_content(self.text, f),
            Redaction::Texts => write_without_texts(self.text, f),
        }
    }
}

const MARK: &str = "[redacted]";

fn write_without_content(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let tag = tag(text);
    f.write_str(tag)?;
    if tag.ends_with("/>") {
        return Ok(());
    }
    f.write_str(MARK)?;
    f.write_str(text.rfind("</").and_then(|at| text.get(at..)).unwrap_or_default())
}

/// Tags as they are, and a mark for what stands between two of them.
fn write_without_texts(mut text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    while !text.is_empty() {
        let tag = tag(text);
        f.write_str(tag)?;
        text = text.get(tag.len()..).unwrap_or_default();
        let data = character_data(text);
        if data > 0 {
            f.write_str(MARK)?;
        }
        text = text.get(data..).unwrap_or_default();
    }
    Ok(())
}

/// The tag at the start of the text; empty where there is none.
fn tag(text: &str) -> &str {
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            (None, b'>') => return text.get(..=at).unwrap_or_default(),
            _ => {}
        }
    }
    // Whatever is no tag is hidden: see `character_data`.
    ""
}

/// How many bytes there are before the next tag. A CDATA section is character data and may hold what
/// looks like one (XML 1.0 §2.7). All, where no tag follows.
fn character_data(text: &str) -> usize {
    const CDATA: &str = "<![CDATA[";
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with(CDATA) {
            at = rest.find("]]>").map_or(text.len(), |end| at + end + "]]>".len());
        } else if rest.starts_with('<') && !tag(rest).is_empty() {
            return at;
        } else {
            let next = rest.bytes().skip(1).position(|byte| byte == b'<');
            at = next.map_or(text.len(), |next| at + 1 + next);
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> String {
        Redacted::text(text, Redaction::Texts).to_string()
    }

    #[test]
    fn tags_stay_and_text_goes() {
        assert_eq!(texts("<iq/>"), "<iq/>");
        assert_eq!(
            texts("<a b='x>y' c=\"'\"><d>s</d><e/></a>"),
            "<a b='x>y' c=\"'\"><d>[redacted]</d><e/></a>"
        );
        assert_eq!(texts("<a>ü<b>&lt;s</b> </a>"), "<a>[redacted]<b>[redacted]</b>[redacted]</a>");
        // One mark for one text, however it is written.
        assert_eq!(texts("<a>1<![CDATA[<b>'2</b>]]>3<![CDATA[]]></a>"), "<a>[redacted]</a>");
    }

    #[test]
    fn what_is_not_well_formed_is_hidden() {
        assert_eq!(texts("secret"), "[redacted]");
        assert_eq!(texts("<a>secret<b"), "<a>[redacted]");
        assert_eq!(texts("<a>s<![CDATA[secret"), "<a>[redacted]");
        assert_eq!(texts("<a>é"), "<a>[redacted]");
    }
}
