//! What a peer may not send ends the connection with the stream error that says why, and nothing
//! behind it is used; what is forged is a stanza like any other and never an answer.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "../../jabber-xml/tests/constructs/mod.rs"]
mod constructs;
#[path = "distrust/wire.rs"]
mod wire;

use std::{io, time::Duration};

use bytes::BytesMut;
use constructs::{CONSTRUCTS, Construct, HEADERS, of_threat};
use jabber::{RequestEnd, filter::Filter};
use jabber_connection::{Config, Error, Party, Progress, RequestEndKind};
use jabber_status::Phase;
use jabber_xml::{Fault, Limits, StreamCondition, ns};
use wire::{HEADER, Wire};

/// Stanzas for whatever state a careless reader might be in.
const BEHIND: &str = "<message id='behind'/>-->?>'/>]]></a></b></a><message id='behind'/>\
     </stream:stream><message id='behind'/>";

/// The peer sends this; we end the stream, and say why.
fn ends(mut wire: Wire, bytes: &[u8], fault: Fault, condition: StreamCondition) {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let sent_before = wire.sent.len();
    let mut input = BytesMut::from(&[bytes, BEHIND.as_bytes()].concat()[..]);
    let progress = wire.receive(&mut input);
    assert_eq!((progress, input.len()), (Progress::Stopped, 0), "{text}");
    // And what comes later.
    wire.says(BEHIND);
    wire.says("<message id='behind'/>");
    let sent = wire.sent.split_off(sent_before);
    let told = format!("<stream:error><{condition} xmlns='{}'/></stream:error>", ns::STREAM_ERRORS);
    assert!(sent.ends_with(&format!("{told}</stream:stream>")), "{text}: {sent}");
    let error = wire.finish();
    assert!(matches!(&error, Error::Xml(it) if it.fault() == fault), "{text}: {error:?}");
    assert_eq!((error.by(), error.condition()), (Party::Us, Some(condition)), "{text}");
    assert!(!wire.stanzas.iter().any(|it| it.to_string().contains("behind")), "{text}");
    assert!(!wire.nodes.iter().any(|it| it.contains("behind")), "{text}: {:?}", wire.nodes);
}

fn all_of(threat: u8) {
    for Construct { bytes, fault, condition, .. } in of_threat(threat) {
        ends(Wire::ready(), bytes, *fault, *condition);
        // While negotiating it is the same.
        ends(Wire::negotiating(), bytes, *fault, *condition);
    }
}

#[test]
fn threat_22_entities_and_dtds_end_the_connection() {
    all_of(22);
}

#[test]
fn threat_23_comments_and_processing_instructions_end_the_connection() {
    all_of(23);
}

#[test]
fn threat_24_what_is_no_character_ends_the_connection() {
    all_of(24);
}

#[test]
fn threat_26_no_stanza_behind_an_error_is_taken() {
    for Construct { bytes, fault, condition, .. } in CONSTRUCTS {
        ends(Wire::ready(), bytes, *fault, *condition);
    }
}

#[test]
fn threat_27_wrong_namespaces_and_headers_end_the_connection() {
    all_of(27);
    // White space before the first stream's declaration is forgiven, as before the later ones.
    for (bytes, fault, condition) in HEADERS.iter().filter(|(bytes, ..)| !bytes.starts_with(b" ")) {
        ends(Wire::connected(), bytes, *fault, *condition);
    }
    let mut wire = Wire::connected();
    wire.says(&HEADER.replace("jabber:component:accept", "jabber:client"));
    assert!(matches!(wire.finish(), Error::WrongStream { .. }));
}

#[test]
fn threat_25_each_limit_ends_the_connection() {
    let limits = || {
        let limits = Limits::default().with_element_bytes(2000).with_depth(8);
        Wire::ready_with(Config::default().with_limits(limits.with_nodes(20).with_attributes(4)))
    };
    for (bytes, fault) in [
        (format!("<a>{}", "x".repeat(2000)), Fault::TooLarge),
        ("<a>".repeat(9), Fault::TooDeep),
        (format!("<a>{}", "<b/>".repeat(20)), Fault::TooManyNodes),
        ("<a a='' b='' c='' d='' e=''/>".to_owned(), Fault::TooManyAttributes),
        (format!("<{}/>", "a".repeat(1024)), Fault::LongName),
    ] {
        ends(limits(), bytes.as_bytes(), fault, StreamCondition::PolicyViolation);
    }
}

/// RFC 6120 §4.8: what decides is the namespace.
#[test]
fn threat_27_a_prefix_makes_no_stream_error_and_no_acceptance() {
    let conflict = format!("<conflict xmlns='{}'/>", ns::STREAM_ERRORS);
    let mut wire = Wire::ready();
    wire.says(&format!("<stream:error xmlns:stream='urn:x'>{conflict}</stream:error>"));
    wire.says(&format!("<error>{conflict}</error>"));
    assert_eq!((wire.connection.phase(), wire.stanzas.len()), (Phase::Ready, 2));
    wire.says(&format!("<e:error xmlns:e='{}'>{conflict}</e:error>", ns::STREAM));
    let Error::Stream { error, .. } = wire.finish() else { panic!("no stream error") };
    assert_eq!(error.condition(), StreamCondition::Conflict);

    let mut wire = Wire::negotiating();
    for wrong in
        ["<handshake xmlns='urn:x'/>", "<x:handshake xmlns:x='urn:x'/>", "<stream:handshake/>"]
    {
        wire.says(wrong);
        assert_eq!(wire.connection.phase(), Phase::Negotiation, "{wrong}");
    }
    wire.says("<c:handshake xmlns:c='jabber:component:accept'/>");
    assert_eq!(wire.connection.phase(), Phase::Ready);

    // A header may have any prefix, or none.
    for header in [
        "<s:stream xmlns:s='http://etherx.jabber.org/streams' xmlns='jabber:component:accept' id='1'>",
        "<stream xmlns='http://etherx.jabber.org/streams' xmlns:c='jabber:component:accept' id='1'>",
    ] {
        let mut wire = Wire::connected();
        wire.says(header);
        wire.says("<c:handshake xmlns:c='jabber:component:accept'/>");
        assert_eq!(wire.connection.phase(), Phase::Ready, "{header}");
    }
}

/// An iq that bob@peer.example is asked with the id `awaited`: each forgery is delivered as the
/// stanza it is; then the genuine answer still counts.
fn no_answer(forgeries: &[&str]) {
    let mut wire = Wire::ready();
    let request = wire.request("<iq type='get' id='awaited' to='bob@peer.example'/>");
    for (count, forgery) in forgeries.iter().enumerate() {
        wire.says(forgery);
        assert!(wire.ends.is_empty(), "{forgery} was taken for the answer");
        assert_eq!(wire.stanzas.len(), count + 1, "{forgery} was not delivered");
    }
    wire.says("<iq type='result' id='awaited' from='BOB@peer.example'><genuine/></iq>");
    let [(ended, RequestEnd::Answer(answer))] = &wire.ends[..] else { panic!("{:?}", wire.ends) };
    assert_eq!(*ended, request);
    assert!(answer.child("genuine", ns::CLIENT).is_some());
    wire.says("<iq type='result' id='awaited' from='bob@peer.example'><late/></iq>");
    assert_eq!((wire.ends.len(), wire.stanzas.len()), (1, forgeries.len() + 1));
}

/// RFC 6120 §8.1.2.1.
#[test]
fn threat_19_an_answer_from_somebody_else_is_none() {
    no_answer(&[
        "<iq type='result' id='awaited' from='mallory@evil.example'/>",
        "<iq type='error' id='awaited' from='mallory@evil.example'/>",
        "<iq type='result' id='awaited' from='bob@peer.example/phone'/>",
        "<iq type='result' id='awaited' from='peer.example'/>",
        "<iq type='result' id='awaited' from='bob@peer.example.evil.example'/>",
        "<iq type='result' id='awaited' from='b&#x43E;b@peer.example'/>",
        "<iq type='result' id='awaited' from='echo.example'/>",
        "<iq type='result' id='awaited' from='@'/>",
        "<iq type='result' id='awaited' from=''/>",
        "<iq type='result' id='awaited'/>",
        "<iq type='result' id='awaited' x:from='bob@peer.example' xmlns:x='urn:x'/>",
        "<iq type='result' id='Awaited' from='bob@peer.example'/>",
        "<iq type='result' id='awaited ' from='bob@peer.example'/>",
    ]);
}

/// RFC 6120 §8.2.3.
#[test]
fn threat_20_what_is_no_answer_by_its_kind_is_none() {
    no_answer(&[
        "<iq type='get' id='awaited' from='bob@peer.example'/>",
        "<iq type='set' id='awaited' from='bob@peer.example'/>",
        "<iq type='RESULT' id='awaited' from='bob@peer.example'/>",
        "<iq id='awaited' from='bob@peer.example'/>",
        "<message type='result' id='awaited' from='bob@peer.example'/>",
        "<message type='error' id='awaited' from='bob@peer.example'/>",
        "<presence id='awaited' from='bob@peer.example'/>",
        "<IQ type='result' id='awaited' from='bob@peer.example'/>",
    ]);
}

#[test]
fn threat_27_an_answer_in_another_namespace_is_none() {
    no_answer(&[
        "<iq xmlns='urn:x' type='result' id='awaited' from='bob@peer.example'/>",
        "<x:iq xmlns:x='urn:x' type='result' id='awaited' from='bob@peer.example'/>",
        "<stream:iq type='result' id='awaited' from='bob@peer.example'/>",
        "<iq xmlns='' type='result' id='awaited' from='bob@peer.example'/>",
        // As if brought back because nobody takes it.
        "<iq xmlns='urn:x' type='error' id='awaited' to='bob@peer.example' from='echo.example'/>",
    ]);
    // By another prefix it is one.
    let mut wire = Wire::ready();
    wire.request("<iq type='get' id='awaited' to='bob@peer.example'/>");
    wire.says(
        "<c:iq xmlns:c='jabber:component:accept' type='result' id='awaited' from='bob@peer.example'/>",
    );
    assert!(matches!(wire.ends[..], [(_, RequestEnd::Answer(_))]));
}

/// XEP-0280 §11, XEP-0297: what is within a stanza is payload. Who sent the stanza is `from`
/// without, whatever is said within.
#[test]
fn threat_21_a_stanza_within_a_stanza_is_payload() {
    let nested = |wrapper: &str, uri: &str| {
        format!(
            "<message from='mallory@evil.example' to='echo.example'><{wrapper} xmlns='{uri}'>\
             <forwarded xmlns='urn:xmpp:forward:0'>\
             <iq xmlns='jabber:component:accept' type='result' id='awaited' from='bob@peer.example'/>\
             <message xmlns='jabber:client' from='bob@peer.example'><body>Hi</body></message>\
             </forwarded></{wrapper}></message>"
        )
    };
    let carbons = "urn:xmpp:carbons:2";
    let all =
        [nested("received", carbons), nested("sent", carbons), nested("result", "urn:xmpp:mam:2")];
    no_answer(&all.each_ref().map(String::as_str));

    let mut wire = Wire::ready();
    wire.says(&all[0]);
    let [stanza] = &wire.stanzas[..] else { panic!("{:?}", wire.stanzas) };
    assert_eq!(stanza.attribute("from").unwrap(), "mallory@evil.example");
    let from = |jid: &str| Filter::new().name("message").from_bare(&jid.parse().unwrap());
    assert!(from("mallory@evil.example").matches(stanza));
    assert!(!from("bob@peer.example").matches(stanza));
    assert!(!Filter::new().child("body", ns::CLIENT).matches(stanza));
    assert!(!Filter::new().name("iq").matches(stanza));
    // A path may look within, as it says; who sent it stays a question of its own.
    let within = from("bob@peer.example").and("//body".parse().unwrap());
    assert!(!within.matches(stanza));
}

/// Each ends once, however the connection is lost, and an answer in the same read still counts.
#[test]
fn threat_34_a_lost_connection_ends_each_request_once() {
    let losses: [fn(&mut Wire); 6] = [
        |wire| wire.ended(),
        |wire| wire.failed(io::ErrorKind::ConnectionReset),
        |wire| wire.failed(io::ErrorKind::UnexpectedEof),
        |wire| wire.says("</stream:stream>"),
        |wire| wire.says("<a></b>"),
        |wire| wire.halt(),
    ];
    for lose in losses {
        let mut wire = Wire::ready();
        let asked: Vec<_> = ["a", "b", "c"]
            .map(|id| wire.request(&format!("<iq type='get' id='{id}' to='bob@peer.example'/>")))
            .into();
        wire.says("<iq type='result' id='b' from='bob@peer.example'/>");
        lose(&mut wire);
        drop(wire.finish());
        // Whatever comes too late.
        wire.says("<iq type='result' id='a' from='bob@peer.example'/>");
        wire.tick(Duration::from_secs(1000));
        let ended: Vec<_> = wire.ends.iter().map(|(request, _)| *request).collect();
        assert_eq!(ended, [asked[1], asked[0], asked[2]]);
        let lost = wire.ends.iter().skip(1);
        assert!(
            lost.map(|(_, end)| end)
                .all(|end| matches!(end, RequestEnd::Unanswered(RequestEndKind::Disconnected))),
            "{:?}",
            wire.ends
        );
        assert_eq!(wire.connection.outstanding_requests(), 0);
    }
}
