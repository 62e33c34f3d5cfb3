use std::{fmt, str::FromStr};

macro_rules! conditions {
    ($($(#[$doc:meta])+ $variant:ident = $name:literal),+ $(,)?) => {
        /// A defined condition of a stream error (RFC 6120 §4.9.3).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum StreamCondition { $($(#[$doc])+ $variant),+ }

        impl StreamCondition {
            /// Every condition, in the order of RFC 6120.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name of its element on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }
    };
}

conditions! {
    /// XML that cannot be processed (§4.9.3.1).
    BadFormat = "bad-format",
    /// A prefix that is not declared, or none where one is needed (§4.9.3.2).
    BadNamespacePrefix = "bad-namespace-prefix",
    /// A newer stream of the same entity took over (§4.9.3.3).
    Conflict = "conflict",
    /// Nothing came over the stream for too long (§4.9.3.4).
    ConnectionTimeout = "connection-timeout",
    /// The server no longer serves that domain (§4.9.3.5).
    HostGone = "host-gone",
    /// The server does not serve that domain (§4.9.3.6).
    HostUnknown = "host-unknown",
    /// A stanza between servers lacks `to` or `from` (§4.9.3.7).
    ImproperAddressing = "improper-addressing",
    /// The server met a fault of its own (§4.9.3.8).
    InternalServerError = "internal-server-error",
    /// `from` is not what was authenticated (§4.9.3.9).
    InvalidFrom = "invalid-from",
    /// The stream or content namespace is not one that is served (§4.9.3.10).
    InvalidNamespace = "invalid-namespace",
    /// A stanza whose structure the server's checks refuse (§4.9.3.11).
    InvalidXml = "invalid-xml",
    /// Data before authentication (§4.9.3.12).
    NotAuthorized = "not-authorized",
    /// XML that is not well-formed, or not namespace-well-formed (§4.9.3.13).
    NotWellFormed = "not-well-formed",
    /// A local policy was violated, such as a limit on size (§4.9.3.14).
    PolicyViolation = "policy-violation",
    /// A remote server cannot be reached (§4.9.3.15).
    RemoteConnectionFailed = "remote-connection-failed",
    /// The stream needs to be opened anew (§4.9.3.16).
    Reset = "reset",
    /// The server lacks the resources (§4.9.3.17).
    ResourceConstraint = "resource-constraint",
    /// A comment, processing instruction, DTD or entity reference (§4.9.3.18).
    RestrictedXml = "restricted-xml",
    /// The service is on another host (§4.9.3.19).
    SeeOtherHost = "see-other-host",
    /// The server goes down (§4.9.3.20).
    SystemShutdown = "system-shutdown",
    /// None of the others; an application's condition tells more (§4.9.3.21).
    UndefinedCondition = "undefined-condition",
    /// An encoding other than UTF-8 (§4.9.3.22).
    UnsupportedEncoding = "unsupported-encoding",
    /// A feature is mandatory and not supported (§4.9.3.23).
    UnsupportedFeature = "unsupported-feature",
    /// A top-level element that the server does not know (§4.9.3.24).
    UnsupportedStanzaType = "unsupported-stanza-type",
    /// A version of XMPP that is not served (§4.9.3.25).
    UnsupportedVersion = "unsupported-version",
}

impl fmt::Display for StreamCondition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The name is no stream error condition of RFC 6120 §4.9.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a stream error condition of RFC 6120 section 4.9.3")]
pub struct UnknownCondition;

impl FromStr for StreamCondition {
    type Err = UnknownCondition;

    fn from_str(name: &str) -> Result<Self, UnknownCondition> {
        // RFC 6120 §4.9.3.18 renamed what RFC 3920 §4.7.3 called xml-not-well-formed.
        if name == "xml-not-well-formed" {
            return Ok(Self::NotWellFormed);
        }
        Self::ALL.iter().find(|c| c.as_str() == name).copied().ok_or(UnknownCondition)
    }
}
