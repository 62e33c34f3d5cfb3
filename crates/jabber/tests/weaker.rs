//! Over all attempts of a session: what a login once succeeded by is the least that a later one takes.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod common;

use std::{error::Error, sync::Arc, time::Duration};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use common::Peer;
use futures_util::StreamExt as _;
use jabber::{
    ErrorStatus, Event, Extra, Kind, KindSet, Reconnect, Session, Status, StatusEvent, login, ns,
    sasl::{Mechanism, Policy, server::ScramServer},
    xmpp,
};
use jabber_transport::memory::{MemoryListener, MemoryTransport};
use tokio::time::timeout;

const HEADER: &str = "<stream:stream xmlns='jabber:client' id='1' version='1.0' \
     xmlns:stream='http://etherx.jabber.org/streams' from='localhost'>";
const PASSWORD: &str = "wonderland";
const PATIENCE: Duration = Duration::from_secs(10);

fn alice() -> xmpp::Config {
    let policy = Policy::PLAIN_OVER_TLS.allow(Mechanism::DigestMd5);
    let config = xmpp::Config::new("alice@localhost/desk".parse().unwrap(), PASSWORD);
    config.with_policy(policy).with_tls(xmpp::TlsPolicy::Off)
}

fn session(config: xmpp::Config) -> (Session, MemoryListener) {
    let (transport, listener) = MemoryTransport::new();
    let at_once = Duration::from_millis(1);
    let reconnect = Reconnect::default().with_pauses(at_once, at_once);
    let session = Session::builder(config).reconnect(reconnect).subscribe(KindSet::ALL);
    (session.build_with(transport), listener)
}

/// What the server does with an attempt.
#[derive(Clone, Copy, Debug)]
enum Serves {
    /// Offers these and lets us in by whichever we choose.
    In(&'static [&'static str]),
    /// Offers these, says success, and proves nothing.
    Pretends(&'static [&'static str]),
    /// Is gone before it offers anything.
    Gone,
}

/// One attempt; the mechanism that we chose.
async fn serve(listener: &mut MemoryListener, serves: Serves) -> (Peer, Option<String>) {
    let mut peer = Peer::accept(listener).await;
    peer.reads("<stream:stream").await;
    peer.says(HEADER).await;
    let (offer, proves) = match serves {
        Serves::In(offer) => (offer, true),
        Serves::Pretends(offer) => (offer, false),
        Serves::Gone => return (peer, None),
    };
    let list: String = offer.iter().map(|it| format!("<mechanism>{it}</mechanism>")).collect();
    let mechanisms = format!("<mechanisms xmlns='{}'>{list}</mechanisms>", ns::SASL);
    peer.says(&format!("<stream:features>{mechanisms}</stream:features>")).await;
    let mut said = String::new();
    while !["</auth>", "</stream:stream>"].iter().any(|end| said.contains(end)) {
        said.push_str(&peer.reads_some().await);
    }
    let Some(name) = said.split("mechanism='").nth(1).and_then(|it| it.split('\'').next()) else {
        return (peer, None);
    };
    let data = match name.parse().unwrap() {
        Mechanism::Plain => String::new(),
        mechanism => scram(&mut peer, mechanism, &said).await,
    };
    let data = if proves { data } else { BASE64_STANDARD.encode("v=bm90aGluZw==") };
    peer.says(&format!("<success xmlns='{}'>{data}</success>", ns::SASL)).await;
    (peer, Some(name.to_owned()))
}

/// The server's last word, in base64.
async fn scram(peer: &mut Peer, mechanism: Mechanism, auth: &str) -> String {
    let data = |element: &str| {
        let text = element.rsplit("</").nth(1).unwrap().rsplit('>').next().unwrap();
        BASE64_STANDARD.decode(text).unwrap()
    };
    let mut server = ScramServer::new(mechanism, "nonce", b"salt", 4096, &PASSWORD.into()).unwrap();
    let (_, challenge) = server.first(&data(auth)).unwrap();
    let challenge = BASE64_STANDARD.encode(challenge);
    peer.says(&format!("<challenge xmlns='{}'>{challenge}</challenge>", ns::SASL)).await;
    let response = peer.reads("</response>").await;
    BASE64_STANDARD.encode(server.finish(&data(&response)).unwrap())
}

/// Binds what is asked for.
async fn bind(peer: &mut Peer) {
    peer.reads("<stream:stream").await;
    let bind = format!("<bind xmlns='{}'/>", ns::BIND);
    peer.says(&format!("{HEADER}<stream:features>{bind}</stream:features>")).await;
    let asked = peer.reads("</iq>").await;
    let id = asked.split("id='").nth(1).unwrap().split('\'').next().unwrap();
    let jid = format!("<bind xmlns='{}'><jid>alice@localhost/desk</jid></bind>", ns::BIND);
    peer.says(&format!("<iq type='result' id='{id}'>{jid}</iq>")).await;
}

/// Drives until that is told.
async fn until(session: &mut Session, kind: impl Into<Kind>) -> Box<dyn StatusEvent> {
    let kind = kind.into();
    loop {
        match session.next().await {
            Some(Event::Status(status)) if status.kind() == kind => return status,
            Some(Event::Status(status)) if matches!(status.kind(), Kind::Error(_)) => {
                let lost = status.kind() == Kind::Error(ErrorStatus::SocketDisconnect);
                assert!(lost, "before {kind}: {status:?}");
            }
            Some(_) => {}
            None => panic!("the session ended before {kind}"),
        }
    }
}

/// Logs in, and is cut off; the mechanism.
async fn in_and_out(
    session: &mut Session,
    listener: &mut MemoryListener,
    offer: &'static [&'static str],
) -> String {
    let server = async {
        let (mut peer, name) = serve(listener, Serves::In(offer)).await;
        bind(&mut peer).await;
        (peer, name.unwrap())
    };
    let both = async { tokio::join!(until(session, Status::InitFinished), server) };
    let (_, (peer, name)) = timeout(PATIENCE, both).await.unwrap();
    drop(peer);
    name
}

/// Drives to the end of all attempts; AUTHFAIL.
async fn fails(session: &mut Session) -> Box<dyn StatusEvent> {
    let failed = until(session, ErrorStatus::AuthFail).await;
    // It is final: whoever waits for PLAIN gets none.
    until(session, Extra::ReconnectStopped).await;
    while session.next().await.is_some() {}
    failed
}

/// The two mechanisms that the refusal names; no login was begun.
async fn refused(
    session: &mut Session,
    listener: &mut MemoryListener,
    offer: &'static [&'static str],
) -> (Mechanism, Mechanism) {
    let both = async { tokio::join!(fails(session), serve_and_go(listener, Serves::In(offer))) };
    let (told, name) = timeout(PATIENCE, both).await.unwrap();
    assert_eq!(name, None, "a login was begun");
    let text = told.error().unwrap().to_string();
    let named = match weaker(&*told) {
        Some(login::Incompatibility::Weaker { before, now, .. }) => (*before, *now),
        other => panic!("{other:?}: {text}"),
    };
    assert!(text.contains(named.0.name()) && text.contains(named.1.name()), "{text}");
    named
}

/// One attempt that comes to no login, closed in good order.
async fn serve_and_go(listener: &mut MemoryListener, serves: Serves) -> Option<String> {
    let (mut peer, name) = serve(listener, serves).await;
    if name.is_some() {
        peer.reads("</stream:stream>").await;
    }
    peer.says("</stream:stream>").await;
    name
}

fn weaker(told: &dyn StatusEvent) -> Option<&login::Incompatibility> {
    let mut next = told.error();
    while let Some(error) = next {
        let shared = error.downcast_ref::<Arc<dyn Error + Send + Sync>>();
        let error = shared.map_or(error, |shared| &**shared);
        if let Some(xmpp::Error::PeerIncompatible(xmpp::Incompatibility::Login(found))) =
            error.downcast_ref()
        {
            return Some(found);
        }
        next = error.source();
    }
    None
}

#[tokio::test]
async fn threat_15_after_a_reconnect_nothing_weaker_is_taken() {
    let (mut session, mut listener) = session(alice());
    session.connect().unwrap();
    let first = in_and_out(&mut session, &mut listener, &["SCRAM-SHA-256", "PLAIN"]).await;
    assert_eq!(first, "SCRAM-SHA-256");
    // Nothing is proved by who is gone, and nothing forgotten.
    for _ in 0..2 {
        drop(serve_alone(&mut session, &mut listener, Serves::Gone).await);
    }
    let again = in_and_out(&mut session, &mut listener, &["PLAIN", "SCRAM-SHA-256"]).await;
    assert_eq!(again, "SCRAM-SHA-256");
    let named = refused(&mut session, &mut listener, &["SCRAM-SHA-1", "PLAIN"]).await;
    assert_eq!(named, (Mechanism::ScramSha256, Mechanism::ScramSha1));
    // Nor does the user's own attempt forget; the session does.
    session.connect().unwrap();
    let named = refused(&mut session, &mut listener, &["PLAIN"]).await;
    assert_eq!(named, (Mechanism::ScramSha256, Mechanism::Plain));
    let (mut session, mut listener) = self::session(alice());
    session.connect().unwrap();
    assert_eq!(in_and_out(&mut session, &mut listener, &["PLAIN"]).await, "PLAIN");
}

#[tokio::test]
async fn threat_15_a_stronger_login_is_the_least_from_then_on() {
    let (mut session, mut listener) = session(alice());
    session.connect().unwrap();
    for (offer, chosen) in [
        (&["PLAIN"][..], "PLAIN"),
        (&["PLAIN", "SCRAM-SHA-1"], "SCRAM-SHA-1"),
        (&["SCRAM-SHA-512"], "SCRAM-SHA-512"),
    ] {
        assert_eq!(in_and_out(&mut session, &mut listener, offer).await, chosen);
    }
    let named = refused(&mut session, &mut listener, &["SCRAM-SHA-256", "SCRAM-SHA-1"]).await;
    assert_eq!(named, (Mechanism::ScramSha512, Mechanism::ScramSha256));
}

/// Else whoever knows no password could keep us out for good.
#[tokio::test]
async fn threat_15_what_was_not_proved_is_not_remembered() {
    let (mut session, mut listener) = session(alice());
    session.connect().unwrap();
    let pretends = Serves::Pretends(&["SCRAM-SHA-512"]);
    let both = async { tokio::join!(fails(&mut session), serve_and_go(&mut listener, pretends)) };
    timeout(PATIENCE, both).await.unwrap();
    session.connect().unwrap();
    let offer = &["SCRAM-SHA-1"];
    assert_eq!(in_and_out(&mut session, &mut listener, offer).await, "SCRAM-SHA-1");
}

#[tokio::test]
async fn who_permits_it_logs_in_by_a_weaker_one() {
    let (mut session, mut listener) = session(alice().dangerous_allow_weaker_login());
    session.connect().unwrap();
    for offer in [&["SCRAM-SHA-256"][..], &["SCRAM-SHA-1"], &["PLAIN"]] {
        assert_eq!(in_and_out(&mut session, &mut listener, offer).await, offer[0]);
    }
}

/// An attempt that comes to nothing.
async fn serve_alone(session: &mut Session, listener: &mut MemoryListener, serves: Serves) -> Peer {
    tokio::select! {
        (peer, _) = serve(listener, serves) => peer,
        () = async { while session.next().await.is_some() {} } => panic!("the session ended"),
        () = tokio::time::sleep(PATIENCE) => panic!("nobody came"),
    }
}
