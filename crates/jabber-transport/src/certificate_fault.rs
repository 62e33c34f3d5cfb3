use crate::Timestamp;

/// Which check the peer's certificate did not pass (RFC 5280 §6, RFC 9525 §6).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateFault {
    /// No chain leads to a trusted authority.
    #[error("its certificate does not come from an authority that is trusted here")]
    UnknownIssuer,
    /// Its time is over.
    #[error("its certificate expired{}", dates(" at ", *.not_after, *.now))]
    Expired {
        /// The last second of its validity.
        not_after: Option<Timestamp>,
        /// The time on this machine.
        now: Option<Timestamp>,
    },
    /// Its time has not come.
    #[error("its certificate is not valid yet{}", dates(", only from ", *.not_before, *.now))]
    NotYetValid {
        /// The first second of its validity.
        not_before: Option<Timestamp>,
        /// The time on this machine.
        now: Option<Timestamp>,
    },
    /// It is for other names. The subject's common name is no name (RFC 9525 §2), a wildcard
    /// stands for one label (§6.3).
    #[error("its certificate is not for that name but for {}", names(.presented))]
    WrongName {
        /// The names that it is for; empty where it has none.
        presented: Vec<String>,
    },
    /// Its authority took it back.
    #[error("its certificate was revoked")]
    Revoked,
    /// Whether it was revoked could not be found out.
    #[error("whether its certificate was revoked is not known")]
    RevocationUnknown,
    /// Its extended key usage is not that of a server.
    #[error("its certificate is not one for servers")]
    NotForServers,
    /// An authority's certificate is used as a server's.
    #[error("its certificate is that of an authority, not of a server")]
    CaAsEndEntity,
    /// A certificate of its chain was issued by one that is not an authority.
    #[error("its certificate was issued by a certificate that is not an authority's")]
    EndEntityAsCa,
    /// A signature in its chain, or the handshake's, is wrong, or made with an RSA key of less than 2048
    /// bits: rustls does not tell which.
    #[error(
        "a signature on its certificate or handshake is wrong, or of a key that is too short (RSA below \
         2048 bits)"
    )]
    BadSignature,
    /// It is signed by an algorithm that is not accepted.
    #[error("its certificate is signed by an algorithm that is not accepted here")]
    UnsupportedAlgorithm,
    /// It is right, and neither it nor its key is among those that are pinned.
    #[error(
        "its certificate is none of the pinned ones: it has SHA-256 {certificate}, its public key {public_key}"
    )]
    NotPinned {
        /// SHA-256 of the certificate, in hexadecimal.
        certificate: String,
        /// SHA-256 of its public key (`SubjectPublicKeyInfo`), in hexadecimal.
        public_key: String,
    },
    /// It cannot be read.
    #[error("its certificate is malformed: {text}")]
    Malformed {
        /// What is wrong with it.
        text: String,
    },
    /// The peer sent none.
    #[error("it sent no certificate")]
    Missing,
    /// Something else, in the verifier's words.
    #[error("its certificate was refused: {text}")]
    Other {
        /// The verifier's words.
        text: String,
    },
}

impl CertificateFault {
    /// What a person can try.
    #[must_use]
    pub const fn advice(&self) -> &'static str {
        match self {
            Self::UnknownIssuer => {
                "If it has a private authority, add that one's certificate to the trusted ones; \
                 if a public one, have the server send its intermediate certificates"
            }
            Self::Expired { .. } => {
                "Have the server's certificate renewed, or check this machine's clock"
            }
            Self::NotYetValid { .. } => "Check this machine's clock and the server's",
            Self::WrongName { .. } => {
                "Check the domain; the server needs a certificate with that domain as a subject \
                 alternative name, or name the one to verify"
            }
            Self::RevocationUnknown => "Check the network and the authority's revocation list",
            Self::BadSignature | Self::UnsupportedAlgorithm => {
                "If its authority was renewed under the same name, trust the new one; else the \
                 server needs another certificate"
            }
            Self::NotPinned { .. } => {
                "If the server's certificate or key was replaced, ask its operator for the new hash and \
                 pin that one; else somebody is in the middle"
            }
            Self::Missing => "Check that the port is a server's",
            Self::Revoked
            | Self::NotForServers
            | Self::CaAsEndEntity
            | Self::EndEntityAsCa
            | Self::Malformed { .. }
            | Self::Other { .. } => "The server needs another certificate",
        }
    }
}

fn dates(lead: &str, limit: Option<Timestamp>, now: Option<Timestamp>) -> String {
    match (limit, now) {
        (Some(limit), Some(now)) => format!("{lead}{limit} (here it is {now})"),
        (Some(limit), None) => format!("{lead}{limit}"),
        (None, _) => String::new(),
    }
}

fn names(presented: &[String]) -> String {
    // A certificate of a hosting provider may have hundreds.
    const SHOWN: usize = 8;
    let shown: Vec<_> = presented.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    match presented.len() {
        0 => "none (it has no subject alternative name)".to_owned(),
        count if count > SHOWN => format!("{} and {} more", shown.join(", "), count - SHOWN),
        _ => shown.join(", "),
    }
}
