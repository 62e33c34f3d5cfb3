use super::ServerError;
use crate::scram::{
    attributes::{Attributes, malformed, unescape},
    is_nonce,
};

/// The client's first message (RFC 5802 §7, `client-first-message`).
pub(super) struct ClientFirst<'a> {
    /// `n`, `y` or the value of `p=`.
    pub(super) flag: Flag<'a>,
    pub(super) authzid: Option<String>,
    pub(super) username: String,
    pub(super) nonce: &'a str,
    /// The header up to its second comma, which it includes.
    pub(super) gs2_header: &'a str,
    pub(super) bare: &'a str,
}

/// What the client says about channel binding (RFC 5802 §6).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Flag<'a> {
    /// `n`: it cannot bind the channel, or does not want to.
    Without,
    /// `y`: it could, and saw no offer.
    NotOffered,
    /// `p=`: it does, with this type.
    Bound(&'a str),
}

impl<'a> ClientFirst<'a> {
    pub(super) fn parse(data: &'a [u8]) -> Result<Self, ServerError> {
        let message = str::from_utf8(data).map_err(|_| malformed("it is not UTF-8"))?;
        let (flag, rest) = message.split_once(',').ok_or(malformed("no gs2 header"))?;
        let (authzid, bare) = rest.split_once(',').ok_or(malformed("no gs2 header"))?;
        let gs2_header = message.strip_suffix(bare).unwrap_or_default();

        let mut attributes = Attributes::new(bare);
        let username = attributes.expect(b'n', "no user name (n) where it belongs")?;
        let nonce = attributes.expect(b'r', "no nonce (r) where it belongs")?;
        attributes.extension(b'r')?;
        if !is_nonce(nonce) {
            return Err(malformed("the nonce has characters that no nonce may have").into());
        }
        Ok(Self {
            flag: parse_flag(flag)?,
            authzid: parse_authzid(authzid)?,
            username: unescape(username)
                .filter(|name| !name.is_empty())
                .ok_or(malformed("the user name is empty or has a bare '='"))?,
            nonce,
            gs2_header,
            bare,
        })
    }
}

fn parse_flag(text: &str) -> Result<Flag<'_>, ServerError> {
    match text {
        "n" => Ok(Flag::Without),
        "y" => Ok(Flag::NotOffered),
        _ => Ok(Flag::Bound(text.strip_prefix("p=").ok_or(malformed("no gs2 flag"))?)),
    }
}

fn parse_authzid(text: &str) -> Result<Option<String>, ServerError> {
    if text.is_empty() {
        return Ok(None);
    }
    let escaped = text.strip_prefix("a=").ok_or(malformed("no authorization identity"))?;
    let authzid = unescape(escaped).filter(|authzid| !authzid.is_empty());
    Ok(Some(authzid.ok_or(malformed("the authorization identity has a bare '='"))?))
}
