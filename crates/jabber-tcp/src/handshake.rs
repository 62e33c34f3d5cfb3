use std::net::IpAddr;

use jabber_security::{ChannelBinding, Security, TlsFacts};
use jabber_transport::{BoxPipe, CertificateFault, Connected, Target, TlsError, TlsFault};
use rustls::{ClientConnection, ProtocolVersion, pki_types::ServerName};
use tokio_rustls::TlsConnector;

use crate::{TlsConfig, end_point, fault, records::Records};

/// The handshake, verified for the target's domain.
pub(crate) async fn start(
    tls: &TlsConfig,
    pipe: BoxPipe,
    target: &Target,
) -> Result<Connected, TlsError> {
    let domain = target.domain.as_str();
    let set = tls.set().map_err(|error| {
        TlsError::new(TlsFault::Configuration { text: error.to_string() }, domain)
            .with_source(error.clone())
    })?;
    // ALPN only with direct TLS: what follows STARTTLS is agreed on already (XEP-0368 §3).
    let config = if target.direct_tls { &set.direct } else { &set.starttls };
    let name = server_name(domain)?;
    let stream = TlsConnector::from(config.clone()).connect(name, pipe).await.map_err(|error| {
        let fault = fault::of(&error);
        let untrusted = fault == TlsFault::Certificate(CertificateFault::UnknownIssuer);
        let error = TlsError::new(fault, domain).with_source(error);
        match &set.without_system_roots {
            Some(reason) if untrusted => {
                error.with_note(format!("Only own authorities are trusted: {reason}"))
            }
            _ => error,
        }
    })?;
    let facts = facts(stream.get_ref().1, domain, config.require_ems);
    Ok(Connected::new(Box::new(Records(stream)), Security::Encrypted(facts)))
}

fn server_name(domain: &str) -> Result<ServerName<'static>, TlsError> {
    // An IPv6 address has brackets in a JID, and none in a certificate.
    let bare = domain.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(domain);
    match bare.parse::<IpAddr>() {
        Ok(address) => Ok(ServerName::from(address)),
        Err(_) => ServerName::try_from(domain.to_owned())
            .map_err(|error| TlsError::new(TlsFault::BadName, domain).with_source(error)),
    }
}

fn facts(connection: &ClientConnection, domain: &str, extended_master_secret: bool) -> TlsFacts {
    let version = match connection.protocol_version() {
        Some(ProtocolVersion::TLSv1_3) => "TLSv1.3",
        Some(ProtocolVersion::TLSv1_2) => "TLSv1.2",
        _ => "unknown",
    };
    let suite = connection
        .negotiated_cipher_suite()
        .and_then(|suite| suite.suite().as_str())
        .unwrap_or("unknown");
    // rustls writes TLS13_AES_…, the registry TLS_AES_….
    let suite = match suite.strip_prefix("TLS13_") {
        Some(rest) => format!("TLS_{rest}"),
        None => suite.to_owned(),
    };
    let mut binding = ChannelBinding::none();
    // RFC 9266 §4.2: without an extended master secret two TLS 1.2 connections may export the
    // same; rustls does not tell whether it was used, only whether it was required.
    if version == "TLSv1.3" || extended_master_secret {
        // RFC 9266 §4: the label, an empty context, 32 bytes.
        let exported =
            connection.export_keying_material([0; 32], b"EXPORTER-Channel-Binding", Some(&[]));
        if let Ok(exported) = exported {
            binding = binding.with_tls_exporter(exported);
        }
    }
    let certificate = connection.peer_certificates().and_then(<[_]>::first);
    if let Some(hash) = certificate.and_then(|certificate| end_point::hash(certificate)) {
        binding = binding.with_tls_server_end_point(hash);
    }
    TlsFacts::new(version, suite, domain, binding)
}
