//! Random streams: grown from pieces, then spoilt. Seeded, so that a failure repeats.

/// xorshift64*.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % bound
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

const NAMES: &[&str] = &[
    "a",
    "b",
    "message",
    "q:x",
    "p:y",
    "stream:z",
    "\u{e9}t\u{e9}",
    "p:\u{4e2d}",
    "_-.9",
    "stream",
];
const TEXTS: &[&str] = &[
    "x",
    " ",
    "plain text that is longer than two words of memory and than five of them too, really",
    "&amp;",
    "&#x10FFFF;",
    "&lt;",
    "]]",
    "]",
    ">",
    "\r\n",
    "\t",
    "\u{e4}\u{4e2d}\u{1f600}",
    "'",
    "\"",
    "0123456",
    "<![CDATA[]] <&]]>",
    "&#9;",
];
const VALUES: &[&str] = &[
    "",
    "v",
    "urn:p",
    "urn:q",
    "jabber:client",
    "a longer value, longer than eight",
    "&apos;&#65;",
    "\u{fc}\n",
    "12345678",
    "http://etherx.jabber.org/streams",
    "]]>",
    "urn:&amp;",
    "> x",
];
const TOKENS: &[&str] = &[
    "<",
    ">",
    "&",
    "'",
    "\"",
    "/",
    "=",
    " ",
    "!",
    "?",
    "<!--",
    "-->",
    "<?",
    "?>",
    "]]>",
    "<![CDATA[",
    "&#",
    ";",
    "&x;",
    "&#0;",
    "\u{0}",
    "\u{1f}",
    "\u{7f}",
    "\u{fffe}",
    "\u{ffff}",
    ":",
    "xmlns",
    "xmlns:p='urn:p' ",
    "</a>",
    "<a>",
    "</",
    "/>",
    "<!DOCTYPE",
    "<?xml version='1.0'?>",
    "\u{feff}",
    "p:",
    "1",
    "\u{d7}",
    "&#xD800;",
    "a=''",
];

/// An element, well-formed but for its prefixes.
pub(crate) fn element(random: &mut Random, depth: usize, out: &mut String) {
    let name = random.pick(NAMES);
    *out += "<";
    *out += name;
    for _ in 0..random.below(4) {
        let quote = random.pick(&["'", "\""]);
        let name = match random.below(6) {
            0 => "xmlns",
            1 => "xmlns:p",
            2 => "xml:lang",
            _ => random.pick(NAMES),
        };
        *out += random.pick(&[" ", "  ", "\n"]);
        *out += &format!("{name}{}", random.pick(&["=", "=", " = "]));
        *out += &format!("{quote}{}{quote}", random.pick(VALUES));
    }
    if random.below(4) == 0 {
        *out += random.pick(&["/>", " />"]);
        return;
    }
    *out += ">";
    for _ in 0..random.below(4) {
        if depth > 0 && random.below(2) == 0 {
            element(random, depth - 1, out);
        } else {
            *out += random.pick(TEXTS);
        }
    }
    *out += &format!("</{name}{}>", random.pick(&["", "", " "]));
}

/// The inside of a stream, spoilt in up to three places.
pub(crate) fn stream(random: &mut Random) -> Vec<u8> {
    let mut text = String::new();
    for _ in 0..=random.below(2) {
        element(random, 3, &mut text);
        text += random.pick(&["", "", "\n"]);
    }
    let mut bytes = text.into_bytes();
    for _ in 0..random.below(4) {
        let at = random.below(bytes.len() + 1);
        match random.below(5) {
            0 if at < bytes.len() => bytes[at] = random.below(256) as u8,
            1 if at < bytes.len() => drop(bytes.remove(at)),
            2 => {
                let to = (at + random.below(9)).min(bytes.len());
                let copy = bytes[at..to].to_vec();
                bytes.splice(at..at, copy);
            }
            _ => drop(bytes.splice(at..at, random.pick(TOKENS).bytes())),
        }
    }
    bytes
}
