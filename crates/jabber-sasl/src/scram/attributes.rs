use crate::SaslError;

/// The attributes of a SCRAM message, in their order: `a=value,b=value` (RFC 5802 §5.1).
///
/// None may occur twice: with two salts, say, the sides could disagree on which one counts.
pub(crate) struct Attributes<'a> {
    parts: std::str::Split<'a, char>,
    seen: u64,
}

impl<'a> Attributes<'a> {
    pub(crate) fn new(message: &'a str) -> Self {
        Self { parts: message.split(','), seen: 0 }
    }

    /// The next one; `None` at the end.
    pub(crate) fn next(&mut self) -> Result<Option<(u8, &'a str)>, SaslError> {
        let Some(part) = self.parts.next() else { return Ok(None) };
        let (name, value) = part.split_once('=').ok_or(malformed("an attribute without '='"))?;
        let &[name] = name.as_bytes() else { return Err(malformed("a name of several letters")) };
        if !name.is_ascii_alphabetic() {
            return Err(malformed("an attribute's name is no letter"));
        }
        if value.contains('\0') {
            return Err(malformed("a NUL character"));
        }
        let bit = 1 << (name - b'A');
        if self.seen & bit != 0 {
            return Err(malformed("an attribute twice"));
        }
        self.seen |= bit;
        Ok(Some((name, value)))
    }

    /// The value of the next one, which has to be `name`. `m` and `e` may stand in any place and
    /// mean the end.
    pub(crate) fn expect(&mut self, name: u8, missing: &'static str) -> Result<&'a str, SaslError> {
        match self.next()? {
            Some((found, value)) if found == name => Ok(value),
            Some((b'm', _)) => Err(SaslError::MandatoryExtension),
            Some((b'e', value)) => Err(SaslError::Refused { condition: value.to_owned() }),
            _ => Err(malformed(missing)),
        }
    }

    /// The value of `name` among the extensions that are left. Others are skipped (RFC 5802 §5.1);
    /// `m` is not.
    pub(crate) fn extension(&mut self, name: u8) -> Result<Option<&'a str>, SaslError> {
        let mut found = None;
        while let Some((next, value)) = self.next()? {
            if next == b'm' {
                return Err(SaslError::MandatoryExtension);
            }
            if next == name {
                found = Some(value);
            }
        }
        Ok(found)
    }
}

pub(crate) const fn malformed(what: &'static str) -> SaslError {
    SaslError::Malformed { what }
}

/// `saslname` (RFC 5802 §5.1, `n`): `,` and `=` have a meaning in the grammar.
pub(crate) fn escape(name: &str) -> String {
    name.replace('=', "=3D").replace(',', "=2C")
}

/// The reverse of [`escape`]; `None` for any other use of `=`.
#[cfg(feature = "server")]
pub(crate) fn unescape(name: &str) -> Option<String> {
    let mut parts = name.split('=');
    let mut plain = parts.next()?.to_owned();
    for part in parts {
        let (code, rest) = part.split_at_checked(2)?;
        plain.push(match code {
            "2C" => ',',
            "3D" => '=',
            _ => return None,
        });
        plain.push_str(rest);
    }
    Some(plain)
}
