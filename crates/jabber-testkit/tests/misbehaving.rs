//! The server's side by hand: what goes in, what comes out.
#![allow(clippy::unwrap_used, clippy::panic, reason = "test")]

use std::{borrow::Cow, time::Duration};

use bytes::Bytes;
use jabber_jid::Jid;
use jabber_sasl::Mechanism;
use jabber_testkit::misbehaving::{Act, Conversation, Misbehaviour, Server, Step, Tls, serve};
use jabber_transport::memory;
use jabber_xml::{Item, StreamCondition};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

const HEADER: &str = "<stream:stream xmlns='jabber:component:accept' to='echo.localhost' \
    xmlns:stream='http://etherx.jabber.org/streams'>";
/// SHA-1 of `stream-1secret`.
const HANDSHAKE: &str = "<handshake>b251e397f873ee73099f07fce697d0c35ae4f36b</handshake>";

fn echo() -> Jid {
    "echo.localhost".parse().unwrap()
}

fn component() -> Server {
    Server::component(echo(), "secret")
}

/// What is sent; other acts by their names.
fn acts(conversation: &mut Conversation) -> Vec<String> {
    let act = |act| match act {
        Act::Send(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        other => format!("{other:?}"),
    };
    std::iter::from_fn(|| conversation.act()).map(act).collect()
}

fn says(conversation: &mut Conversation, text: &str) -> String {
    conversation.receive(text.as_bytes());
    acts(conversation).join(" ")
}

#[test]
fn the_steps_of_each() {
    let names = |server: Server| {
        server.steps().iter().map(|step| step.as_str()).collect::<Vec<_>>().join(" ")
    };
    let alice: Jid = "alice@localhost".parse().unwrap();
    let xmpp = Server::xmpp(alice.clone(), "secret");
    assert_eq!(
        names(xmpp.clone()),
        "tls-header tls-features proceed handshake auth-header auth-features challenge success \
         bind-header bind-features bind session stanza answer end"
    );
    let scram = xmpp.with_tls(Tls::Off).with_mechanism(Mechanism::ScramSha1);
    assert_eq!(
        names(scram),
        "auth-header auth-features challenge success bind-header bind-features bind session stanza \
         answer end"
    );
    let legacy = Server::legacy(alice, "secret").with_tls(Tls::Direct);
    assert_eq!(names(legacy), "handshake auth-header form login stanza answer end");
    assert_eq!(names(component()), "auth-header accept stanza answer end");
    let router = Server::jabberd20_component(echo(), "secret").with_tls(Tls::Off);
    assert_eq!(
        names(router),
        "auth-header auth-features challenge success bind-header bind-features bind stanza answer end"
    );
}

#[test]
fn what_it_cannot_do_it_does_not_do() {
    let server = component();
    assert!(!server.can(Step::Bind, &Misbehaviour::Silent));
    assert!(!server.can(Step::Accept, &Misbehaviour::WrongId));
    assert!(!server.can(Step::Accept, &Misbehaviour::Truncate));
    assert!(server.clone().with_tls(Tls::Direct).can(Step::Accept, &Misbehaviour::Truncate));
    assert!(!server.can(Step::Accept, &Misbehaviour::RefuseWith(Cow::Borrowed("409"))));
    assert!(server.can(Step::Accept, &Misbehaviour::RefuseWith(Cow::Borrowed("not-authorized"))));
    let mut conversation = server.misbehaving(Step::Accept, Misbehaviour::WrongId).conversation();
    says(&mut conversation, HEADER);
    assert!(says(&mut conversation, HANDSHAKE).starts_with("<handshake/>"));
}

#[test]
fn a_component_in_good_order() {
    let mut conversation = component().conversation();
    assert_eq!(conversation.step(), Some(Step::AuthHeader));
    let header = says(&mut conversation, HEADER);
    assert!(header.contains("xmlns='jabber:component:accept'"), "{header}");
    assert!(header.contains("from='echo.localhost' id='stream-1'>"), "{header}");
    let accepted = says(&mut conversation, HANDSHAKE);
    assert!(accepted.starts_with("<handshake/> <message "), "{accepted}");
    let request =
        "<iq type='get' id='7' to='localhost' from='echo.localhost'><query xmlns='u'/></iq>";
    for _ in 0..2 {
        let answer = says(&mut conversation, request);
        assert_eq!(answer, "<iq type='result' id='7' from='localhost' to='echo.localhost'/>");
    }
    assert_eq!(says(&mut conversation, "<presence/>"), "");
    assert_eq!(says(&mut conversation, "</stream:stream>"), "</stream:stream> Close");
    assert!(conversation.is_over());
    assert!(matches!(&*conversation.heard(), [Item::Header(_), .., Item::End]));
}

#[test]
fn a_client_at_fault_is_told_so() {
    let mut conversation = component().conversation();
    says(&mut conversation, HEADER);
    let refused = says(&mut conversation, "<handshake>wrong</handshake>");
    assert!(refused.contains("<not-authorized "), "{refused}");
    assert_eq!(conversation.step(), None);
    let mut conversation = component().conversation();
    let refused = says(&mut conversation, &HEADER.replace("component:accept", "client"));
    assert!(refused.contains("<invalid-namespace "), "{refused}");
    let mut conversation = component().conversation();
    says(&mut conversation, HEADER);
    let refused = says(&mut conversation, "<a></b>");
    assert!(refused.contains("<not-well-formed "), "{refused}");
    // What comes behind is not looked at, and the connection is gone.
    assert_eq!(says(&mut conversation, "<more/>"), "");
    assert!(conversation.is_over());
}

/// What comes in place of `<handshake/>`.
fn at_accept(misbehaviour: Misbehaviour) -> (Vec<String>, Conversation) {
    let mut conversation = component().misbehaving(Step::Accept, misbehaviour).conversation();
    says(&mut conversation, HEADER);
    conversation.receive(HANDSHAKE.as_bytes());
    let mut acts = acts(&mut conversation);
    // What follows when it goes on.
    acts.retain(|act| !act.starts_with("<message "));
    (acts, conversation)
}

#[test]
fn every_way_to_misbehave() {
    let second = Duration::from_secs(1);
    let bytes: Vec<String> = "<handshake/>".chars().map(String::from).collect();
    let late: Vec<String> = bytes.iter().flat_map(|it| ["Wait(1s)".into(), it.clone()]).collect();
    let error = |condition: &str| {
        format!(
            "<stream:error><{condition} xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>"
        )
    };
    let (end, refused) = ("</stream:stream>", error("not-authorized"));
    let reset = error("reset");
    let bytes: Vec<&str> = bytes.iter().map(String::as_str).collect();
    let late: Vec<&str> = late.iter().map(String::as_str).collect();
    let table: &[(Misbehaviour, &[&str], bool)] = &[
        (Misbehaviour::Refuse, &[&refused, end], false),
        (Misbehaviour::WrongNamespace, &["<handshake xmlns='urn:example:wrong'/>"], true),
        (Misbehaviour::Reorder, &["<handshake/>"], true),
        (Misbehaviour::Repeat, &["<handshake/><handshake/>"], true),
        (Misbehaviour::Silent, &[], false),
        (Misbehaviour::Cut, &["Close"], false),
        (Misbehaviour::Reset, &["Reset"], false),
        (Misbehaviour::EndStream, &[end], false),
        (Misbehaviour::StreamError(StreamCondition::Reset), &[&reset, end], false),
        (Misbehaviour::HalfThenCut, &["<hands", "Close"], false),
        (Misbehaviour::HalfThenSilent, &["<hands"], false),
        (Misbehaviour::NotWellFormed, &["<broken attribute=none/>"], false),
        (Misbehaviour::StanzaFirst, &["<handshake/>"], true),
        (
            Misbehaviour::UnknownFirst,
            &["<unknown xmlns='urn:example:unknown'/>", "<handshake/>"],
            true,
        ),
        (Misbehaviour::SpaceFirst, &[" \n", "<handshake/>"], true),
        (Misbehaviour::ByteByByte, &bytes, true),
        (Misbehaviour::Late(second), &["Wait(1s)", "<handshake/>"], true),
        (Misbehaviour::Trickle(second), &late, true),
    ];
    for (misbehaviour, expected, goes_on) in table {
        let (acts, mut conversation) = at_accept(misbehaviour.clone());
        assert_eq!(acts, *expected, "{misbehaviour}");
        let step = conversation.step();
        assert_eq!(step.is_some(), *goes_on, "{misbehaviour}: {step:?}");
        // One that is silent stays so.
        if acts.is_empty() {
            assert_eq!(says(&mut conversation, "</stream:stream>"), "");
        }
    }
}

#[test]
fn a_wrong_id_and_a_wrong_payload() {
    let alice: Jid = "alice@localhost/desk".parse().unwrap();
    let header = "<stream:stream xmlns='jabber:client' to='localhost' \
        xmlns:stream='http://etherx.jabber.org/streams'>";
    let request = "<iq type='get' id='7'><query xmlns='jabber:iq:auth'/></iq>";
    let form = |misbehaviour: Option<Misbehaviour>| {
        let mut server = Server::legacy(alice.clone(), "secret");
        if let Some(misbehaviour) = misbehaviour {
            server = server.misbehaving(Step::Form, misbehaviour);
        }
        let mut conversation = server.conversation();
        says(&mut conversation, header);
        says(&mut conversation, request)
    };
    let right = form(None);
    let expected = right.replace("id='7'", "id='unasked'");
    assert_eq!(form(Some(Misbehaviour::WrongId)), expected);
    let expected = right.replace("jabber:iq:auth", "urn:example:wrong");
    assert_eq!(form(Some(Misbehaviour::WrongNamespace)), expected);
    let refused = form(Some(Misbehaviour::RefuseWith(Cow::Borrowed("forbidden"))));
    assert!(refused.contains("type='error'") && refused.contains("<forbidden "), "{refused}");
}

/// The small driver, on a pipe that somebody else holds the other end of.
#[tokio::test(start_paused = true)]
async fn it_serves_a_pipe() {
    let (mut client, mut pipe) = memory::pair();
    let server = component().misbehaving(Step::AuthHeader, Misbehaviour::HalfThenCut);
    let mut conversation = server.conversation();
    let talk = async {
        client.write_all(HEADER.as_bytes()).await.unwrap();
        let mut read = Vec::new();
        client.read_to_end(&mut read).await.unwrap();
        Bytes::from(read)
    };
    let (read, ()) = tokio::join!(talk, serve(&mut pipe, &mut conversation));
    assert!(read.starts_with(b"<?xml version='1.0'?><stream:stream "), "{read:?}");
    assert!(!read.ends_with(b">"), "{read:?}");
}
