//! What a session holds at most before it is ready, whatever its server says.
#![cfg(feature = "xmpp")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says what it measured"
)]

mod common;
mod measured;

use std::time::Duration;

use common::SECOND;
use futures_util::StreamExt;
use jabber::{Deadlines, KindSet, Reconnect, Session, SessionBuilder, xmpp};
use jabber_transport::memory::{MemoryListener, MemoryTransport};
use measured::{MIB, bare, drives, holds, peak};
use tokio::{io::AsyncWriteExt, time::timeout};

/// The largest element there may be.
const LARGEST: usize = MIB - 200;

fn builder() -> SessionBuilder {
    let config = xmpp::Config::new("alice@example.org".parse().unwrap(), "wonderland")
        .with_tls(xmpp::TlsPolicy::Off);
    bare(Session::builder(config)).subscribe(KindSet::ALL).wire(true)
}

fn header(more: &str) -> String {
    format!(
        "<stream:stream xmlns='jabber:client' version='1.0' id='1' from='example.org' \
         xmlns:stream='http://etherx.jabber.org/streams'{more}>"
    )
}

fn features(inside: &str) -> String {
    format!("{}<stream:features>{inside}</stream:features>", header(""))
}

fn mechanisms(inside: &str) -> String {
    features(&format!("<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{inside}</mechanisms>"))
}

fn sasl(name: &str, inside: &str) -> String {
    let offered = mechanisms("<mechanism>SCRAM-SHA-1</mechanism>");
    format!("{offered}<{name} xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{inside}</{name}>")
}

fn error(inside: &str) -> String {
    format!(
        "{}<stream:error><system-shutdown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>{inside}\
         </stream:error>",
        header("")
    )
}

fn fills(part: &str) -> String {
    part.repeat(LARGEST / part.len())
}

/// Each attempt is told the same, and whatever comes of it, nobody takes an event.
async fn meets(builder: SessionBuilder, said: &str, time: Duration) {
    let (transport, mut listener) = MemoryTransport::new();
    let mut session = builder.build_with(transport);
    session.connect().unwrap();
    let says = serves(&mut listener, said);
    tokio::select! {
        () = says => {}
        () = drives(&mut session, time) => {}
    }
}

async fn serves(listener: &mut MemoryListener, said: &str) {
    while let Some(mut pipe) = listener.accept().await {
        if pipe.write_all(said.as_bytes()).await.is_ok() {
            let mut read = [0; 4096];
            while tokio::io::AsyncReadExt::read(&mut pipe, &mut read).await.is_ok_and(|n| n > 0) {}
        }
    }
}

fn hostile() -> Vec<(&'static str, String)> {
    let declared: String =
        (0..200).map(|n| format!(" xmlns:p{n}='urn:{}'", "n".repeat(60))).collect();
    let namespaces: String =
        (0..1999).map(|n| format!("<a xmlns='urn:&amp;{n}{}'/>", "n".repeat(490))).collect();
    vec![
        ("a header of namespaces", header(&declared)),
        ("a header that does not end", header(&format!(" a='{}", "x".repeat(15 << 10)))),
        ("a header of white space", " ".repeat(2 * MIB)),
        ("features of elements", features(&fills("<a/>"))),
        ("features of text", features(&fills("x"))),
        ("features of namespaces", features(&namespaces)),
        ("features of attributes", features(&fills("<a b='' c=''/>"))),
        ("features in depth", features(&"<a>".repeat(200_000))),
        ("mechanisms", mechanisms(&fills("<mechanism>x</mechanism>"))),
        ("a mechanism", mechanisms(&format!("<mechanism>{}</mechanism>", fills("x")))),
        ("escaped", mechanisms(&format!("<mechanism>{}</mechanism>", fills("&#x10ffff;")))),
        (
            "mechanisms behind a good one",
            mechanisms(&format!(
                "<mechanism>SCRAM-SHA-1</mechanism>{}",
                fills("<mechanism>SCRAM-SHA-9</mechanism>")
            )),
        ),
        ("a challenge", sasl("challenge", &fills("eA=="))),
        ("a challenge of 64 KiB", sasl("challenge", &"cj1h".repeat(16 << 10))),
        ("a failure", sasl("failure", &format!("<text>{}</text>", fills("y")))),
        ("a failure of elements", sasl("failure", &fills("<a/>"))),
        ("a success", sasl("success", &fills("eA=="))),
        (
            "an error with a text",
            error(&format!(
                "<text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>{}</text>",
                fills("z")
            )),
        ),
        ("an error of elements", error(&format!("<a xmlns='urn:a'>{}</a>", fills("<b/>")))),
        ("stanzas too early", header("") + &fills("<message/>") + &fills("<message/>")),
    ]
}

#[test]
fn threat_33_memory_of_a_negotiation() {
    for (what, said) in hostile() {
        let stated = builder().memory_bound();
        let measured = peak(|| meets(builder(), &said, 70 * SECOND));
        holds(what, measured, stated);
    }
}

/// What each attempt tells would pile up.
#[test]
fn threat_35_attempts_wait_for_who_takes_what_they_tell() {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_all().start_paused(true).build().unwrap().block_on(async {
        // Nobody listens.
        let (transport, _) = MemoryTransport::new();
        let pauses = Reconnect::default().with_pauses(SECOND / 10, SECOND / 10);
        let builder = builder().subscribe(KindSet::LIFECYCLE).wire(false).event_bounds(16, MIB);
        let mut session = builder.reconnect(pauses.with_attempts(u32::MAX)).build_with(transport);
        session.connect().unwrap();
        let mut before = 0;
        for _ in 0..3 {
            drives(&mut session, 60 * SECOND).await;
            let attempts = session.state().attempt;
            assert!((1..8).contains(&(attempts - before)), "{attempts}, {before} before");
            before = attempts;
            // Nor does anybody wait for what will not be.
            let ready = timeout(60 * SECOND, session.ready()).await;
            assert!(ready.is_ok_and(|ready| ready.is_err()));
            while let Ok(Some(_)) = timeout(Duration::ZERO, session.next()).await {}
        }
    });
}

/// Each attempt that fails tells why, and nobody takes it.
#[test]
fn threat_35_memory_of_attempts_without_end() {
    let again = || {
        let pauses = Reconnect::default().with_pauses(SECOND / 1000, SECOND / 1000);
        builder()
            .subscribe(KindSet::LIFECYCLE)
            .wire(false)
            .reconnect(pauses.with_attempts(u32::MAX))
            .deadlines(Deadlines::default().with_step(SECOND / 10).with_ready(SECOND / 5))
    };
    let told = |what: &str| ["mechanism", "failure", "error"].iter().any(|it| what.contains(it));
    for (what, said) in hostile().into_iter().filter(|(what, _)| told(what)) {
        let stated = again().memory_bound();
        let measured = peak(|| meets(again(), &said, 30 * SECOND));
        holds(&format!("again and again: {what}"), measured, stated);
    }
}
