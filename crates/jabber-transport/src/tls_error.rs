use std::{error::Error, fmt, sync::Arc};

use crate::{CertificateFault, TlsFault};

/// TLS with the peer did not come about: which check failed, and for which name.
///
/// # Examples
///
/// ```
/// use jabber_transport::{CertificateFault, TlsError};
///
/// let error = TlsError::certificate(CertificateFault::UnknownIssuer, "example.org");
/// assert!(error.to_string().starts_with("no TLS with `example.org`: its certificate does not"));
/// ```
#[derive(Clone, Debug)]
pub struct TlsError {
    fault: TlsFault,
    name: String,
    note: Option<String>,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

impl TlsError {
    /// TLS with `name` failed with `fault`.
    #[must_use]
    pub fn new(fault: TlsFault, name: impl Into<String>) -> Self {
        Self { fault, name: name.into(), note: None, source: None }
    }

    /// The certificate of `name` failed a check.
    #[must_use]
    pub fn certificate(fault: CertificateFault, name: impl Into<String>) -> Self {
        Self::new(TlsFault::Certificate(fault), name)
    }

    /// Adds a sentence for people, without its full stop, that is told behind the advice.
    #[must_use]
    pub fn with_note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// Adds the error that this one comes from.
    #[must_use]
    pub fn with_source(mut self, source: impl Error + Send + Sync + 'static) -> Self {
        self.source = Some(Arc::new(source));
        self
    }

    /// Which check failed.
    #[must_use]
    pub const fn fault(&self) -> &TlsFault {
        &self.fault
    }

    /// The name that the peer was to prove.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A further sentence for people, without its full stop.
    #[must_use]
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    /// What a person can try.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        self.fault.advice()
    }
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no TLS with `{}`: {}. {}.", self.name, self.fault, self.advice())?;
        match &self.note {
            Some(note) => write!(f, " {note}."),
            None => Ok(()),
        }
    }
}

impl Error for TlsError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
