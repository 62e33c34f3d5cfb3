//! Text, values and CDATA sections: what is written, and what it says.

use jabber_xml::Fault;

use super::chars::{is_char, is_ncname};

/// A run of text between tags (XML §2.4 \[14], §4.1).
pub(super) fn text(run: &[u8]) -> Result<String, Fault> {
    decode(run, true, |rest| {
        // XML §2.4: `]]>` ends a CDATA section and stands nowhere else.
        if rest.starts_with(&[']', ']', '>']) { Err(Fault::CdataEnd) } else { Ok(rest[0]) }
    })
}

/// An attribute's value, without quotes (XML §2.3 \[10]); `<` is looked for by who calls.
pub(super) fn value(run: &[u8]) -> Result<String, Fault> {
    // XML §3.3.3: white space becomes a space each, but where a reference stands for it.
    decode(run, true, |rest| Ok(if matches!(rest[0], '\t' | '\n') { ' ' } else { rest[0] }))
}

/// The inside of a CDATA section (XML §2.7 \[20]).
pub(super) fn cdata(run: &[u8]) -> Result<String, Fault> {
    decode(run, false, |rest| Ok(rest[0]))
}

/// What a run says, character by character: `literal` has each that is written as itself, and what
/// follows it.
fn decode(
    run: &[u8],
    references: bool,
    literal: impl Fn(&[char]) -> Result<char, Fault>,
) -> Result<String, Fault> {
    let (characters, broken) = characters(run);
    let characters = line_ends(&characters);
    let mut rest = &characters[..];
    let mut out = String::new();
    while let Some(&c) = rest.first() {
        if c == '&' && references {
            let (c, len) = reference(&rest[1..])?;
            out.push(c);
            rest = &rest[1 + len..];
        } else if is_char(c) {
            out.push(literal(rest)?);
            rest = &rest[1..];
        } else {
            return Err(Fault::Character);
        }
    }
    // RFC 6120 §11.6: UTF-8 and nothing else.
    if broken { Err(Fault::Utf8) } else { Ok(out) }
}

/// The characters before what is no UTF-8, and whether there is such a thing.
fn characters(run: &[u8]) -> (Vec<char>, bool) {
    match std::str::from_utf8(run) {
        Ok(text) => (text.chars().collect(), false),
        Err(error) => {
            let valid = String::from_utf8(run[..error.valid_up_to()].to_vec()).unwrap();
            (valid.chars().collect(), true)
        }
    }
}

/// XML §2.11: `\r\n` and a `\r` alone are read as `\n`.
fn line_ends(characters: &[char]) -> Vec<char> {
    let text: String = characters.iter().collect();
    text.replace("\r\n", "\n").replace('\r', "\n").chars().collect()
}

/// The character that a reference stands for, and its length, behind the `&` (XML §4.1 \[66] to
/// \[68]).
fn reference(rest: &[char]) -> Result<(char, usize), Fault> {
    let end = rest.iter().position(|&c| c == ';').ok_or(Fault::Reference)?;
    let name: String = rest[..end].iter().collect();
    let character = match &name[..] {
        // XML §4.6: what is declared without a DTD.
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "apos" => '\'',
        "quot" => '"',
        name => match name.strip_prefix('#') {
            Some(number) => by_number(number).ok_or(Fault::Reference)?,
            // RFC 6120 §11.1; NS §7: an entity's name has no colon.
            None if is_ncname(name) => return Err(Fault::Entity),
            None => return Err(Fault::Reference),
        },
    };
    Ok((character, end + 1))
}

/// XML §4.1 \[66] CharRef; well-formedness constraint: legal character.
fn by_number(number: &str) -> Option<char> {
    let (digits, radix) = match number.strip_prefix('x') {
        Some(digits) => (digits, 16),
        None => (number, 10),
    };
    // `from_str_radix` would take a sign.
    let all = !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
    let code = all.then(|| u32::from_str_radix(digits, radix).ok())??;
    char::from_u32(code).filter(|&c| is_char(c))
}
