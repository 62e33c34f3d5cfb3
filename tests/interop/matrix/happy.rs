//! Sessions that go well: a message there and back, a request of theirs and one of ours, an orderly
//! shutdown; over every pipe that the server has for the dialect.

use jabber::{Element, Status, ns};
use jabber_tests::server::BOB;

use super::whole_matrix;
use crate::support::{Actor, Dialect, Pipe, Place, Which, body, chat, row, version_request, xml};

whole_matrix!(conversation_over_every_pipe);

async fn conversation_over_every_pipe(place: Place, dialect: Dialect) {
    for pipe in dialect.pipes() {
        let _row = row(format!("{dialect:?} over {pipe:?} on {}", place.which));
        conversation(&place, dialect, *pipe).await;
    }
}

async fn conversation(place: &Place, dialect: Dialect, pipe: Pipe) {
    let login = place.login(dialect, pipe);
    let (mut ours, identity) = login.ready().await;
    assert_eq!(identity.jid, login.jid);
    let (mut bob, bobs) = bystander(place).await;
    let us = ours_in(dialect, &identity.jid);
    // A message there and back; whoever is nobody's client says who it is from.
    let text = "there &amp; \u{1F980} Ω";
    bob.send(chat(&us, text)).await;
    let message = ours.message().await;
    assert_eq!(body(&message), body(&chat("x", text)));
    assert_eq!(message.attribute("from").unwrap(), bobs.as_str());
    assert_eq!(message.namespace(), ns::CLIENT, "the content namespaces are one in the API");
    ours.send(from(dialect, &us, chat(&bobs, "back"))).await;
    let message = bob.message().await;
    assert_eq!((&*body(&message), &*message.attribute("from").unwrap()), ("back", us.as_str()));
    // The server is asked by us, and we by Bob.
    let question = from(dialect, &us, version_request(pipe.domain()));
    let answer = ours.request(question).await.unwrap_or_else(|error| {
        panic!("{error}\n{}", ours.told());
    });
    let name = answer.child("query", ns::VERSION).unwrap().child("name", ns::VERSION).unwrap();
    assert!(name.text().contains(place.which.software()), "{answer}");
    let answering = async {
        let question = ours.first(|stanza| stanza.child("query", ns::VERSION).is_some()).await;
        ours.send(version_of_ours(&question.stanza)).await;
    };
    let (answer, ()) = tokio::join!(bob.request(version_request(&us)), answering);
    assert!(answer.unwrap().child("query", ns::VERSION).is_some());
    let (trace, _) = tokio::join!(ours.close(), bob.close());
    let expected = format!(
        "{} RTS_START RTS_FINISH SHUTDOWN_START STREAMEND SOCKETDISCONNECT SHUTDOWN_FINISH",
        steps_to_ready(place.which, dialect, pipe)
    );
    assert_eq!(trace.steps(), expected, "{trace}");
    // The password in its three forms; a password itself is nothing more.
    let sent = trace.nodes(Status::NodeSent);
    let shown = "<handshake>[redacted]</handshake>";
    assert_eq!(sent.iter().any(|it| it == shown), dialect == Dialect::Component, "{trace}");
    let exchanged = dialect != Dialect::Legacy || place.which.has_digest();
    assert!(trace.secrets() >= 3 + usize::from(exchanged), "{}", trace.secrets());
}

/// What others write to.
fn ours_in(dialect: Dialect, jid: &jabber::Jid) -> String {
    if dialect.is_component() { format!("echo@{jid}/there") } else { jid.as_str().to_owned() }
}

/// Whoever is nobody's client says who a stanza is from.
pub(crate) fn from(dialect: Dialect, us: &str, stanza: Element) -> Element {
    if dialect.is_component() { stanza.with_attribute("from", us).unwrap() } else { stanza }
}

fn version_of_ours(question: &Element) -> Element {
    let id = question.attribute("id").unwrap();
    let (from, to) = (question.attribute("to").unwrap(), question.attribute("from").unwrap());
    xml(&format!(
        "<iq type='result' id='{id}' from='{from}' to='{to}'><query xmlns='jabber:iq:version'>\
         <name>ours</name><version>1</version></query></iq>"
    ))
}

/// The statuses without nodes up to INIT_FINISHED.
pub(crate) fn steps_to_ready(which: Which, dialect: Dialect, pipe: Pipe) -> String {
    let tls = match (dialect, pipe) {
        (Dialect::Legacy | Dialect::Component, pipe) if pipe.is_direct() => {
            "TLS_ESTABLISHED CONNECTED STREAMSTART"
        }
        (_, Pipe::Open) | (Dialect::Legacy | Dialect::Component, _) => "CONNECTED STREAMSTART",
        (_, pipe) if pipe.is_direct() => "CONNECTED SSLNEGOTIATE SSLSUCCESS STREAMSTART",
        _ => "CONNECTED STREAMSTART SSLNEGOTIATE SSLSUCCESS STREAMSTART",
    };
    let bind = match dialect {
        Dialect::Legacy | Dialect::Component => "",
        Dialect::Xmpp if which.offers_session() => {
            " STREAMSTART BINDNEGOTIATE BINDSUCCESS SESSIONNEGOTIATE SESSIONSUCCESS"
        }
        Dialect::Xmpp | Dialect::Router => " STREAMSTART BINDNEGOTIATE BINDSUCCESS",
    };
    format!("CONNECT CONNECTING {tls} AUTHNEGOTIATE AUTHSUCCESS{bind} INIT_FINISHED")
}

/// A session that is there and does nothing.
pub(crate) async fn bystander(place: &Place) -> (Actor, String) {
    let (actor, identity) = place.login_as(Dialect::Xmpp, Pipe::Offered, BOB).ready().await;
    (actor, identity.jid.as_str().to_owned())
}
