//! What a test may want of its server.

use std::path::PathBuf;

use crate::server::{ACCOUNTS, Account, Release, Tls};

/// How a [`Prosody`](super::Prosody) is set up. The default serves most tests.
#[derive(Debug, Clone)]
pub struct Options {
    pub(super) tls: Tls,
    pub(super) mechanisms: Option<Vec<String>>,
    pub(super) plaintext_login: bool,
    pub(super) client_certificates: bool,
    pub(super) accounts: Vec<Account>,
    pub(super) program: PathBuf,
    pub(super) release: Release,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            tls: Tls::Both,
            mechanisms: None,
            plaintext_login: true,
            client_certificates: false,
            accounts: ACCOUNTS.to_vec(),
            program: PathBuf::from("prosody"),
            release: Release::Stable,
        }
    }
}

impl Options {
    /// TLS 1.2 and 1.3, every mechanism, login without TLS allowed on `localhost`, the accounts of
    /// [`ACCOUNTS`].
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The versions of TLS that are spoken.
    #[must_use]
    pub fn tls(mut self, tls: Tls) -> Self {
        self.tls = tls;
        self
    }

    /// Offers only these of the mechanisms that Prosody has: `PLAIN`, `SCRAM-SHA-1`,
    /// `SCRAM-SHA-256`, and, over TLS 1.2, the last two with `-PLUS`.
    #[must_use]
    pub fn mechanisms(mut self, names: &[&str]) -> Self {
        self.mechanisms = Some(names.iter().map(|&name| name.to_owned()).collect());
        self
    }

    /// Whether `localhost` offers `PLAIN` without TLS.
    #[must_use]
    pub fn plaintext_login(mut self, allowed: bool) -> Self {
        self.plaintext_login = allowed;
        self
    }

    /// Whether clients are asked for a certificate of the server's own authority where STARTTLS is
    /// required; whoever shows one logs in by it there (SASL EXTERNAL), and nobody by a password.
    ///
    /// Debian 12 installs Prosody without the module for that (`mod_auth_ccert`, of prosody-modules): it
    /// is taken from what [`Release::Backports`] has, for either release.
    #[must_use]
    pub fn client_certificates(mut self, asked_for: bool) -> Self {
        self.client_certificates = asked_for;
        self
    }

    /// Which release of it.
    #[must_use]
    pub fn release(mut self, release: Release) -> Self {
        self.release = release;
        self
    }

    /// The program to run, found by `PATH` if it is a bare name.
    #[must_use]
    pub fn program(mut self, program: impl Into<PathBuf>) -> Self {
        self.program = program.into();
        self
    }
}
