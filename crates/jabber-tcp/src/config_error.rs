use std::{fmt, io, path::PathBuf, sync::Arc};

/// Why a TLS configuration cannot be made: always one's own side's fault.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// A file cannot be read.
    #[error("cannot read `{}`: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: Arc<io::Error>,
    },
    /// What should be PEM is not.
    #[error("{place}: not PEM (RFC 7468): {text}")]
    Pem {
        /// Where.
        place: PemPlace,
        /// What is wrong.
        text: String,
    },
    /// There is no certificate in it.
    #[error("{place}: no certificate (-----BEGIN CERTIFICATE-----) is in it")]
    NoCertificate {
        /// Where.
        place: PemPlace,
    },
    /// There is no private key in it, or an encrypted one.
    #[error("{place}: no private key (-----BEGIN PRIVATE KEY-----, not encrypted) is in it")]
    NoKey {
        /// Where.
        place: PemPlace,
    },
    /// A certificate cannot be used.
    #[error("{place}: this certificate cannot be used: {text}")]
    Certificate {
        /// Where.
        place: PemPlace,
        /// What is wrong.
        text: String,
    },
    /// The client's certificate and key do not fit each other, or are of no use.
    #[error("the client's certificate and private key cannot be used: {text}")]
    ClientCertificate {
        /// What is wrong.
        text: String,
    },
    /// No authority is trusted, so that no server could be verified.
    #[error(
        "no certificate authority is trusted here ({reason}); install the system's (on many \
         systems the package ca-certificates), or add the server's own authority"
    )]
    NoRoots {
        /// Why there is none.
        reason: String,
    },
    /// A pin is none.
    #[error(
        "`{pin}` is no pin: a pin is the SHA-256 of a certificate or of its public key, 64 hexadecimal \
         digits, with a colon between all bytes or none, or Base64"
    )]
    Pin {
        /// What was given, the first 128 characters.
        pin: String,
    },
    /// Pins are to count alone, and there is none, so that no server could be verified.
    #[error("only pins are trusted, and nothing is pinned; pin a certificate or a public key")]
    NoPins,
    /// No TLS version is allowed.
    #[error("no version of TLS is allowed")]
    NoVersions,
}

/// Where in PEM text something is wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct PemPlace {
    /// The file; `None` where the text did not come from one.
    pub file: Option<PathBuf>,
    /// Which certificate in it, counted from 1.
    pub certificate: Option<usize>,
    /// The line on which it begins, counted from 1.
    pub line: Option<usize>,
}

impl fmt::Display for PemPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.file {
            Some(file) => write!(f, "`{}`", file.display())?,
            None => f.write_str("the PEM text")?,
        }
        if let Some(certificate) = self.certificate {
            write!(f, ", certificate {certificate}")?;
        }
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        Ok(())
    }
}
