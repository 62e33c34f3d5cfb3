//! The forms in which a password can be printed.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// A password in one encoding.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Form {
    /// The line of the password in the list.
    pub(crate) line: usize,
    /// The encoding.
    pub(crate) how: &'static str,
    /// What is looked for.
    pub(crate) bytes: Vec<u8>,
}

impl Form {
    /// Each form once.
    pub(crate) fn all(line: usize, password: &str) -> Vec<Form> {
        let mut forms: Vec<Form> = Vec::new();
        let mut add = |how, text: String| {
            let bytes = text.into_bytes();
            if !forms.iter().any(|form| form.bytes == bytes) {
                forms.push(Form { line, how, bytes });
            }
        };
        add("as it is", password.to_owned());
        // Where one of these is escaped, another need not be.
        add("as XML escapes it", xml(password, &["&amp;", "&lt;"]));
        add("as XML escapes it", xml(password, &["&amp;", "&lt;", "&gt;"]));
        add("as XML escapes it", xml(password, &["&amp;", "&lt;", "&gt;", "&quot;", "&apos;"]));
        add("as XML escapes it", xml(password, &["&amp;", "&lt;", "&gt;", "&#34;", "&#39;"]));
        let each = |wanted: fn(char) -> bool, write: fn(char) -> String| -> String {
            password.chars().map(|c| if wanted(c) { write(c) } else { c.to_string() }).collect()
        };
        let special = |c: char| !c.is_ascii() || "&<>\"'".contains(c);
        let decimal = |c: char| format!("&#{};", u32::from(c));
        let lower = |c: char| format!("&#x{:x};", u32::from(c));
        let upper = |c: char| format!("&#x{:X};", u32::from(c));
        for (how, write) in [
            ("in decimal references", decimal as fn(char) -> String),
            ("in hexadecimal references", lower),
            ("in hexadecimal references", upper),
        ] {
            add(how, each(special, write));
            add(how, each(|_| true, write));
        }
        let quoted = format!("{password:?}");
        let inside = quoted.get(1..quoted.len() - 1).unwrap_or_default();
        add("as Rust's Debug has it", inside.to_owned());
        add("as Rust's Debug has it", password.escape_default().to_string());
        add("as Rust's Debug has its bytes", password.as_bytes().escape_ascii().to_string());
        let numbers: Vec<String> = password.bytes().map(|byte| byte.to_string()).collect();
        add("as a list of bytes", numbers.join(", "));
        add("as a list of bytes", numbers.join(",\n    "));
        add("as JSON escapes it", each(|c| !c.is_ascii(), json));
        add("in hexadecimal", hex(password, false));
        add("in hexadecimal", hex(password, true));
        let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        for upper in [true, false] {
            let encoded = percent(password, unreserved, upper);
            add("as a URL encodes it", encoded.replace("%20", "+"));
            add("as a URL encodes it", encoded);
            add("as a URL encodes it", percent(password, |byte| byte.is_ascii_graphic(), upper));
        }
        for before in 0..3 {
            let bytes = [&vec![0; before], password.as_bytes()].concat();
            // Characters that say nothing of their neighbours' bits.
            let (from, to) = ((before * 8).div_ceil(6), bytes.len() * 8 / 6);
            for encoded in [STANDARD_NO_PAD.encode(&bytes), URL_SAFE_NO_PAD.encode(&bytes)] {
                add("in base64", encoded.get(from..to).unwrap_or_default().to_owned());
            }
        }
        forms
    }
}

/// `&`, `<`, `>`, `"`, `'`, as far as there are names for them.
fn xml(password: &str, names: &[&str]) -> String {
    let named = |c: char| "&<>\"'".find(c).and_then(|at| names.get(at));
    password.chars().map(|c| named(c).map_or(c.to_string(), |name| (*name).to_owned())).collect()
}

fn json(c: char) -> String {
    let mut units = [0; 2];
    c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")).collect()
}

fn hex(password: &str, upper: bool) -> String {
    let mut text = String::new();
    for byte in password.bytes() {
        let _ = if upper { write!(text, "{byte:02X}") } else { write!(text, "{byte:02x}") };
    }
    text
}

fn percent(password: &str, open: impl Fn(u8) -> bool, upper: bool) -> String {
    let mut text = String::new();
    for byte in password.bytes() {
        let _ = match (open(byte), upper) {
            (true, _) => write!(text, "{}", char::from(byte)),
            (false, true) => write!(text, "%{byte:02X}"),
            (false, false) => write!(text, "%{byte:02x}"),
        };
    }
    text
}
