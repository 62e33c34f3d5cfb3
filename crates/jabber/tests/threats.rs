//! What a hostile server or network does to a client's session (docs/security.md), in memory.
#![allow(clippy::unwrap_used, clippy::panic, reason = "test support")]

mod common;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use common::{Peer, SECOND};
use futures_util::StreamExt as _;
use jabber::{
    Connected, ErrorStatus, Event, KindSet, Phase, Session, Status, Transport,
    sasl::{Mechanism, Policy},
    xmpp,
};
use jabber_security::{ChannelBinding, Security, TlsFacts};
use jabber_testkit::misbehaving::{Misbehaviour, Server, Step, Tls};
use jabber_transport::{
    BoxFuture, BoxPipe, ConnectError, Target, TlsError,
    memory::{MemoryListener, MemoryTransport},
};
use tokio::time::Instant;

const HEADER: &str = "<?xml version='1.0'?><stream:stream xmlns='jabber:client' id='1' version='1.0' \
     xmlns:stream='http://etherx.jabber.org/streams' from='localhost'>";
const STARTTLS: &str = "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";

fn mechanisms(names: &[&str]) -> String {
    let names: String = names.iter().map(|it| format!("<mechanism>{it}</mechanism>")).collect();
    format!("<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{names}</mechanisms>")
}

fn features(inside: &str) -> String {
    format!("<stream:features>{inside}</stream:features>")
}

fn config() -> xmpp::Config {
    xmpp::Config::new("alice@localhost/desk".parse().unwrap(), "wonderland")
}

fn encrypted() -> TlsFacts {
    TlsFacts::new("TLSv1.3", "TLS_AES_128_GCM_SHA256", "localhost", ChannelBinding::none())
}

fn session(config: xmpp::Config, security: Security) -> (Session, MemoryListener) {
    let (transport, listener) = MemoryTransport::new();
    let transport = transport.with_security(security).with_tls(encrypted());
    (Session::builder(config).subscribe(KindSet::ALL).build_with(transport), listener)
}

/// All statuses to the end.
async fn statuses(session: &mut Session) -> Vec<String> {
    let mut told = Vec::new();
    while let Some(event) = session.next().await {
        if let Event::Status(status) = event {
            told.push(status.kind().to_string());
        }
    }
    told
}

/// RFC 6120 §5.4.3.3: what came in clear is never taken for something that came encrypted.
#[tokio::test(start_paused = true)]
async fn threat_02_bytes_behind_proceed_end_the_connection() {
    let offer = features(&mechanisms(&["PLAIN", "SCRAM-SHA-1"]));
    for injected in [format!("{HEADER}{offer}"), offer.clone(), "<stream:feat".into(), " ".into()] {
        let config = config().with_policy(Policy::PLAIN_OVER_TLS);
        let (mut session, mut listener) = session(config, Security::Open);
        session.connect().unwrap();
        let server = async {
            let mut peer = Peer::accept(&mut listener).await;
            peer.reads("localhost").await;
            peer.says(&format!("{HEADER}{}", features(STARTTLS))).await;
            peer.reads("<starttls").await;
            peer.says(&format!("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>{injected}"))
                .await;
            peer.reads_end().await
        };
        let (told, sent) = tokio::join!(statuses(&mut session), server);
        assert!(told.contains(&ErrorStatus::SslFail.to_string()), "{injected}: {told:?}");
        assert!(!told.contains(&Status::SslSuccess.to_string()), "{injected}: {told:?}");
        assert!(!sent.contains("<auth"), "{sent}");
    }
}

/// PBKDF2 is computed where it blocks nobody: the one thread of this runtime goes on meanwhile.
#[tokio::test]
async fn threat_13_a_long_derivation_blocks_nobody() {
    let config = config().with_policy(Policy::only(&[Mechanism::ScramSha1]));
    let (mut session, mut listener) =
        session(config.with_tls(xmpp::TlsPolicy::Off), Security::Private);
    session.connect().unwrap();
    let server = async {
        let mut it = Peer::accept(&mut listener).await;
        it.reads("localhost").await;
        it.says(&format!("{HEADER}{}", features(&mechanisms(&["SCRAM-SHA-1"])))).await;
        let auth = it.reads("</auth>").await;
        let first = auth.split("'SCRAM-SHA-1'>").nth(1).unwrap().split('<').next().unwrap();
        let first = String::from_utf8(BASE64_STANDARD.decode(first).unwrap()).unwrap();
        let nonce = first.split_once("r=").unwrap().1;
        let challenge = BASE64_STANDARD.encode(format!("r={nonce}x,s=c2FsdA==,i=300000"));
        let namespace = "urn:ietf:params:xml:ns:xmpp-sasl";
        it.says(&format!("<challenge xmlns='{namespace}'>{challenge}</challenge>")).await;
        let begun = Instant::now();
        it.reads("<response").await;
        begun.elapsed()
    };
    let longest = Mutex::new(Duration::ZERO);
    let ticks = async {
        loop {
            let begun = Instant::now();
            tokio::time::sleep(Duration::from_millis(1)).await;
            let mut longest = longest.lock().unwrap();
            *longest = longest.max(begun.elapsed());
        }
    };
    let took = tokio::select! {
        took = server => took,
        never = ticks => never,
        _ = session.ready() => panic!("it cannot be ready"),
    };
    let longest = *longest.lock().unwrap();
    assert!(took > Duration::from_millis(50), "too short to show anything: {took:?}");
    assert!(longest < took / 2, "nothing else ran for {longest:?} of {took:?}");
}

/// Records where it is sent, and connects to memory.
#[derive(Clone, Debug)]
struct Recording(MemoryTransport, Arc<Mutex<Vec<Target>>>);

impl Transport for Recording {
    fn connect<'a>(&'a self, target: &'a Target) -> BoxFuture<'a, Result<Connected, ConnectError>> {
        self.1.lock().unwrap().push(target.clone());
        self.0.connect(target)
    }
    fn start_tls<'a>(
        &'a self,
        pipe: BoxPipe,
        target: &'a Target,
    ) -> BoxFuture<'a, Result<Connected, TlsError>> {
        self.1.lock().unwrap().push(target.clone());
        self.0.start_tls(pipe, target)
    }
}

/// RFC 6120 §4.9.3.19: whoever sends us elsewhere chooses the address, and neither the name nor whether
/// there is TLS.
#[tokio::test(start_paused = true)]
async fn threat_28_a_redirect_changes_neither_the_name_nor_tls() {
    let (transport, mut listener) = MemoryTransport::new();
    let transport = transport.with_security(Security::Open).with_tls(encrypted());
    let recording = Recording(transport, Arc::default());
    let mut session =
        Session::builder(config()).subscribe(KindSet::ALL).build_with(recording.clone());
    session.connect().unwrap();
    let server = async {
        let mut peer = Peer::accept(&mut listener).await;
        peer.reads("localhost").await;
        peer.says(&format!(
            "{HEADER}<stream:error><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>\
             evil.example:5299</see-other-host></stream:error></stream:stream>"
        ))
        .await;
        peer.reads_end().await;
        // There without TLS, but with a mechanism that would give the password away.
        let mut peer = Peer::accept(&mut listener).await;
        let header = peer.reads("localhost'").await;
        peer.says(&format!("{HEADER}{}", features(&mechanisms(&["PLAIN"])))).await;
        (header, peer.reads_end().await)
    };
    let (told, (header, sent)) = tokio::join!(statuses(&mut session), server);
    assert!(header.contains("to='localhost'"), "{header}");
    assert!(!sent.contains("<auth"), "{sent}");
    assert!(told.contains(&ErrorStatus::SslFail.to_string()), "{told:?}");
    let targets = recording.1.lock().unwrap();
    let there = targets.last().unwrap();
    assert_eq!(there.address().to_string(), "evil.example:5299");
    assert_eq!((there.domain.as_str(), there.direct_tls), ("localhost", false));
}

/// One byte now and then is no progress, at any step.
#[tokio::test(start_paused = true)]
async fn threat_31_a_byte_now_and_then_does_not_help() {
    let server = || {
        let alice = "alice@localhost/desk".parse().unwrap();
        Server::xmpp(alice, "wonderland").with_tls(Tls::StartTls)
    };
    let before_ready: Vec<Step> =
        server().steps().into_iter().take_while(|step| *step != Step::Stanza).collect();
    assert!(before_ready.len() > 10, "{before_ready:?}");
    for step in before_ready {
        let slow = Misbehaviour::Trickle(Duration::from_secs(6));
        let transport = server().misbehaving(step, slow).transport();
        let mut session = Session::builder(config()).build_with(transport);
        session.connect().unwrap();
        let begun = Instant::now();
        let error = session.ready().await.unwrap_err();
        let took = begun.elapsed();
        assert!(took <= Duration::from_secs(60), "{step}: {took:?}");
        let ended = ErrorStatus::SocketDisconnect;
        assert_eq!(error.status(), ended, "{step}: {error}");
    }
}

const BIND: &str = "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>";

/// A whole life, and all that the client has said in it.
async fn said_with(extras: &str, stanzas: &str) -> String {
    let config = config().with_policy(Policy::only(&[Mechanism::Plain]));
    let (mut session, mut listener) =
        session(config.with_tls(xmpp::TlsPolicy::Off), Security::Private);
    session.connect().unwrap();
    let server = async {
        let mut said = String::new();
        let mut peer = Peer::accept(&mut listener).await;
        said += &peer.reads("localhost'").await;
        let offer = format!("{}{extras}", mechanisms(&["PLAIN"]));
        peer.says(&format!("{HEADER}{}", features(&offer))).await;
        said += &peer.reads("</auth>").await;
        peer.says("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>").await;
        said += &peer.reads("localhost'").await;
        peer.says(&format!("{HEADER}{}", features(&format!("{extras}{BIND}")))).await;
        let bind = peer.reads("</iq>").await;
        let id = bind.split("id='").nth(1).unwrap().split('\'').next().unwrap().to_owned();
        said += &bind;
        peer.says(&format!(
            "<iq type='result' id='{id}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>\
             alice@localhost/desk</jid></bind></iq>{stanzas}"
        ))
        .await;
        said += &peer.reads_all().await;
        (said, peer)
    };
    let ((), (said, _peer)) = tokio::join!(
        async {
            session.ready().await.unwrap();
            while let Ok(Some(_)) = tokio::time::timeout(10 * SECOND, session.next()).await {}
        },
        server
    );
    assert_eq!(session.phase(), Phase::Ready);
    said
}

fn elements(said: &str) -> Vec<&str> {
    let names = said.split('<').filter(|it| !it.starts_with(['/', '?']));
    names.filter_map(|it| it.split([' ', '>', '/']).next()).filter(|it| !it.is_empty()).collect()
}

/// XEP-0138 is never negotiated, before the login or after it.
#[tokio::test(start_paused = true)]
async fn threat_39_compression_is_never_negotiated() {
    let offer = "<compression xmlns='http://jabber.org/features/compress'><method>zlib</method>\
                 <method>lzw</method></compression>";
    let said = said_with(offer, "<compressed xmlns='http://jabber.org/protocol/compress'/>").await;
    assert!(!said.contains("compress"), "{said}");
    assert_eq!(
        elements(&said),
        ["stream:stream", "auth", "stream:stream", "iq", "bind", "resource"],
        "{said}"
    );
}

/// Whatever a server offers or a stranger asks for: nothing is said but what the user and RFC 6120 want.
#[tokio::test(start_paused = true)]
async fn threat_40_nothing_beyond_the_core_is_on() {
    let offer = "<sm xmlns='urn:xmpp:sm:3'/><csi xmlns='urn:xmpp:csi:0'/><register \
                 xmlns='http://jabber.org/features/iq-register'/><command \
                 xmlns='urn:example:run'>rm</command>";
    let stanzas = "<iq type='set' id='9' from='m@evil.example'><command \
                   xmlns='http://jabber.org/protocol/commands' node='run' action='execute'/></iq>\
                   <iq type='get' id='8' from='m@evil.example'><query \
                   xmlns='jabber:iq:version'/></iq><message from='m@evil.example'><body>/quit</body>\
                   </message><presence type='subscribe' from='m@evil.example'/><r \
                   xmlns='urn:xmpp:sm:3'/>";
    let said = said_with(offer, stanzas).await;
    assert_eq!(
        elements(&said),
        ["stream:stream", "auth", "stream:stream", "iq", "bind", "resource"],
        "{said}"
    );
}
