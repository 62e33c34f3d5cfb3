//! Who may log in, and what each mechanism needs to verify it.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use jabber_jid::Jid;
use jabber_sasl::{MIN_ITERATIONS, Mechanism, server::ScramKeys};
use jabber_security::Secret;

use crate::random;

/// All accounts, by bare JID.
#[derive(Debug)]
pub(crate) struct Accounts {
    known: HashMap<Jid, Arc<Account>>,
    /// Stands in for accounts that do not exist, so that a login by SCRAM does not tell which do.
    nobody: Arc<Account>,
}

/// One account's secret, as each mechanism wants it.
#[derive(Debug)]
pub(crate) struct Account {
    password: Secret,
    salt: [u8; 16],
    sha1: OnceLock<Option<ScramKeys>>,
    sha256: OnceLock<Option<ScramKeys>>,
}

impl Accounts {
    pub(crate) fn new(users: HashMap<Jid, Secret>) -> Result<Self, getrandom::Error> {
        let nobody = Arc::new(Account::new(Secret::new(random::token::<16>()?))?);
        let known = users
            .into_iter()
            .map(|(jid, password)| Ok((jid, Arc::new(Account::new(password)?))))
            .collect::<Result<_, getrandom::Error>>()?;
        Ok(Self { known, nobody })
    }

    pub(crate) fn contains(&self, bare: &Jid) -> bool {
        self.known.contains_key(bare)
    }

    /// The account, or where there is none, one whose password nobody knows.
    pub(crate) fn of(&self, bare: Option<&Jid>) -> Arc<Account> {
        let account = bare.and_then(|bare| self.known.get(bare));
        Arc::clone(account.unwrap_or(&self.nobody))
    }
}

impl Account {
    fn new(password: Secret) -> Result<Self, getrandom::Error> {
        let salt = random::bytes()?;
        Ok(Self { password, salt, sha1: OnceLock::new(), sha256: OnceLock::new() })
    }

    /// Whether a password can be used at all (RFC 4013).
    pub(crate) fn accepts(password: &Secret) -> bool {
        !password.expose().is_empty()
            && ScramKeys::derive(Mechanism::ScramSha1, password, b"salt", 1).is_ok()
    }

    pub(crate) const fn password(&self) -> &Secret {
        &self.password
    }

    /// What verifies a SCRAM login. Derived when first asked for, which blocks for some
    /// milliseconds: with thousands of accounts the server still starts at once.
    pub(crate) fn keys(&self, mechanism: Mechanism) -> Option<ScramKeys> {
        // With and without -PLUS the keys are the same.
        let cell = match mechanism {
            Mechanism::ScramSha1 | Mechanism::ScramSha1Plus => &self.sha1,
            _ => &self.sha256,
        };
        let derive =
            || ScramKeys::derive(mechanism, &self.password, &self.salt, MIN_ITERATIONS).ok();
        cell.get_or_init(derive).clone()
    }
}
