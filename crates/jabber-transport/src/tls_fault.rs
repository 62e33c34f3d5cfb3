use crate::CertificateFault;

/// Which check of a TLS handshake failed, or what cut it short.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TlsFault {
    /// The peer's certificate was refused.
    #[error("{0}")]
    Certificate(CertificateFault),
    /// The peer ended the handshake with an alert (RFC 8446 §6.2).
    #[error("it ended the handshake with the alert {name} ({code})")]
    Alert {
        /// The alert's registered name, such as `handshake_failure`.
        name: String,
        /// The alert's registered number.
        code: u8,
    },
    /// The peer closed the connection within the handshake.
    #[error("it closed the connection within the handshake")]
    HandshakeEof,
    /// The connection was reset within the handshake.
    #[error("the connection was reset within the handshake")]
    HandshakeReset,
    /// The handshake took too long.
    #[error("the handshake took too long")]
    HandshakeTimeout,
    /// Reading or writing failed within the handshake.
    #[error("reading or writing failed within the handshake: {text}")]
    HandshakeIo {
        /// The operating system's text.
        text: String,
    },
    /// What the peer sent is not TLS at all.
    #[error("what it sent is not TLS")]
    NotTls,
    /// Both sides speak TLS, but have nothing in common.
    #[error("it offers no version or algorithm that is accepted here: {text}")]
    NothingInCommon {
        /// What there is no agreement on.
        text: String,
    },
    /// The peer broke the rules of TLS.
    #[error("it broke the rules of TLS: {text}")]
    Protocol {
        /// Which rule.
        text: String,
    },
    /// There were unencrypted bytes behind the agreement to start TLS: somebody may have put them
    /// there (RFC 6120 §5.4.3.3).
    #[error("unencrypted bytes came where the handshake had to start")]
    BytesBefore,
    /// The domain is not one that a certificate can be verified for.
    #[error("that is not a name that a certificate can be for")]
    BadName,
    /// TLS is set up in a way that cannot work: own fault, not the peer's.
    #[error("TLS is not set up rightly here: {text}")]
    Configuration {
        /// What is wrong.
        text: String,
    },
    /// The transport has no TLS.
    #[error("this transport has no TLS")]
    Unsupported,
}

impl TlsFault {
    /// What a person can try.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Certificate(fault) => fault.advice(),
            Self::Alert { name, .. } => alert_advice(name),
            Self::HandshakeEof | Self::HandshakeReset => {
                "Check the port: one may be for direct TLS, another for STARTTLS; else the \
                 server's log tells why"
            }
            Self::HandshakeTimeout => {
                "Check the port: one may be for direct TLS, another for STARTTLS"
            }
            Self::HandshakeIo { .. } => "Check the network and try again",
            Self::NotTls => "Check the port: this one may be for STARTTLS, not for direct TLS",
            Self::NothingInCommon { .. } => {
                "The server needs TLS 1.2 or 1.3 with current algorithms"
            }
            Self::Protocol { .. } => "The server's TLS is at fault; its operator has to know",
            Self::BytesBefore => {
                "This can be an attack or a broken server; do not log in over this network"
            }
            Self::BadName => "Check the domain",
            Self::Configuration { .. } => "Check this program's TLS settings",
            Self::Unsupported => "Use another transport, or switch TLS off",
        }
    }
}

fn alert_advice(name: &str) -> &'static str {
    match name {
        "certificate_required"
        | "bad_certificate"
        | "unknown_ca"
        | "certificate_unknown"
        | "access_denied"
        | "certificate_expired"
        | "certificate_revoked"
        | "unsupported_certificate" => {
            "The server does not accept this client's certificate, or wants one"
        }
        "handshake_failure" | "protocol_version" | "insufficient_security" => {
            "The server needs TLS 1.2 or 1.3 with current algorithms"
        }
        "unrecognized_name" => "Check the domain: the server does not serve it",
        "no_application_protocol" => "Check the port: it is not one for XMPP",
        _ => "The server's log tells why",
    }
}
