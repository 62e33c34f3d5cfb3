//! What a test may want of its ejabberd.

use std::path::PathBuf;

use crate::server::{Release, Tls};

/// How an [`Ejabberd`](super::Ejabberd) is set up. The default serves most tests.
#[derive(Debug, Clone)]
pub struct Options {
    pub(super) tls: Tls,
    pub(super) mechanisms: Option<Vec<String>>,
    pub(super) client_certificates: bool,
    pub(super) program: PathBuf,
    pub(super) release: Release,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            tls: Tls::Both,
            mechanisms: None,
            client_certificates: false,
            program: PathBuf::from("erl"),
            release: Release::Stable,
        }
    }
}

impl Options {
    /// TLS 1.2 and 1.3, every mechanism, the accounts of [`ACCOUNTS`](crate::server::ACCOUNTS).
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The versions of TLS that are spoken to clients.
    #[must_use]
    pub fn tls(mut self, tls: Tls) -> Self {
        self.tls = tls;
        self
    }

    /// Offers only these of the mechanisms that ejabberd has: `PLAIN`, `DIGEST-MD5`, `SCRAM-SHA-1`,
    /// `SCRAM-SHA-256`, `SCRAM-SHA-512`, and, over TLS, the last three with `-PLUS`.
    #[must_use]
    pub fn mechanisms(mut self, names: &[&str]) -> Self {
        self.mechanisms = Some(names.iter().map(|&name| name.to_owned()).collect());
        self
    }

    /// Whether clients are asked for a certificate of the server's own authority where STARTTLS is
    /// required; whoever shows one may log in by it (SASL EXTERNAL).
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

    /// Erlang's virtual machine, found by `PATH` if it is a bare name.
    #[must_use]
    pub fn program(mut self, program: impl Into<PathBuf>) -> Self {
        self.program = program.into();
        self
    }
}
