//! What is told, when, and by which name.

use jabber::{ErrorStatus, Kind, Session, Status, xmpp::TlsPolicy};
use jabber_tests::{
    prosody::Prosody,
    server::{ALICE, COMPONENT, COMPONENT_SECRET, OPTIONAL, Server as _},
    skip,
};

use super::{peer::Peer, times};
use crate::support::{Actor, PATIENCE, address, alice, client, component, version_request, xml};

/// oracle 1: each status is told when it happens: a step's NEGOTIATE right before the NODESENT that
/// begins it, its SUCCESS right after the NODERECEIVED that completes it; and no answer before what
/// was sent before it.
#[tokio::test]
async fn statuses_come_when_it_happens() {
    let Some(server) = Prosody::shared() else { return };
    let mut actor = alice(server, "oracle1").await;
    for number in 0..20 {
        actor.session.begin_request(version_request(OPTIONAL), PATIENCE).unwrap();
        let ping = format!(
            "<iq type='get' id='p{number}' to='localhost'><ping xmlns='urn:xmpp:ping'/></iq>"
        );
        actor.session.try_send(xml(&ping)).unwrap();
        // The answer to the request comes before that of the ping.
        assert_eq!(actor.stanza().await.attribute("id").unwrap(), format!("p{number}"));
    }
    let trace = actor.close().await;
    let kinds: Vec<&str> =
        trace.lines.iter().map(|line| line.kind.name().trim_start_matches("PCJ_")).collect();
    for (at, kind) in kinds.iter().enumerate() {
        if kind.ends_with("NEGOTIATE") {
            assert_eq!(kinds[at + 1], "NODESENT", "{kind}\n{trace}");
        }
        if kind.ends_with("SUCCESS") {
            assert_eq!(kinds[at - 1], "NODERECEIVED", "{kind}\n{trace}");
        }
    }
    let ready = kinds.iter().position(|kind| *kind == "INIT_FINISHED").unwrap();
    let round = ["RTS_START", "NODESENT", "NODESENT", "NODERECEIVED", "RTS_FINISH", "NODERECEIVED"];
    assert_eq!(kinds[ready + 1..ready + 1 + 6 * 20], round.repeat(20), "{trace}");
}

/// oracle 2: STREAMSTART is told by its documented name, its header next; names of what does not
/// exist are no names of ours.
#[tokio::test]
async fn names_are_those_documented() {
    assert_eq!("PCJ_STREAMSTART".parse(), Ok(Kind::from(Status::StreamStart)));
    for name in ["PCJ_STEAMSTART", "PCJ_RECONNECT", "PCJ_XPATHFILTER", "PCJ_READY"] {
        assert!(name.parse::<Kind>().is_err(), "{name}");
    }
    let Some(server) = Prosody::shared() else { return };
    let trace = alice(server, "oracle2").await.close().await;
    let mut headers = 0;
    for pair in trace.lines.windows(2).filter(|it| it[0].kind == Status::StreamStart.into()) {
        assert_eq!(pair[0].kind.to_string(), "PCJ_STREAMSTART");
        assert_eq!(pair[1].kind, Status::NodeSent.into());
        assert!(pair[1].event.node().unwrap().to_string().contains("<stream:stream "), "{trace}");
        headers += 1;
    }
    assert_eq!(headers, 3, "{trace}");
}

/// oracle 3: a send before there is a connection is NODEQUEUED and nothing else; a server that closes
/// is SOCKETDISCONNECT, and no SOCKETFAIL.
#[tokio::test]
async fn what_was_not_connected_is_not_disconnected() {
    let peer = Peer::start([("<stream:stream ", String::new())]);
    let builder = Session::builder(client(ALICE, "oracle3").with_tls(TlsPolicy::Off))
        .server(address(peer.address));
    let mut actor = Actor::client(builder, ALICE);
    actor.session.try_send(version_request(OPTIONAL)).unwrap();
    assert_eq!(actor.told().all(), "NODEQUEUED");
    let (error, trace) = actor.fails().await;
    assert_eq!(error.status(), ErrorStatus::SocketDisconnect, "{trace}");
    assert_eq!(
        trace.steps(),
        "NODEQUEUED CONNECT CONNECTING CONNECTED STREAMSTART SOCKETDISCONNECT",
        "{trace}"
    );
}

/// oracle 4: the answer is the asker's, each RTS_START has its RTS_FINISH, and bind and session have
/// neither. A component asks by any address of its own.
#[tokio::test]
async fn an_answer_is_not_lost() {
    let Some(server) = skip::unless_missing(Prosody::start(&Default::default())) else { return };
    let builder = Session::builder(component(COMPONENT, COMPONENT_SECRET))
        .server(address(server.ports().component));
    let mut echo = Actor::component(builder, COMPONENT_SECRET);
    echo.connect();
    echo.ready().await;
    let mut client = alice(&server, "oracle4").await;
    for (actor, from) in [(&mut client, None), (&mut echo, Some("oracle@comp.localhost"))] {
        let mut question = version_request(OPTIONAL);
        if let Some(from) = from {
            question = question.with_attribute("from", from).unwrap();
        }
        let answer = actor.request(question).await.unwrap();
        assert_eq!(answer.attribute("type").unwrap(), "result");
        assert_eq!(answer.attribute("from").unwrap(), OPTIONAL);
    }
    for trace in [client.close().await, echo.close().await] {
        assert_eq!(times(&trace, Status::RtsStart), 1, "{trace}");
        assert_eq!(times(&trace, Status::RtsFinish), 1, "{trace}");
        assert!(trace.steps().contains("INIT_FINISHED RTS_START RTS_FINISH"), "{trace}");
    }
}
