//! Start tags: in the usual form, nearly so, and around the sizes and places where a reader of whole
//! blocks may err.

use crate::agree;
use crate::common::HEADER;
use crate::random::Random;
use crate::strict::{Bounds, Ending};

/// The stream may end with the tag, and the input with the stream.
fn check(inside: &[u8], length: usize) -> bool {
    let bounds = Bounds::default();
    let open = [HEADER.as_bytes(), inside].concat();
    let alone = agree::document(&bounds, &open, &[HEADER.len(), length]);
    agree::inside(&bounds, inside, &[HEADER.len() + length, 5]) && alone == Ending::Between
}

/// Around the sizes of blocks: 8, 16 and 32 bytes.
#[test]
fn names_of_every_length() {
    let mut taken = 0;
    for len in 1..=40 {
        for odd in
            ["", "A", "7", "-", ".", "_", ":", "\u{e9}", "\u{b7}", "\u{d7}", "\u{4e2d}", "/", "&"]
        {
            for at in [0, 1, len / 2, len - 1] {
                let mut name = "abcdefgh".repeat(5)[..len].to_owned();
                name.replace_range(at..(at + usize::from(!odd.is_empty())).min(len), odd);
                for tag in [
                    format!("<{name}/>"),
                    format!("<{name}></{name}>"),
                    format!("<b {name}='1'/>"),
                    format!("<b c='1' {name}=\"2\">x</b>"),
                    format!("<b xmlns:{name}='urn:x'/>"),
                    format!("<q:{name} q:{name}='1' {name}='2'/>"),
                    format!("<{name}></{name}x>"),
                ] {
                    taken += usize::from(check(tag.as_bytes(), len));
                }
            }
        }
    }
    assert!(taken > 4_000, "{taken} taken");
}

#[test]
fn values_with_a_byte_at_every_place() {
    let odd: &[&[u8]] = &[
        b"",
        b"\t",
        b"\n",
        b"\r",
        b"\r\n",
        b"<",
        b">",
        b"&",
        b"&amp;",
        b"&#10;",
        b"'",
        b"\"",
        b"]]>",
        b"\x00",
        b"\x1f",
        b"\x7f",
        b"\xff",
        b"\xc3\xa9",
        b"\xef\xbf\xbe",
        b"\xef\xbf\xbf",
        b"\xe2\x82",
        b"=",
        b"/",
    ];
    let mut taken = 0;
    for len in 0..=70 {
        for (n, odd) in odd.iter().enumerate() {
            for at in 0..=len {
                let quote: &[u8] = if at % 2 == 0 { b"'" } else { b"\"" };
                let (before, behind) = (vec![b'v'; at], vec![b'w'; len - at]);
                let value = [quote, &before, odd, &behind, quote].concat();
                let name: &[u8] = if n % 3 == 0 { b"xmlns" } else { b"to" };
                let tag = [b"<iq ", name, b"=", &value, b" id='1'><a/></iq>"].concat();
                taken += usize::from(check(&tag, 9 + at));
            }
        }
    }
    assert!((20_000..50_000).contains(&taken), "{taken} taken");
}

/// Few are compared each with each, many are sorted.
#[test]
fn many_attributes_with_and_without_a_twin() {
    for count in 1..=40 {
        for twin in 0..=count {
            let names = (0..count).map(|n| [format!("a{n}"), format!("p:a{n}")][n % 2].clone());
            let mut names: Vec<String> = names.collect();
            // The last, or none: the same name, or by the other prefix of its namespace.
            if twin < count {
                names.push(names[twin].replace("p:", "r:"));
            }
            let written: String = names.iter().map(|name| format!(" {name}='1'")).collect();
            let inside = format!("<x xmlns:p='urn:p' xmlns:r='urn:p'><b{written}/></x>");
            assert_eq!(check(inside.as_bytes(), 50), twin == count, "{inside}");
        }
    }
}

/// The tag is the last that is there, or a few bytes follow.
#[test]
fn tags_at_the_end_of_the_input() {
    for tag in [
        "<a/>",
        "<a>",
        "<iq id='1'/>",
        "<iq id='12345678' to='a@b'>",
        "<message type=\"chat\">",
        "<q:a/>",
        "<a b='1'  c='2'>",
        "<a b = '1'/>",
        "<a b='1'/",
        "<a b='1' ",
        "<a b='1",
        "<a b=",
        "<a b",
        "<a ",
        "<abcdefghijklmnop",
        "<a xmlns='urn:x'>",
        "<a xmlns:p='urn:x' p:b=''/>",
        "<a b='&amp;'>",
        "<a b='\u{e9}'/>",
        "</stream:stream>",
        "<a b='1'/ ",
        "<a b='1'c",
        "<a 1",
    ] {
        for before in ["", "<x>", "<x y='1'>t"] {
            for behind in 0..=20 {
                let text = [before, tag, &"<b/>.....<c>....&amp;"[..behind]].concat();
                for length in [1, 4, text.len().saturating_sub(behind).max(1)] {
                    check(text.as_bytes(), length);
                }
            }
        }
    }
}

const NAMES: &[&str] = &[
    "a",
    "id",
    "to",
    "type",
    "from",
    "xml:lang",
    "xmlns",
    "xmlns:p",
    "xmlns:r",
    "xmlns:xml",
    "p:a",
    "r:a",
    "q:a",
    "stream:a",
    "A",
    "b7",
    "b-c",
    "b.c",
    "_b",
    "\u{e9}",
    "u:a",
    "p:",
    "7",
    "-a",
    "abcdefgh",
    "abcdefghi",
    "abcdefghijklmnop",
    "xmlnsx",
    "xmlns:",
    "xml",
    "\u{d7}",
    "",
];
const VALUES: &[&str] = &[
    "",
    "1",
    "chat",
    "a@b/c",
    "urn:p",
    "urn:q",
    "jabber:client",
    "jabber:server",
    "1234567",
    "12345678",
    "a\tb",
    "a\nb",
    "\r\n",
    "&lt;",
    "&#9;",
    "&x;",
    "&",
    "<",
    "\u{e9}",
    "\u{1}",
    "]]>",
    ">",
    "urn:&#112;",
    "'",
    "\"",
    "http://etherx.jabber.org/streams",
    "http://www.w3.org/XML/1998/namespace",
    "http://www.w3.org/2000/xmlns/",
    "a value of more than thirty-two bytes, all of them plain",
];
const ELEMENTS: &[&str] = &[
    "a",
    "message",
    "iq",
    "presence",
    "q:a",
    "p:a",
    "stream",
    "stream:stream",
    "stream:b",
    "r:a",
    "\u{e9}",
    "1",
];

/// Mostly the first, the usual one.
fn mostly(random: &mut Random, from: &[&'static str]) -> &'static str {
    from[if random.below(6) > 0 { 0 } else { random.below(from.len()) }]
}

/// Mostly what is usual, which the front of each list is.
fn any(random: &mut Random, from: &[&'static str]) -> &'static str {
    let most = if random.below(3) > 0 { from.len() / 2 } else { from.len() };
    from[random.below(most)]
}

fn tag(random: &mut Random, depth: usize, out: &mut String) {
    let name = any(random, ELEMENTS);
    *out += mostly(random, &["<", "< ", "<\n"]);
    *out += name;
    let most = if random.below(8) == 0 { 14 } else { 5 };
    for _ in 0..random.below(most) {
        *out += mostly(random, &[" ", "  ", "\t", "\n", "\r\n", "", "/"]);
        *out += any(random, NAMES);
        *out += mostly(random, &["=", " =", "= ", "\n=\t", "", "=="]);
        let (begin, end) = [("'", "'"), ("\"", "\""), ("'", "\""), ("", ""), ("\"", "'")]
            [if random.below(8) > 0 { random.below(2) } else { random.below(5) }];
        *out += &[begin, any(random, VALUES), end].concat();
    }
    let end = mostly(random, &["", " ", "\n", "/ ", "<"]);
    if random.below(2) == 0 || depth == 0 {
        *out += &format!("{end}/>");
        return;
    }
    *out += &format!("{end}>");
    for _ in 0..random.below(3) {
        tag(random, depth - 1, out);
    }
    let tail = mostly(random, &["", " ", "\n", "x", "/", ":"]);
    *out += &format!("</{name}{tail}>");
}

#[test]
fn tags_of_usual_and_unusual_form() {
    let mut taken = 0;
    for seed in 0..80_000 {
        let random = &mut Random::new(seed);
        let declared =
            ["", " xmlns:p='urn:p' xmlns:r='urn:p'", " xmlns:p='urn:p'"][random.below(3)];
        let mut text = format!("<x{declared}>");
        tag(random, 2, &mut text);
        text += "</x>";
        taken += usize::from(check(text.as_bytes(), 1 + random.below(24)));
    }
    assert!((5_000..75_000).contains(&taken), "a poor mixture: {taken} taken");
}
