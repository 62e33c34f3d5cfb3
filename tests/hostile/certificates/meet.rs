//! A client that meets a certificate: through the facade, and as the program.

use std::{io::Write as _, process::Command, time::Duration};

use futures_util::StreamExt as _;
use jabber::{
    ErrorStatus, Event, Kind, KindSet, Protocol as _, Session, Status, Tcp, TlsConfig, xmpp,
};
use jabber_status::Lifecycle;
use jabber_testkit::misbehaving::{Conversation, Server, Tls, serve_to_handshake};
use jabber_xml::Item;
use rustls::{
    SupportedProtocolVersion,
    version::{TLS12, TLS13},
};
use serde_json::Value;
use tokio::{io::AsyncWriteExt as _, net::TcpListener, time::timeout};

use super::rows::{Row, Shown};
use crate::{
    binary, cause,
    peer::{acceptor, listen, serve_one},
    pipe::Pipe,
    setups::PASSWORD,
};

pub(crate) const VERSIONS: [&SupportedProtocolVersion; 2] = [&TLS12, &TLS13];
pub(crate) const BOTH: [Tls; 2] = [Tls::StartTls, Tls::Direct];

/// What a client made of it.
#[derive(Debug)]
struct Came {
    /// The first error, and what it says.
    error: Option<(String, String)>,
    ready: bool,
}

/// rustls has no TLS 1.1, so the server's hello is written by hand.
async fn old_tls(listener: TcpListener, conversation: &mut Conversation) {
    let mut hello = vec![0x16, 3, 2, 0, 42, 2, 0, 0, 38, 3, 2];
    hello.extend([7; 32]); // random
    hello.extend([0, 0xc0, 0x13, 0]); // no session, ECDHE_RSA_WITH_AES_128_CBC_SHA
    let mut pipe = Pipe::Open(listener.accept().await.unwrap().0);
    if serve_to_handshake(&mut pipe, conversation).await {
        pipe.read_hello().await.unwrap();
        pipe.write_all(&hello).await.unwrap();
        pipe.drain().await;
    }
}

impl Row {
    fn jid(&self) -> jabber::Jid {
        format!("alice@{}/desk", self.domain).parse().unwrap()
    }

    /// Through the facade.
    pub(crate) async fn meets_a_session(
        &self,
        trust: &TlsConfig,
        tls: Tls,
        version: &'static SupportedProtocolVersion,
    ) {
        let client = async |at: std::net::SocketAddr| {
            // Derived keys cost time, and are not what this is about.
            let config = xmpp::Config::new(self.jid(), PASSWORD);
            let config = config.with_policy(jabber::sasl::Policy::PLAIN_OVER_TLS);
            let mut life = Lifecycle::of(config.shape());
            let mut session = Session::builder(config)
                .transport(Tcp::new(trust.clone()))
                .server(at.into())
                .direct_tls(tls == Tls::Direct)
                .subscribe(KindSet::ALL)
                .build();
            session.connect().unwrap();
            let mut came = Came { error: None, ready: false };
            while let Some(event) = session.next().await {
                let Event::Status(status) = event else { continue };
                life.check_event(&*status).unwrap();
                match status.kind() {
                    Kind::Status(Status::InitFinished) => {
                        came.ready = true;
                        session.shutdown();
                    }
                    Kind::Error(ErrorStatus::SslFail) => {
                        let text = status.error().map(cause::text).unwrap_or_default();
                        came.error = Some((status.kind().to_string(), text));
                    }
                    _ => {}
                }
            }
            life.finish().unwrap();
            came
        };
        let (came, heard) = self.serve(tls, version, client).await;
        self.check(&came, &heard, &format!("{tls:?}, {version:?}"));
    }

    /// By the program.
    pub(crate) async fn meets_the_program(&self, trusted: &str, tls: Tls) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(trusted.as_bytes()).unwrap();
        let client = async |at: std::net::SocketAddr| {
            let mut program = Command::new(binary::path());
            program.args([
                "connect",
                "--events",
                "json",
                "--timeout",
                "10",
                "--mechanism",
                "PLAIN",
            ]);
            program.arg("--jid").arg(self.jid().as_str()).arg("--server").arg(at.to_string());
            program.arg("--tls").arg(if tls == Tls::Direct { "direct" } else { "starttls" });
            program.arg("--tls-ca").arg(file.path()).args(["--request", "<iq type='get'/>"]);
            program.env_remove("RUST_LOG").env("JABBER_PASSWORD", PASSWORD);
            let told =
                tokio::task::spawn_blocking(move || program.output()).await.unwrap().unwrap();
            let said = String::from_utf8(told.stderr).unwrap();
            let lines = String::from_utf8(told.stdout).unwrap();
            let mut lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
            let error = lines.find(|line| line["kind"] == "error" && line["name"] == "PCJ_SSLFAIL");
            let error = error.map(|line| {
                let text = line["detail"].as_str().unwrap().to_owned();
                assert!(said.contains(&text), "it is printed for people, too: {said}");
                assert!(said.contains("try:"), "{said}");
                (line["name"].as_str().unwrap().to_owned(), text)
            });
            let exit = told.status.code();
            assert_eq!(exit, Some(if error.is_some() { 11 } else { 0 }), "{said}");
            Came { ready: error.is_none(), error }
        };
        let (came, heard) = self.serve(tls, &TLS13, client).await;
        self.check(&came, &heard, &format!("the program, {tls:?}"));
    }

    /// Lets a server with the certificate serve that client.
    async fn serve(
        &self,
        tls: Tls,
        version: &'static SupportedProtocolVersion,
        client: impl AsyncFnOnce(std::net::SocketAddr) -> Came,
    ) -> (Came, Vec<Item>) {
        let server = Server::xmpp(self.jid(), PASSWORD).with_tls(tls);
        let server = server.with_mechanism(jabber::sasl::Mechanism::Plain);
        let mut conversation = server.conversation();
        let (listener, at) = listen().await;
        let came = {
            let served = async {
                match &self.shown {
                    Shown::Certificate(identity) => {
                        let acceptor = acceptor(identity, version);
                        serve_one(listener, &mut conversation, &acceptor, None).await;
                    }
                    Shown::OldTls => old_tls(listener, &mut conversation).await,
                }
            };
            let mut served = std::pin::pin!(served);
            let mut client = std::pin::pin!(client(at));
            tokio::select! {
                came = &mut client => {
                    let _ = timeout(Duration::from_secs(1), served).await;
                    came
                }
                () = &mut served => client.await,
            }
        };
        (came, conversation.heard())
    }

    /// Which check failed, and for which name; and the server heard nothing of a login.
    fn check(&self, came: &Came, heard: &[Item], how: &str) {
        let Some(says) = &self.says else {
            assert!(came.ready && came.error.is_none(), "{how}: {came:?}");
            return;
        };
        let Some((kind, text)) = &came.error else { panic!("{how}, {says:?}: {came:?}") };
        assert_eq!(kind, "PCJ_SSLFAIL", "{how}: {came:?}");
        let name = format!("no TLS with `{}`: ", self.domain);
        for part in says.iter().chain([&&*name]) {
            assert!(text.contains(part), "{how}: {part:?} is not in {text}");
        }
        let login = |item: &Item| match item {
            Item::Element(element) => element.name() != "starttls",
            _ => false,
        };
        assert!(!came.ready && !heard.iter().any(login), "{how}: {heard:?}");
    }
}
