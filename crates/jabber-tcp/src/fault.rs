use std::{error::Error as StdError, io, net::IpAddr};

use jabber_transport::{CertificateFault, Timestamp, TlsFault};
use rustls::{CertificateError, Error, InvalidMessage, PeerIncompatible, pki_types::UnixTime};

use crate::{alert, pins::NotPinned};

/// What made a handshake fail.
pub(crate) fn of(error: &io::Error) -> TlsFault {
    if let Some(error) = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
        return of_rustls(error);
    }
    match error.kind() {
        io::ErrorKind::UnexpectedEof => TlsFault::HandshakeEof,
        io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe => TlsFault::HandshakeReset,
        io::ErrorKind::TimedOut => TlsFault::HandshakeTimeout,
        _ => TlsFault::HandshakeIo { text: error.to_string() },
    }
}

fn of_rustls(error: &Error) -> TlsFault {
    let text = || error.to_string();
    match error {
        Error::InvalidCertificate(error) => TlsFault::Certificate(of_certificate(error)),
        Error::NoCertificatesPresented => TlsFault::Certificate(CertificateFault::Missing),
        Error::InvalidCertRevocationList(_) => {
            TlsFault::Certificate(CertificateFault::RevocationUnknown)
        }
        Error::AlertReceived(alert) => {
            let code = u8::from(*alert);
            TlsFault::Alert { name: alert::name(code).to_owned(), code }
        }
        // The first bytes are no TLS record: a type or version that does not exist.
        Error::InvalidMessage(
            InvalidMessage::InvalidContentType | InvalidMessage::UnknownProtocolVersion,
        ) => TlsFault::NotTls,
        Error::PeerIncompatible(PeerIncompatible::ExtendedMasterSecretExtensionRequired) => {
            let text = "it has no extended master secret (RFC 7627) on TLS 1.2".to_owned();
            TlsFault::NothingInCommon { text }
        }
        Error::PeerIncompatible(_) | Error::NoApplicationProtocol => {
            TlsFault::NothingInCommon { text: text() }
        }
        Error::UnsupportedNameType => TlsFault::BadName,
        Error::FailedToGetCurrentTime | Error::FailedToGetRandomBytes | Error::General(_) => {
            TlsFault::Configuration { text: text() }
        }
        _ => TlsFault::Protocol { text: text() },
    }
}

fn of_certificate(error: &CertificateError) -> CertificateFault {
    use CertificateError as E;
    match error {
        E::UnknownIssuer => CertificateFault::UnknownIssuer,
        E::Expired => CertificateFault::Expired { not_after: None, now: None },
        E::ExpiredContext { time, not_after } => CertificateFault::Expired {
            not_after: Some(timestamp(*not_after)),
            now: Some(timestamp(*time)),
        },
        E::NotValidYet => CertificateFault::NotYetValid { not_before: None, now: None },
        E::NotValidYetContext { time, not_before } => CertificateFault::NotYetValid {
            not_before: Some(timestamp(*not_before)),
            now: Some(timestamp(*time)),
        },
        E::NotValidForName => CertificateFault::WrongName { presented: Vec::new() },
        E::NotValidForNameContext { presented, .. } => {
            CertificateFault::WrongName { presented: presented.iter().map(|n| plain(n)).collect() }
        }
        E::Revoked => CertificateFault::Revoked,
        E::UnknownRevocationStatus
        | E::ExpiredRevocationList
        | E::ExpiredRevocationListContext { .. } => CertificateFault::RevocationUnknown,
        E::InvalidPurpose | E::InvalidPurposeContext { .. } => CertificateFault::NotForServers,
        E::BadSignature => CertificateFault::BadSignature,
        E::UnsupportedSignatureAlgorithmContext { .. }
        | E::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            CertificateFault::UnsupportedAlgorithm
        }
        E::BadEncoding => CertificateFault::Malformed { text: "its DER cannot be read".to_owned() },
        E::UnhandledCriticalExtension => CertificateFault::Malformed {
            text: "it has a critical extension that is not known here".to_owned(),
        },
        E::Other(other) => of_other(other.0.as_ref()),
        _ => CertificateFault::Other { text: error.to_string() },
    }
}

/// rustls passes on what it has no word of its own for.
fn of_other(error: &(dyn StdError + Send + Sync + 'static)) -> CertificateFault {
    if let Some(NotPinned { certificate, public_key }) = error.downcast_ref() {
        let (certificate, public_key) = (certificate.clone(), public_key.clone());
        return CertificateFault::NotPinned { certificate, public_key };
    }
    match error.downcast_ref::<webpki::Error>() {
        Some(webpki::Error::CaUsedAsEndEntity) => CertificateFault::CaAsEndEntity,
        Some(webpki::Error::EndEntityUsedAsCa) => CertificateFault::EndEntityAsCa,
        Some(error) => CertificateFault::Other { text: format!("{error:?}") },
        // The platform verifier's own error for a wrong extended key usage is of a private type.
        None if error.to_string() == "certificate had invalid extensions" => {
            CertificateFault::NotForServers
        }
        None => CertificateFault::Other { text: error.to_string() },
    }
}

fn timestamp(time: UnixTime) -> Timestamp {
    Timestamp::from_unix_seconds(time.as_secs())
}

/// webpki shows names as its own types: `DnsName("example.org")`, `IpAddress(127.0.0.1)`; the IPv6
/// address `::1` as `0::1`.
fn plain(name: &str) -> String {
    let inner = name.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')'));
    let inner = inner.unwrap_or(name).trim_matches('"');
    inner.parse::<IpAddr>().map_or_else(|_| inner.to_owned(), |address| address.to_string())
}
