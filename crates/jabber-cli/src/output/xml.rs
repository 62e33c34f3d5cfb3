//! XML for people: in colour, and folded to the terminal's width.

use std::fmt::Write;

use owo_colors::{OwoColorize, Style};

use super::printable;

/// More lines than these are not shown of one node.
const LINES: usize = 24;

/// Narrower than this, nothing is folded.
const NARROW: usize = 24;

/// The text of a node with its parts in colour and its control characters escaped; in lines of
/// `width` characters, of which the first has `used` already.
pub(super) fn coloured(text: &str, used: usize, width: Option<usize>) -> String {
    let mut page = Page::new(used, width);
    for chunk in chunks(text) {
        page.chunk(chunk);
    }
    page.finish()
}

/// What a piece of XML is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// Brackets, slashes, the sign between an attribute and its value.
    Mark,
    Element,
    Attribute,
    Value,
    Text,
    /// What takes the place of a secret.
    Redacted,
}

impl Part {
    const fn style(self) -> Style {
        match self {
            Self::Mark => Style::new().dimmed(),
            Self::Element => Style::new().blue().bold(),
            Self::Attribute => Style::new().cyan(),
            Self::Value => Style::new().green(),
            Self::Text => Style::new(),
            Self::Redacted => Style::new().black().on_yellow(),
        }
    }
}

type Piece<'a> = (Part, &'a str);

/// Pieces between which no line is broken: a tag's name, an attribute with its value, a word.
fn chunks(text: &str) -> Vec<Vec<Piece<'_>>> {
    let mut chunks = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = if rest.starts_with("<![CDATA[") {
            rest.find("]]>").map_or(rest.len(), |at| at + "]]>".len())
        } else if rest.starts_with('<') {
            tag_len(rest)
        } else {
            rest.find('<').unwrap_or(rest.len())
        };
        let (part, behind) = rest.split_at(end);
        match part.starts_with('<') && !part.starts_with("<!") {
            true => tag(part, &mut chunks),
            false => words(part, &mut chunks),
        }
        rest = behind;
    }
    chunks
}

fn tag_len(text: &str) -> usize {
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            (None, b'>') => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn words<'a>(text: &'a str, chunks: &mut Vec<Vec<Piece<'a>>>) {
    for word in text.split_inclusive(' ') {
        let part = if word.contains("[redacted]") { Part::Redacted } else { Part::Text };
        chunks.push(vec![(part, word)]);
    }
}

fn tag<'a>(tag: &'a str, chunks: &mut Vec<Vec<Piece<'a>>>) {
    let open = tag.len() - tag.trim_start_matches(['<', '/', '?']).len();
    let (open, inside) = tag.split_at(open);
    let close = inside.trim_end_matches(['>', '/', '?']).len();
    let (inside, close) = inside.split_at(close);
    let name = inside.find(char::is_whitespace).unwrap_or(inside.len());
    let (name, mut rest) = inside.split_at(name);
    let mut chunk = vec![(Part::Mark, open), (Part::Element, name)];
    while !rest.is_empty() {
        let space = rest.len() - rest.trim_start().len();
        let (space, attribute) = rest.split_at(space);
        chunk.push((Part::Mark, space));
        chunks.push(std::mem::take(&mut chunk));
        let name = attribute.find('=').unwrap_or(attribute.len());
        let (name, value) = attribute.split_at(name);
        let (is, value) = value.split_at(value.len().min(1));
        let quote = value.trim_start().chars().next().filter(|it| matches!(it, '"' | '\''));
        let start = value.len() - value.trim_start().len() + 1;
        let end = quote.and_then(|quote| value.get(start..)?.find(quote)).map(|at| start + at + 1);
        let (value, behind) = value.split_at(end.unwrap_or(value.len()));
        chunk.extend([(Part::Attribute, name), (Part::Mark, is), (Part::Value, value)]);
        rest = behind;
    }
    chunk.push((Part::Mark, close));
    chunks.push(chunk);
}

/// Lines that are filled.
struct Page {
    out: String,
    column: usize,
    indent: usize,
    width: usize,
    lines: usize,
    left_out: usize,
}

impl Page {
    fn new(used: usize, width: Option<usize>) -> Self {
        let width = width.filter(|width| *width >= NARROW).unwrap_or(usize::MAX);
        // A column that leaves too little room is no place to begin each line at.
        let indent = if width.saturating_sub(used) < NARROW { NARROW / 3 } else { used };
        Self { out: String::new(), column: used, indent, width, lines: 1, left_out: 0 }
    }

    fn chunk(&mut self, chunk: Vec<Piece<'_>>) {
        let pieces: Vec<_> =
            chunk.into_iter().map(|(part, text)| (part, printable(text))).collect();
        let len: usize = pieces.iter().map(|(_, text)| text.trim_end().chars().count()).sum();
        if self.column.saturating_add(len) > self.width && self.column > self.indent {
            self.break_line();
        }
        for (part, text) in pieces {
            self.piece(part, &text);
        }
    }

    /// Writes a piece; what is longer than a line goes on in the next.
    fn piece(&mut self, part: Part, mut text: &str) {
        while !text.is_empty() {
            if self.lines > LINES {
                self.left_out += text.chars().count();
                return;
            }
            let room = self.width.saturating_sub(self.column);
            if room == 0 {
                if text.trim_end().is_empty() {
                    // A line's end is space enough.
                    return;
                }
                self.break_line();
                continue;
            }
            let at = text.char_indices().nth(room).map_or(text.len(), |(at, _)| at);
            let (now, later) = text.split_at(at);
            // Writing to a string cannot fail.
            let _ = write!(self.out, "{}", now.style(part.style()));
            self.column += now.chars().count();
            text = later;
        }
    }

    fn break_line(&mut self) {
        self.lines += 1;
        if self.lines <= LINES {
            let _ = write!(self.out, "\n{:indent$}", "", indent = self.indent);
            self.column = self.indent;
        }
    }

    fn finish(mut self) -> String {
        if self.left_out > 0 {
            let more = format!("… {} more characters", self.left_out);
            let indent = self.indent;
            let _ = write!(self.out, "\n{:indent$}{}", "", more.dimmed());
        }
        self.out
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    fn plain(text: &str) -> String {
        anstream::adapter::strip_str(text).to_string()
    }

    const NODES: [&str; 8] = [
        "<message to='a@b' xml:lang=\"en\"><body>Tom &amp; Jerry, hi</body><x/></message>",
        "<?xml version='1.0'?><stream:stream xmlns='jabber:client' to='x'  >",
        "</stream:stream>",
        "<a b='>' c = \"it's\"><![CDATA[<no tag>]]></a>",
        "<auth mechanism='PLAIN'>[redacted]</auth>",
        "",
        "no xml < at 'all",
        "<é ü='ß'>日本</é>",
    ];

    #[test]
    fn no_character_is_lost() {
        for text in NODES {
            assert_eq!(plain(&coloured(text, 0, None)), text);
            for width in NARROW..90 {
                let shown = coloured(text, 5, Some(width));
                let shown = plain(&shown);
                let unspaced = |text: &str| text.split_whitespace().collect::<String>();
                assert_eq!(unspaced(&shown), unspaced(text), "{width}");
                for (number, line) in shown.lines().enumerate() {
                    let used = if number == 0 { 5 } else { 0 };
                    // White space at a line's end does no harm.
                    assert!(used + line.trim_end().chars().count() <= width, "{width}: {line:?}");
                }
            }
        }
    }

    #[test]
    fn each_part_has_its_colour() {
        let shown = coloured("<a b='c'>d[redacted]</a>", 0, None);
        for (part, text) in [
            (Part::Mark, "<"),
            (Part::Element, "a"),
            (Part::Attribute, "b"),
            (Part::Value, "'c'"),
            (Part::Redacted, "d[redacted]"),
            (Part::Mark, "</"),
        ] {
            let piece = text.style(part.style()).to_string();
            assert!(shown.contains(&piece), "{piece:?} in {shown:?}");
        }
        assert!(coloured("<a>d</a>", 0, None).contains(">\u{1b}[0md\u{1b}"), "text is as it is");
    }

    #[test]
    fn a_terminal_is_not_commanded() {
        let shown = coloured("<a b='\u{1b}[2J'>\u{1b}]0;x\u{7}\n\u{9b}31m</a>", 0, None);
        let expected = r"<a b='\u{1b}[2J'>\u{1b}]0;x\u{7}\n\u{9b}31m</a>";
        assert_eq!(plain(&shown), expected);
    }

    #[test]
    fn what_is_very_long_is_cut() {
        let text = format!("<a>{}</a>", "x".repeat(100_000));
        let shown = plain(&coloured(&text, 10, Some(50)));
        assert_eq!(shown.lines().count(), LINES + 1);
        let last = shown.lines().last().unwrap().trim();
        let number: usize = last.split(' ').nth(1).unwrap().parse().unwrap();
        let kept: usize = shown.lines().take(LINES).map(|line| line.trim().len()).sum();
        assert_eq!(kept + number, text.len(), "{last}");
        assert_eq!(plain(&coloured(&text, 10, None)), text, "whole where there is no terminal");
    }
}
