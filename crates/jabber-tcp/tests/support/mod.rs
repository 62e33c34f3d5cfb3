//! Authorities, certificates and a TLS server on loopback.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use jabber_tcp::{Tcp, TlsConfig, TlsConfigBuilder};
use jabber_transport::{Connected, HostPort, Target, TlsError, Transport};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    SignatureAlgorithm,
};
use rustls::{
    ServerConfig, SupportedProtocolVersion,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer},
    server::{ServerConfig as Config, WebPkiClientVerifier},
    sign::{CertifiedKey, SingleCertAndKey},
    version::{TLS12, TLS13},
};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

pub(crate) const BOTH: &[&SupportedProtocolVersion] = &[&TLS12, &TLS13];

pub(crate) struct Authority(pub(crate) CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub(crate) fn new() -> Self {
        Self::with(&rcgen::PKCS_ECDSA_P256_SHA256)
    }

    /// One that signs with this algorithm.
    pub(crate) fn with(algorithm: &'static SignatureAlgorithm) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(1);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        Self::named(&format!("A test's authority {number}"), algorithm)
    }

    pub(crate) fn named(name: &str, algorithm: &'static SignatureAlgorithm) -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        Self(
            CertifiedIssuer::self_signed(params, KeyPair::generate_for(algorithm).unwrap())
                .unwrap(),
        )
    }

    /// A certificate for `names`, changed as wished.
    pub(crate) fn issue(
        &self,
        names: &[&str],
        change: impl FnOnce(&mut CertificateParams),
    ) -> Identity {
        let key = KeyPair::generate().unwrap();
        let mut params = params(names);
        change(&mut params);
        let certificate = params.signed_by(&key, &self.0).unwrap();
        Identity { chain: vec![certificate.der().clone()], pem: certificate.pem(), key }
    }

    /// A client configuration that trusts this authority only.
    pub(crate) fn trusted(&self) -> TlsConfigBuilder {
        TlsConfig::builder().without_system_roots().add_ca_pem(self.0.pem().as_bytes()).unwrap()
    }

    pub(crate) fn tls(&self) -> TlsConfig {
        self.trusted().build().unwrap()
    }
}

pub(crate) fn params(names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params
}

pub(crate) struct Identity {
    pub(crate) chain: Vec<CertificateDer<'static>>,
    pub(crate) pem: String,
    pub(crate) key: KeyPair,
}

impl Identity {
    pub(crate) fn server(&self, versions: &[&'static SupportedProtocolVersion]) -> Config {
        builder(versions)
            .with_no_client_auth()
            .with_single_cert(self.chain.clone(), self.key())
            .unwrap()
    }

    /// A server that wants a client certificate from `authority`.
    pub(crate) fn server_for_clients_of(
        &self,
        authority: &Authority,
        versions: &[&'static SupportedProtocolVersion],
    ) -> Config {
        let mut roots = rustls::RootCertStore::empty();
        roots.add(authority.0.der().clone()).unwrap();
        let provider = Arc::new(ring::default_provider());
        let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider);
        builder(versions)
            .with_client_cert_verifier(verifier.build().unwrap())
            .with_single_cert(self.chain.clone(), self.key())
            .unwrap()
    }

    /// A server that shows this certificate and signs with whatever key it has.
    pub(crate) fn server_that_signs_with(
        &self,
        key: &KeyPair,
        versions: &[&'static SupportedProtocolVersion],
    ) -> Config {
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let key = ring::sign::any_supported_type(&key).unwrap();
        let shown = CertifiedKey::new(self.chain.clone(), key);
        builder(versions)
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(SingleCertAndKey::from(shown)))
    }

    fn key(&self) -> PrivateKeyDer<'static> {
        PrivateKeyDer::try_from(self.key.serialize_der()).unwrap()
    }
}

fn builder(
    versions: &[&'static SupportedProtocolVersion],
) -> rustls::ConfigBuilder<ServerConfig, rustls::WantsVerifier> {
    ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(versions)
        .unwrap()
}

pub(crate) type Accepted = io::Result<TlsStream<TcpStream>>;

/// One handshake over loopback: what the client got, and what the server got.
pub(crate) async fn meet(
    tls: &TlsConfig,
    server: Config,
    domain: &str,
    direct: bool,
) -> (Result<Connected, TlsError>, Accepted) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let target = Target::new(domain, 1)
        .with_server(HostPort::from(listener.local_addr().unwrap()))
        .with_direct_tls(direct);
    let server = tokio::spawn(async move {
        let (socket, _) = listener.accept().await.unwrap();
        TlsAcceptor::from(Arc::new(server)).accept(socket).await
    });
    let tcp = Tcp::new(tls.clone());
    let connected = tcp.connect(&target).await.unwrap();
    let client = tcp.start_tls(connected.pipe, &target).await;
    (client, server.await.unwrap())
}
