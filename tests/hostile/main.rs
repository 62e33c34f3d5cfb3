//! The misbehaving server over real sockets and real TLS: what a client does not believe in memory it does
//! not believe there, and what TLS itself has to keep out is kept out.
//!
//! In memory every lie is told to every dialect; here once each, to an account's client.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "test")]

mod pipe;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use futures_util::StreamExt as _;
use jabber::{
    Deadlines, ErrorStatus, Event, Kind, KindSet, Limits, Session, Status, Tcp, TlsConfig,
    sasl::Mechanism, xmpp,
};
use jabber_status::{Lifecycle, Shape};
use jabber_testkit::misbehaving::{Lie, Misbehaviour, Server, Step, Tls, serve};
use jabber_tests::pki::{Authority, Identity};
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    version::{TLS12, TLS13},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};
use tokio_rustls::TlsAcceptor;

use crate::pipe::Pipe;

const PASSWORD: &str = "wonderland";
const VERSIONS: [&rustls::SupportedProtocolVersion; 2] = [&TLS12, &TLS13];

/// What a session told, held against the grammar.
async fn statuses(at: SocketAddr, direct: bool, trusted: &Authority) -> Vec<Kind> {
    let tls = TlsConfig::builder().without_system_roots();
    let tls = tls.add_ca_pem(trusted.pem().as_bytes()).unwrap().build().unwrap();
    let config = xmpp::Config::new("alice@localhost/desk".parse().unwrap(), PASSWORD);
    let second = Duration::from_secs(1);
    let deadlines = Deadlines::default().with_step(second).with_ready(second * 2);
    let mut session = Session::builder(config)
        .transport(Tcp::new(tls))
        .server(at.to_string().parse().unwrap())
        .direct_tls(direct)
        .redirects(0)
        // What is endless comes to its end sooner.
        .limits(Limits::default().with_element_bytes(64 << 10))
        .deadlines(deadlines.with_closing(second))
        .subscribe(KindSet::ALL)
        .build();
    let shape = Shape::new().with_tls().with_restart().with_bind().with_session().with_resume();
    let mut life = Lifecycle::of(shape);
    session.connect().unwrap();
    let mut told = Vec::new();
    while let Some(event) = session.next().await {
        let Event::Status(status) = event else { continue };
        life.check_event(&*status).unwrap();
        told.push(status.kind());
        if status.kind() == Kind::Status(Status::InitFinished) {
            session.shutdown();
        }
    }
    life.finish().unwrap();
    told
}

fn acceptor(
    identity: &Identity,
    version: &'static rustls::SupportedProtocolVersion,
) -> TlsAcceptor {
    let certificate = CertificateDer::from_pem_slice(identity.certificate_pem.as_bytes()).unwrap();
    let key = PrivateKeyDer::from_pem_slice(identity.key_pem.as_bytes()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[version])
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

/// One connection, encrypted from the first byte on, and a server on it that does as it is told. What it has
/// heard is for the asker.
async fn meets(server: Server, version: &'static rustls::SupportedProtocolVersion) -> Vec<Kind> {
    let authority = Authority::new("A test's authority");
    let acceptor = acceptor(&authority.issue(&["localhost"]), version);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let served = tokio::spawn(async move {
        let (socket, _) = listener.accept().await.unwrap();
        if let Ok(tls) = acceptor.accept(socket).await {
            serve(Pipe(Some(tls)), server.conversation()).await;
        }
    });
    let told = statuses(at, true, &authority).await;
    served.abort();
    told
}

fn alices() -> Server {
    Server::xmpp("alice@localhost/desk".parse().unwrap(), PASSWORD)
        // The handshake is not the server's part here.
        .with_tls(Tls::Off)
        .with_mechanism(Mechanism::ScramSha256)
}

/// What happens to a login that is lied to: it fails, and is never told as a success.
#[tokio::test]
async fn threat_11_no_lie_about_the_login_is_believed_over_tls() {
    let mut told = 0;
    for (version, step) in VERSIONS
        .into_iter()
        .flat_map(|version| [Step::Challenge, Step::Success].map(|step| (version, step)))
    {
        let lies = Lie::ALL.iter().filter(|lie| {
            let lie = Misbehaviour::Lie(**lie);
            alices().can(step, &lie)
        });
        let mut running = tokio::task::JoinSet::new();
        for lie in lies.copied() {
            let server = alices().misbehaving(step, Misbehaviour::Lie(lie));
            running.spawn(async move { (lie, meets(server, version).await) });
        }
        while let Some(done) = running.join_next().await {
            let (lie, kinds) = done.unwrap();
            told += 1;
            // The proof may come in a challenge of its own (RFC 5802 §5); the others say nothing of a login.
            let lawful = matches!(
                lie,
                Lie::ProofInChallenge
                    | Lie::FloodStanzas
                    | Lie::FloodFeatures
                    | Lie::FloodSpace
                    | Lie::StopsReading
            );
            let success = kinds.contains(&Kind::Status(Status::AuthSuccess));
            assert!(!success || lawful, "{lie} at {step}: {kinds:?}");
            let failed = kinds.iter().any(|kind| matches!(kind, Kind::Error(_)));
            assert!(failed, "{lie} at {step}: {kinds:?}");
        }
    }
    println!("{told} lies");
    assert!(told > 60, "{told}");
}

/// The same misbehaviours as in memory, where they need no particular time.
#[tokio::test]
async fn threat_09_what_is_cut_or_broken_ends_over_tls() {
    let mut runs = 0;
    for misbehaviour in [
        Misbehaviour::Cut,
        Misbehaviour::Truncate,
        Misbehaviour::Reset,
        Misbehaviour::HalfThenCut,
        Misbehaviour::NotWellFormed,
        Misbehaviour::EndStream,
        Misbehaviour::Silent,
    ] {
        let mut running = tokio::task::JoinSet::new();
        for step in alices().steps().into_iter().take_while(|step| *step != Step::Stanza) {
            // On a pipe that is encrypted below it the conversation does not know that it is.
            if step == Step::Handshake {
                continue;
            }
            if !alices().can(step, &misbehaviour) {
                continue;
            }
            let server = alices().misbehaving(step, misbehaviour.clone());
            running.spawn(async move { (step, meets(server, &TLS13).await) });
        }
        while let Some(done) = running.join_next().await {
            let (step, kinds) = done.unwrap();
            runs += 1;
            let ready = kinds.contains(&Kind::Status(Status::InitFinished));
            assert!(!ready, "{misbehaviour} at {step}: {kinds:?}");
            let end = kinds.iter().rev().find(|kind| matches!(kind, Kind::Error(_)));
            let ended = [ErrorStatus::SocketDisconnect, ErrorStatus::SocketFail].map(Kind::Error);
            assert!(
                end.is_some_and(|end| ended.contains(end)),
                "{misbehaviour} at {step}: {kinds:?}"
            );
        }
    }
    assert!(runs > 40, "{runs}");
}

const HEADER: &str = "<?xml version='1.0'?><stream:stream xmlns='jabber:client' id='1' version='1.0' \
     xmlns:stream='http://etherx.jabber.org/streams' from='localhost'>";

/// STARTTLS by hand: what is said behind `<proceed/>`, in its own segment and in the next one.
#[tokio::test]
async fn threat_02_what_comes_before_the_handshake_is_never_read_over_tls() {
    let injected = format!(
        "{HEADER}<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>\
         SCRAM-SHA-1</mechanism></mechanisms></stream:features>"
    );
    for together in [true, false] {
        let authority = Authority::new("A test's authority");
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let injected = injected.clone();
        let served = tokio::spawn(async move {
            let (mut socket, _) = listener.accept().await.unwrap();
            socket.set_nodelay(true).unwrap();
            let mut heard = Vec::new();
            let offer = "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>\
                         </stream:features>";
            socket.write_all(format!("{HEADER}{offer}").as_bytes()).await.unwrap();
            while !String::from_utf8_lossy(&heard).contains("<starttls") {
                assert!(socket.read_buf(&mut heard).await.unwrap() > 0);
            }
            let proceed = "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
            if together {
                socket.write_all(format!("{proceed}{injected}").as_bytes()).await.unwrap();
            } else {
                socket.write_all(proceed.as_bytes()).await.unwrap();
                tokio::time::sleep(Duration::from_millis(50)).await;
                socket.write_all(injected.as_bytes()).await.unwrap();
            }
            let _ = socket.read_to_end(&mut heard).await;
            heard
        });
        let told = statuses(at, false, &authority).await;
        let heard = served.await.unwrap();
        assert!(told.contains(&Kind::Error(ErrorStatus::SslFail)), "{together}: {told:?}");
        assert!(!told.contains(&Kind::Status(Status::SslSuccess)), "{together}: {told:?}");
        assert!(!String::from_utf8_lossy(&heard).contains("<auth"));
    }
}

/// A certificate of somebody else, direct TLS: not a byte of a login goes out.
#[tokio::test]
async fn threat_03_a_wrong_certificate_sees_nothing_of_a_login() {
    let (trusted, stranger) = (Authority::new("A test's authority"), Authority::new("Another"));
    for identity in [
        trusted.issue(&["127.0.0.1"]),
        trusted.issue(&["other.example"]),
        trusted.issue(&["*.localhost"]),
        stranger.issue(&["localhost"]),
        trusted.issue_client("alice@localhost"),
    ] {
        for version in VERSIONS {
            let acceptor = acceptor(&identity, version);
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let at = listener.local_addr().unwrap();
            let served = tokio::spawn(async move {
                let (socket, _) = listener.accept().await.unwrap();
                let mut heard = Vec::new();
                if let Ok(mut tls) = acceptor.accept(socket).await {
                    let _ = tls.read_to_end(&mut heard).await;
                }
                heard
            });
            let told = statuses(at, true, &trusted).await;
            assert!(told.contains(&Kind::Error(ErrorStatus::SslFail)), "{told:?}");
            assert_eq!(served.await.unwrap(), b"", "nothing is said to it");
        }
    }
}
