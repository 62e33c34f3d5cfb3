use crate::{SaslError, scram::attributes::malformed};

/// The directives of a DIGEST-MD5 message (RFC 2831 §7.1, `#( name "=" ( token | quoted ) )`).
pub(crate) struct Directives {
    /// Names in lower case, values without their quotes.
    entries: Vec<(String, String)>,
}

impl Directives {
    /// Reads them. None may occur twice but `realm` (§2.1.1).
    pub(crate) fn parse(data: &[u8]) -> Result<Self, SaslError> {
        Self::read(str::from_utf8(data).map_err(|_| malformed("it is not UTF-8"))?)
    }

    /// The same of text.
    pub(crate) fn read(text: &str) -> Result<Self, SaslError> {
        let mut entries: Vec<(String, String)> = Vec::new();
        let mut rest = skip_separators(text);
        while !rest.is_empty() {
            let (name, after) = rest.split_once('=').ok_or(malformed("a directive without '='"))?;
            let name = name.trim_end_matches(is_space).to_ascii_lowercase();
            if name.is_empty() || !name.chars().all(is_token) {
                return Err(malformed("a directive's name is no token"));
            }
            if name != "realm" && entries.iter().any(|(known, _)| *known == name) {
                return Err(malformed("a directive twice"));
            }
            if entries.len() == MAX_DIRECTIVES {
                return Err(malformed("more directives than there are"));
            }
            let (value, after) = parse_value(after.trim_start_matches(is_space))?;
            entries.push((name, value));
            let after = after.trim_start_matches(is_space);
            if !after.is_empty() && !after.starts_with(',') {
                return Err(malformed("no comma between two directives"));
            }
            rest = skip_separators(after);
        }
        Ok(Self { entries })
    }

    /// The value of a directive that occurs once at most.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// All values of a directive.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        let found = self.entries.iter().filter(move |(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// The RFC defines eight, one of which may be repeated. The search for duplicates is quadratic.
const MAX_DIRECTIVES: usize = 64;

/// `name="value"`, with `"` and `\` escaped (RFC 2831 §7.2, `quoted-string`).
pub(crate) fn quote(name: &str, value: &str) -> String {
    format!("{name}=\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}

fn parse_value(text: &str) -> Result<(String, &str), SaslError> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(|c| !is_token(c)).unwrap_or(text.len());
        let (token, rest) = text.split_at_checked(end).ok_or(malformed("a broken token"))?;
        if token.is_empty() {
            return Err(malformed("a directive without a value"));
        }
        return Ok((token.to_owned(), rest));
    };
    let mut value = String::new();
    let mut characters = quoted.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => return Ok((value, characters.as_str())),
            '\\' => value.push(characters.next().ok_or(malformed("a quote without its end"))?),
            other => value.push(other),
        }
    }
    Err(malformed("a quote without its end"))
}

fn skip_separators(text: &str) -> &str {
    text.trim_start_matches(|character| character == ',' || is_space(character))
}

const fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\n')
}

/// RFC 2831 §7.2, `token`.
const fn is_token(character: char) -> bool {
    character.is_ascii_graphic()
        && !matches!(
            character,
            '(' | ')'
                | '<'
                | '>'
                | '@'
                | ','
                | ';'
                | ':'
                | '\\'
                | '"'
                | '/'
                | '['
                | ']'
                | '?'
                | '='
                | '{'
                | '}'
        )
}

#[cfg(test)]
mod tests;
