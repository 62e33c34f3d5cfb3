//! What a hostile peer writes, through a whole session: the first byte that breaks a rule ends the stream,
//! and nothing behind it counts (docs/security.md, rows 9, 21 to 27).
#![allow(clippy::unwrap_used, clippy::panic, reason = "test support")]

mod common;

use common::{Peer, SECOND, Trace, session, session_with};
use jabber::{Element, Limits, Session, ns};
use jabber_transport::memory::MemoryListener;
use tokio::io::AsyncWriteExt as _;

const BEHIND: &str = "<message from='a@b'><body>behind</body></message>";

async fn ready(mut session: Session, listener: &mut MemoryListener) -> (Session, Peer) {
    session.connect().unwrap();
    let (ready, peer) = tokio::join!(session.ready(), Peer::welcome(listener));
    ready.unwrap();
    (session, peer)
}

/// The peer writes that, and goes on as if nothing were. Gives the stream error that it is told, and what
/// the user is.
async fn says(bad: &[u8], limits: Limits) -> (String, String) {
    let (session, mut listener) = session_with(|builder| builder.limits(limits));
    let (mut session, mut peer) = ready(session, &mut listener).await;
    let mut trace = Trace::new();
    let server = async {
        peer.0.write_all(&[bad, BEHIND.as_bytes()].concat()).await.unwrap();
        // In a read of its own too.
        let _ = peer.0.write_all(BEHIND.as_bytes()).await;
        peer.reads_end().await
    };
    let (told, sent) = tokio::join!(trace.finish(&mut session), server);
    let error = sent.split_once("<stream:error><").map(|(_, rest)| rest);
    let condition = error.and_then(|error| error.split([' ', '/']).next()).unwrap_or_default();
    assert!(sent.ends_with("</stream:stream>"), "{sent}");
    (condition.to_owned(), told)
}

async fn ends(bad: impl AsRef<[u8]>, condition: &str) {
    let bad = bad.as_ref();
    let shown = String::from_utf8_lossy(bad).into_owned();
    let (told_peer, told) = says(bad, Limits::default()).await;
    assert_eq!(told_peer, condition, "{shown}");
    assert!(!told.contains("behind"), "{shown}: {told}");
    assert!(told.ends_with("STREAMEND SOCKETDISCONNECT"), "{shown}: {told}");
}

#[tokio::test(start_paused = true)]
async fn threat_09_half_a_node_is_never_taken_in() {
    for half in ["<message from='a@b'><body>half", "<message from='a@b'", "<message>behind</messag"]
    {
        let (session, mut listener) = session();
        let (mut session, mut peer) = ready(session, &mut listener).await;
        peer.says(half).await;
        drop(peer);
        let told = Trace::new().finish(&mut session).await;
        assert!(!told.contains("<message"), "{half}: {told}");
        assert!(told.ends_with("SOCKETDISCONNECT"), "{half}: {told}");
    }
}

#[tokio::test(start_paused = true)]
async fn threat_22_no_dtd_and_no_entity() {
    for dtd in ["<!DOCTYPE a [<!ENTITY b 'c'>]>", "<!DOCTYPE a SYSTEM 'file:///etc/passwd'>"] {
        ends(dtd, "restricted-xml").await;
    }
    for entity in ["<message>&b;</message>", "<message a='&b;'/>", "<message>&lol9;</message>"] {
        ends(entity, "restricted-xml").await;
    }
}

#[tokio::test(start_paused = true)]
async fn threat_23_no_comment_and_no_processing_instruction() {
    for restricted in
        ["<!-- -->", "<?pi?>", "<message><!-- x --></message>", "<message><?x y?></message>"]
    {
        ends(restricted, "restricted-xml").await;
    }
}

#[tokio::test(start_paused = true)]
async fn threat_24_no_byte_that_is_no_text() {
    for bytes in [
        &b"<message>\xc0\xaf</message>"[..], // overlong
        b"<message>\xed\xa0\x80</message>",  // a surrogate
        b"<message>\xf5\x80\x80\x80</message>",
        b"<message>\xff</message>",
        b"<message>\xe2\x82</message>", // cut short
        b"<message a='\xc0\x80'/>",
        b"<m\xc0\x80/>",
        b"<message>\0</message>",
        b"<message a='\x0c'/>",
        b"<message>\x1b[31m</message>",
        b"<message>\xef\xbf\xbe</message>",
        b"<message>&#0;</message>",
        b"<message>&#xd800;</message>",
    ] {
        ends(bytes, "not-well-formed").await;
    }
    // What separates names in other people's parsers is a part of the name here.
    let (session, mut listener) = session();
    let (mut session, mut peer) = ready(session, &mut listener).await;
    peer.says("<message xmlns='urn:x&#10;jabber:client' from='a@b'/>").await;
    drop(peer);
    let told = Trace::new().finish(&mut session).await;
    let stanza =
        told.split(' ').skip_while(|word| *word != "<message").collect::<Vec<_>>().join(" ");
    assert!(stanza.contains("urn:x&#10;jabber:client"), "{told}");
}

/// A limit strikes before what breaks it is all there.
#[tokio::test(start_paused = true)]
async fn threat_25_too_much_ends_the_stream() {
    let limits = Limits::default().with_element_bytes(10_000).with_depth(20).with_attributes(5);
    let deep = "<a>".repeat(30);
    let wide = format!("<message {}", (0..9).map(|n| format!("a{n}='' ")).collect::<String>());
    let long = format!("<message><body>{}", "x".repeat(10_001));
    let name = format!("<{}", "n".repeat(10_001));
    for bad in [deep, wide, long, name] {
        let (condition, told) = says(bad.as_bytes(), limits).await;
        assert_eq!(condition, "policy-violation", "{}", &bad[..20]);
        assert!(!told.contains("behind"));
    }
}

#[tokio::test(start_paused = true)]
async fn threat_26_no_error_is_recovered_from() {
    for bad in [
        "<message><a></b></message>",
        "<message><a></message>",
        "<message></message></message>",
        "<message a='1' a='2'></message>",
        "<message><a b></a></message>",
        "<message>]]></message>",
        "<message/ ><message/>",
    ] {
        ends(bad, "not-well-formed").await;
    }
}

#[tokio::test(start_paused = true)]
async fn threat_27_the_namespace_decides() {
    // Another stream within the stream, and text where no text is.
    let nested = "<stream:stream xmlns='jabber:client' id='2' from='evil.example'>";
    ends(nested, "bad-format").await;
    ends("text", "bad-format").await;
    ends("<u:message/>", "bad-namespace-prefix").await;

    let (session, mut listener) = session();
    let (mut session, mut peer) = ready(session, &mut listener).await;
    let asked: Element = "<iq type='get' id='1' to='bob@toy.example'/>".parse().unwrap();
    let server = async {
        peer.reads("id='1'").await;
        // The prefix of the stream for something else, and a stanza's name in another namespace.
        peer.says("<stream:error xmlns:stream='urn:other'><conflict/></stream:error>").await;
        peer.says("<iq xmlns='urn:other' type='result' id='1' from='bob@toy.example'/>").await;
        peer.says("<o:iq xmlns:o='urn:other' type='result' id='1' from='bob@toy.example'/>").await;
        // The genuine one under another prefix.
        peer.says("<c:iq xmlns:c='jabber:client' type='result' id='1' from='bob@toy.example'><yes xmlns='x'/></c:iq>").await;
        // And a stream error under another prefix.
        peer.says(&format!(
            "<e:error xmlns:e='{}'><conflict xmlns='{}'/></e:error></stream:stream>",
            ns::STREAM,
            ns::STREAM_ERRORS
        ))
        .await;
        peer
    };
    let (answer, _peer) = tokio::join!(session.request(asked, SECOND), server);
    assert!(answer.unwrap().child("yes", "x").is_some());
    let told = Trace::new().finish(&mut session).await;
    assert_eq!(told.matches("urn:other").count(), 3, "they are nodes like others: {told}");
    assert!(told.ends_with("SOCKETDISCONNECT"), "{told}");
}

/// What is inside a stanza is payload, whatever it looks like.
#[tokio::test(start_paused = true)]
async fn threat_21_only_the_outer_stanza_has_a_sender() {
    let (session, mut listener) = session();
    let (mut session, mut peer) = ready(session, &mut listener).await;
    let asked: Element = "<iq type='get' id='1' to='bob@toy.example'/>".parse().unwrap();
    let carbon = "<message from='mallory@evil.example'><received xmlns='urn:xmpp:carbons:2'><forwarded \
                  xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='boss@toy.example'>\
                  <body>pay him</body></message><iq xmlns='jabber:client' type='result' id='1' \
                  from='bob@toy.example'/></forwarded></received></message>";
    let server = async {
        peer.reads("id='1'").await;
        peer.says(carbon).await;
        peer
    };
    let (answer, _peer) = tokio::join!(session.request(asked, SECOND), server);
    assert!(matches!(answer, Err(jabber::RequestError::TimedOut)), "{answer:?}");
    let mut stanzas = Vec::new();
    while let Ok(Some(event)) =
        tokio::time::timeout(SECOND, futures_util::StreamExt::next(&mut session)).await
    {
        if let jabber::Event::Stanza(delivery) = event {
            stanzas.push(delivery.stanza);
        }
    }
    let [stanza] = &stanzas[..] else { panic!("{stanzas:?}") };
    assert_eq!(stanza.attribute("from").unwrap(), "mallory@evil.example");
    let boss = jabber::filter::Filter::new().from(&"boss@toy.example".parse().unwrap());
    assert!(!boss.matches(stanza));
    assert!(stanza.child("body", ns::CLIENT).is_none());
}
