//! Documents and expressions, drawn from bytes.

use std::fmt::Write;

use jabber_xml::ns;

/// Numbers from bytes; zeros when they are used up.
pub(crate) struct Draw<'a>(&'a [u8]);

impl<'a> Draw<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    fn below(&mut self, bound: u8) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        first % bound
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[usize::from(self.below(all.len() as u8))]
    }
}

const NAMES: [&str; 3] = ["a", "b", "and"];
const SPACES: [&str; 2] = [ns::CLIENT, "urn:x"];
const ATTRIBUTES: [&str; 4] = ["k", "from", "type", "x:k"];
const VALUES: [&str; 4] = ["", "1", "2", "1 < 2"];

/// An element.
pub(crate) struct Model {
    pub(crate) name: &'static str,
    pub(crate) namespace: &'static str,
    /// In document order.
    pub(crate) number: u32,
    pub(crate) attributes: Vec<(&'static str, &'static str)>,
    pub(crate) content: Vec<Content>,
}

pub(crate) enum Content {
    Element(Model),
    /// Pieces that stand beside each other, in CDATA sections or not.
    Text(Vec<&'static str>),
}

impl Model {
    pub(crate) fn draw(draw: &mut Draw<'_>) -> Self {
        let mut number = 0;
        Self::element(draw, 0, &mut number)
    }

    fn element(draw: &mut Draw<'_>, depth: u8, next: &mut u32) -> Self {
        let number = *next;
        *next += 1;
        let (name, namespace) = (draw.of(&NAMES), draw.of(&SPACES));
        let mut attributes = Vec::new();
        for name in ATTRIBUTES {
            if draw.below(3) == 0 {
                attributes.push((name, draw.of(&VALUES)));
            }
        }
        let width = if depth > 4 || *next > 40 { 0 } else { draw.below(5) };
        let mut content = Vec::new();
        for _ in 0..width {
            let text_before = matches!(content.last(), Some(Content::Text(_)));
            if !text_before && draw.below(3) == 0 {
                let pieces = (0..=draw.below(3)).map(|_| draw.of(&VALUES)).collect();
                content.push(Content::Text(pieces));
            } else {
                content.push(Content::Element(Self::element(draw, depth + 1, next)));
            }
        }
        Self { name, namespace, number, attributes, content }
    }

    pub(crate) fn to_xml(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, ns::CLIENT);
        out
    }

    fn write(&self, out: &mut String, default: &str) {
        let Self { name, namespace, number, .. } = self;
        write!(out, "<{name} n='{number}'").unwrap();
        if *namespace != default {
            write!(out, " xmlns='{namespace}'").unwrap();
        }
        for (name, value) in &self.attributes {
            if name.starts_with("x:") {
                out.push_str(" xmlns:x='urn:x'");
            }
            write!(out, " {name}='{}'", value.replace('<', "&lt;")).unwrap();
        }
        out.push('>');
        for node in &self.content {
            match node {
                Content::Element(child) => child.write(out, namespace),
                Content::Text(pieces) => {
                    for (number, piece) in pieces.iter().enumerate() {
                        // The first as it is, then in CDATA sections by turns.
                        if (number + piece.len()) % 2 == 0 {
                            out.push_str(&piece.replace('<', "&#60;"));
                        } else {
                            write!(out, "<![CDATA[{piece}]]>").unwrap();
                        }
                    }
                }
            }
        }
        write!(out, "</{name}>").unwrap();
    }
}

/// An expression, as we read it and with a prefix for the content namespace.
pub(crate) struct Expression {
    pub(crate) ours: String,
    pub(crate) theirs: String,
}

/// Writes both at once.
struct Pen<'d, 'a> {
    draw: &'d mut Draw<'a>,
    ours: String,
    theirs: String,
    steps: u32,
}

impl Expression {
    pub(crate) fn draw(draw: &mut Draw<'_>) -> Self {
        let mut pen = Pen { draw, ours: String::new(), theirs: String::new(), steps: 0 };
        pen.path(0);
        Self { ours: pen.ours, theirs: pen.theirs }
    }
}

impl Pen<'_, '_> {
    fn put(&mut self, text: &str) {
        self.ours.push_str(text);
        self.theirs.push_str(text);
    }

    fn path(&mut self, depth: u8) {
        let start = self.draw.of(&["", "/", "//", ".//", "//", ""]);
        self.put(start);
        self.step(depth);
        for _ in 0..self.draw.below(4) {
            if self.steps > 20 {
                break;
            }
            let slash = self.draw.of(&["/", "//"]);
            self.put(slash);
            self.step(depth);
        }
    }

    fn step(&mut self, depth: u8) {
        self.steps += 1;
        let (axis, attribute) = match self.draw.below(10) {
            0 => return self.put("."),
            1 => ("@", true),
            2 => ("attribute::", true),
            3 => ("descendant::", false),
            4 => ("self::", false),
            5 => ("child::", false),
            _ => ("", false),
        };
        self.put(axis);
        self.test(attribute);
        for _ in 0..self.draw.of(&[0, 0, 1, 1, 2, 3]) {
            if self.steps > 20 || depth > 3 {
                break;
            }
            self.put("[");
            if self.draw.below(3) == 0 {
                let number = self.draw.of(&["1", "2", "3", " 1 ", "0"]);
                self.put(number);
            } else {
                self.condition(depth + 1);
            }
            self.put("]");
        }
    }

    fn test(&mut self, attribute: bool) {
        match self.draw.below(8) {
            0 => self.put("node()"),
            1 if !attribute => self.put("text()"),
            2 | 3 => self.put("*"),
            4 => self.put("x:*"),
            5 if attribute => self.put("x:k"),
            5 => {
                let name = self.draw.of(&["x:a", "x:b"]);
                self.put(name);
            }
            _ if attribute => {
                let name = self.draw.of(&["k", "from", "type"]);
                self.put(name);
            }
            _ => {
                let name = self.draw.of(&NAMES);
                self.ours.push_str(name);
                self.theirs.push_str("c:");
                self.theirs.push_str(name);
            }
        }
    }

    fn condition(&mut self, depth: u8) {
        let choice = if depth > 3 || self.steps > 20 { 5 } else { self.draw.below(9) };
        match choice {
            0 => {
                self.put("not(");
                self.condition(depth + 1);
                self.put(")");
            }
            1 | 2 => {
                self.put("(");
                self.condition(depth + 1);
                self.put(")");
                let word = self.draw.of(&[" and ", " or "]);
                self.put(word);
                self.condition(depth + 1);
            }
            3 => {
                self.put("'1'=");
                self.path(depth);
            }
            4 => {
                self.path(depth);
                let value = self.draw.of(&["='1'", " = \"2\"", "='1 < 2'", "=''"]);
                self.put(value);
            }
            5 => {
                let value = self.draw.of(&["'1'", "''", "\"2\""]);
                self.path(depth);
                self.ours.push_str(&format!(" != {value}"));
                // The other library takes `!=` for the opposite of `=`, which it is not for sets (XPath
                // 1.0 §3.4).
                self.theirs.push_str(&format!("/self::node()[not(. = {value})]"));
            }
            _ => self.path(depth),
        }
    }
}
