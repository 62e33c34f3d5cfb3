use jabber_security::Secret;
use zeroize::Zeroizing;

use crate::{ChooseError, Credentials, credentials::Proof};

/// A name and a password as they go into a mechanism: prepared with SASLprep (RFC 4013, asked for
/// by RFC 5802 §5.1), so that one typed on another keyboard is the same.
pub(crate) struct Prepared {
    pub(crate) username: String,
    pub(crate) password: Secret,
    pub(crate) authzid: Option<String>,
}

impl Prepared {
    /// `None` if the credentials are of a sort without a password.
    pub(crate) fn new(credentials: &Credentials) -> Result<Option<Self>, ChooseError> {
        if credentials.authzid().is_some_and(|authzid| authzid.contains('\0')) {
            return Err(ChooseError::Authzid);
        }
        let Proof::Password { username, password } = &credentials.proof else { return Ok(None) };
        let username = saslprep(username).ok_or(ChooseError::Username)?.to_string();
        let password = Secret::new(
            saslprep(password.expose()).ok_or(ChooseError::Password)?.as_str().to_owned(),
        );
        Ok(Some(Self { username, password, authzid: credentials.authzid.clone() }))
    }
}

/// `None` if something in `text` is prohibited, or if nothing is left (RFC 5802 §5.1, `n`). What
/// exactly is not told: it would be a character of the password.
pub(crate) fn saslprep(text: &str) -> Option<Zeroizing<String>> {
    let prepared = stringprep::saslprep(text).ok()?;
    let prepared = Zeroizing::new(prepared.into_owned());
    (!prepared.is_empty()).then_some(prepared)
}
