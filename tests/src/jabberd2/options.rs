//! What a test may want of its jabberd2.

use std::path::PathBuf;

/// How a [`Jabberd2`](super::Jabberd2) is set up. The default serves most tests.
#[derive(Debug, Clone)]
pub struct Options {
    pub(super) mechanisms: Option<Vec<String>>,
    pub(super) router_tls: bool,
    pub(super) folder: PathBuf,
}

impl Default for Options {
    fn default() -> Self {
        Self { mechanisms: None, router_tls: true, folder: PathBuf::from("/usr/sbin") }
    }
}

impl Options {
    /// Every mechanism, STARTTLS on the router, the accounts of
    /// [`ACCOUNTS`](crate::server::ACCOUNTS).
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Offers clients only these of the mechanisms that jabberd2 has: `PLAIN`, `DIGEST-MD5`,
    /// `CRAM-MD5`, `SCRAM-SHA-1`, `SCRAM-SHA-256`, `ANONYMOUS`.
    #[must_use]
    pub fn mechanisms(mut self, names: &[&str]) -> Self {
        self.mechanisms = Some(names.iter().map(|&name| name.to_owned()).collect());
        self
    }

    /// Whether the router offers STARTTLS. It cannot require it.
    #[must_use]
    pub fn router_tls(mut self, offered: bool) -> Self {
        self.router_tls = offered;
        self
    }

    /// The folder with the programs, `/usr/sbin` on Debian.
    #[must_use]
    pub fn programs(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = folder.into();
        self
    }
}
