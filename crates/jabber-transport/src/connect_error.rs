use std::{error::Error, fmt, io, sync::Arc};

use crate::Target;

/// No connection came about: each thing that was tried, and how it failed.
///
/// The accessors of a single failure speak of the [last](ConnectError::failures) one.
///
/// # Examples
///
/// ```
/// use jabber_transport::{ConnectError, Target};
///
/// let refused = std::io::Error::from_raw_os_error(111);
/// let error = ConnectError::from_io(&Target::new("example.org", 5222), "connect", refused);
/// assert_eq!(error.call(), "connect");
/// assert_eq!(error.os_code(), Some(111));
/// ```
#[derive(Clone, Debug)]
pub struct ConnectError {
    target: String,
    failures: Vec<ConnectFailure>,
}

impl ConnectError {
    /// Connecting to `target` failed with `failure`.
    #[must_use]
    pub fn new(target: &Target, failure: ConnectFailure) -> Self {
        Self { target: target.to_string(), failures: vec![failure] }
    }

    /// Connecting to `target` failed because the system call `call` did.
    #[must_use]
    pub fn from_io(target: &Target, call: &'static str, error: io::Error) -> Self {
        Self::new(target, ConnectFailure::from_io(call, error))
    }

    /// Adds a further failure, behind those there are.
    #[must_use]
    pub fn with_failure(mut self, failure: ConnectFailure) -> Self {
        self.failures.push(failure);
        self
    }

    /// What was to be connected to, for people.
    #[must_use]
    pub fn target(&self) -> &str {
        &self.target
    }

    /// Everything that was tried, in the order in which it failed; never empty.
    #[must_use]
    pub fn failures(&self) -> &[ConnectFailure] {
        &self.failures
    }

    /// The system call that failed, such as `connect` or `getaddrinfo`.
    #[must_use]
    pub fn call(&self) -> &'static str {
        self.failures.last().map_or("", ConnectFailure::call)
    }

    /// The operating system's error code, where it gave one.
    #[must_use]
    pub fn os_code(&self) -> Option<i32> {
        self.failures.last().and_then(ConnectFailure::os_code)
    }

    /// The operating system's text.
    #[must_use]
    pub fn text(&self) -> &str {
        self.failures.last().map_or("", ConnectFailure::text)
    }

    /// What a person can try.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        match self.failures.last().map(|failure| (failure.call, failure.kind)) {
            Some(("getaddrinfo", _)) => {
                "Check the spelling of the name and the network, or name the server's address"
            }
            Some((_, Some(io::ErrorKind::ConnectionRefused))) => {
                "Check that the server runs, and listens on this address and port"
            }
            Some((_, Some(io::ErrorKind::TimedOut))) => {
                "Check the address and port, and whether a firewall is in between"
            }
            Some((_, Some(io::ErrorKind::PermissionDenied))) => {
                "Check whether this program may use the network"
            }
            _ => "Check the address and port, and the network",
        }
    }
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot connect to {}: ", self.target)?;
        for (index, failure) in self.failures.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            failure.fmt(f)?;
        }
        write!(f, ". {}.", self.advice())
    }
}

impl Error for ConnectError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.failures.last().and_then(ConnectFailure::source)
    }
}

/// One thing that was tried on the way to a connection, and how it failed.
#[derive(Clone, Debug)]
pub struct ConnectFailure {
    call: &'static str,
    address: Option<String>,
    code: Option<i32>,
    kind: Option<io::ErrorKind>,
    text: String,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

impl ConnectFailure {
    /// The call `call` failed, `text` says how.
    #[must_use]
    pub fn new(call: &'static str, text: impl Into<String>) -> Self {
        Self { call, address: None, code: None, kind: None, text: text.into(), source: None }
    }

    /// The system call `call` failed with `error`.
    #[must_use]
    pub fn from_io(call: &'static str, error: io::Error) -> Self {
        Self {
            call,
            address: None,
            code: error.raw_os_error(),
            kind: Some(error.kind()),
            text: error.to_string(),
            source: Some(Arc::new(error)),
        }
    }

    /// Adds what the call was made with, such as `192.0.2.1:5222`.
    #[must_use]
    pub fn with_address(mut self, address: impl Into<String>) -> Self {
        self.address = Some(address.into());
        self
    }

    /// The call that failed, such as `connect` or `getaddrinfo`.
    #[must_use]
    pub const fn call(&self) -> &'static str {
        self.call
    }

    /// The address or name that the call was made with.
    #[must_use]
    pub fn address(&self) -> Option<&str> {
        self.address.as_deref()
    }

    /// The operating system's error code, where it gave one.
    #[must_use]
    pub const fn os_code(&self) -> Option<i32> {
        self.code
    }

    /// The operating system's text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for ConnectFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.call)?;
        if let Some(address) = &self.address {
            write!(f, " {address}")?;
        }
        write!(f, ": {}", self.text)
    }
}

impl Error for ConnectFailure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
