//! What a session holds at most over real sockets and real TLS, measured against what is stated.
//!
//! Counted is what the session's thread allocates; the server has another one.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says what it measured"
)]

use std::{
    net::{SocketAddr, TcpListener},
    sync::Arc,
    thread,
    time::Duration,
};

use jabber::{KindSet, QueueConfig, Session, SessionBuilder, Tcp, TlsConfig, component};
use jabber_tests::pki::{Authority, Identity};
use rustls::{
    SupportedProtocolVersion,
    version::{TLS12, TLS13},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    runtime::Builder,
    time::{sleep, timeout},
};
use tokio_rustls::TlsAcceptor;

const MIB: usize = 1 << 20;
/// What `memory_bound` has for "all else", TLS among it.
const ALL_ELSE: usize = 512 << 10;
const HEADER: &str = "<stream:stream xmlns='jabber:component:accept' id='1' from='localhost' \
     xmlns:stream='http://etherx.jabber.org/streams'><handshake/>";

fn builder(at: SocketAddr, tls: TlsConfig) -> SessionBuilder {
    let config = component::Config::new("localhost".parse().unwrap(), "wonderland");
    Session::builder(config)
        .transport(Tcp::new(tls))
        .server(at.to_string().parse().unwrap())
        .direct_tls(true)
        // Their part of the bound would hide all else.
        .queue(QueueConfig::default().with_bounds(0, 0))
        .requests(0)
        .subscribe(KindSet::LIFECYCLE)
}

/// A chain that is as long as a handshake takes (65,535 bytes).
fn acceptor(
    identity: &Identity,
    authority: &Authority,
    version: &'static SupportedProtocolVersion,
) -> TlsAcceptor {
    let issuers = 60_000 / (authority.der().len() + 8);
    let identity = Identity {
        certificate_pem: identity.certificate_pem.clone() + &authority.pem().repeat(issuers),
        key_pem: identity.key_pem.clone(),
    };
    TlsAcceptor::from(Arc::new(identity.server(&[version])))
}

/// Lets one in, says the same until nobody listens, and reads nothing more.
fn serve(listener: TcpListener, acceptor: TlsAcceptor, flood: String) {
    thread::spawn(move || {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            listener.set_nonblocking(true).unwrap();
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            let (socket, _) = listener.accept().await.unwrap();
            let mut tls = acceptor.accept(socket).await.unwrap();
            let mut read = [0; 4096];
            assert!(tls.read(&mut read).await.unwrap() > 0);
            tls.write_all(HEADER.as_bytes()).await.unwrap();
            while !flood.is_empty() && tls.write_all(flood.as_bytes()).await.is_ok() {}
            sleep(Duration::from_secs(10)).await;
        });
    });
}

fn peak(version: &'static SupportedProtocolVersion, flood: &str, sends: bool) -> (usize, usize) {
    let authority = Authority::new("A test's authority");
    let acceptor = acceptor(&authority.issue(&["127.0.0.1"]), &authority, version);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = listener.local_addr().unwrap();
    serve(listener, acceptor, flood.to_owned());
    let tls = TlsConfig::builder().without_system_roots();
    let tls = tls.add_ca_pem(authority.pem().as_bytes()).unwrap().build().unwrap();
    let stated = builder(at, tls.clone()).memory_bound();
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let info = allocation_counter::measure(|| {
        runtime.block_on(async {
            let mut session = builder(at, tls).build();
            session.connect().unwrap();
            session.ready().await.unwrap();
            let drives = async {
                loop {
                    if sends {
                        session.send("<presence/>".parse().unwrap()).await.unwrap();
                    } else {
                        session.flush().await;
                        sleep(Duration::from_millis(1)).await;
                    }
                }
            };
            assert!(timeout(Duration::from_secs(1), drives).await.is_err());
        });
    });
    (usize::try_from(info.bytes_max).unwrap(), stated)
}

/// Each with the longest certificate chain that a handshake takes.
#[test]
fn threat_33_memory_over_tls() {
    let cases = [
        ("nothing", String::new(), false),
        ("tiny stanzas", "<message/>".repeat(1000), false),
        ("nodes", format!("<message>{}</message>", "<a/>".repeat(131_000)), false),
        ("text", format!("<message>{}</message>", "x".repeat(MIB - 100)), false),
        ("writes that nobody reads", String::new(), true),
    ];
    for version in [&TLS12, &TLS13] {
        for (what, flood, sends) in &cases {
            let (measured, stated) = peak(version, flood, *sends);
            let percent = measured * 100 / stated;
            eprintln!("{what}, {version:?}: {measured} bytes, {percent} % of {stated}");
            let stated = if *what == "nothing" { ALL_ELSE } else { stated };
            assert!(measured <= stated, "{what}: {measured} bytes are more than {stated}");
        }
    }
}
