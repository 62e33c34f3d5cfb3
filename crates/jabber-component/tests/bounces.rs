//! What the server brings back, told from what others send.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use jabber_component::Config;
use jabber_dialect::{Actions, Inbound, Protocol};
use jabber_security::{Entropy, KeyDerivation};
use jabber_status::{Phase, Stamp, StatusEvent};
use jabber_xml::{Element, StreamHeader};

/// Nothing is done while a session is ready.
struct Idle;

impl Actions for Idle {
    fn stamp(&self) -> Stamp {
        Stamp::new(Phase::Ready, 1, "component")
    }
    fn status(&mut self, event: &dyn StatusEvent) {
        panic!("{event:?}")
    }
    fn open_stream(&mut self, header: StreamHeader) {
        panic!("{header}")
    }
    fn send(&mut self, element: Element) {
        panic!("{element}")
    }
    fn start_tls(&mut self) {
        panic!("TLS")
    }
    fn derive(&mut self, _: KeyDerivation) {
        panic!("a key")
    }
    fn hold(&mut self, stanza: Element) {
        panic!("{stanza}")
    }
    fn entropy(&mut self) -> &mut dyn Entropy {
        panic!("nothing is random")
    }
}

/// What it is, and how it reads.
fn inbound(stanza: &str) -> (bool, Element) {
    let mut dialect = Config::new("echo.localhost".parse().unwrap(), "sesame").begin(None);
    match dialect.inbound(stanza.parse().unwrap(), &mut Idle).unwrap() {
        Inbound::Stanza(delivery) => (false, delivery.stanza),
        Inbound::Reply { delivery, error } => {
            assert!(error);
            (true, delivery.stanza)
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_comes_back_as_it_was_addressed_is_turned_round() {
    let (bounced, stanza) = inbound(
        "<iq xmlns='jabber:client' id='1' to='a@nowhere.test' from='echo@echo.localhost/x' \
         type='error'><error code='503'/><query xmlns='jabber:iq:version'/></iq>",
    );
    assert!(bounced);
    assert_eq!(stanza.attribute("from").unwrap(), "a@nowhere.test");
    assert_eq!(stanza.attribute("to").unwrap(), "echo@echo.localhost/x");
    assert_eq!(stanza.attribute("id").unwrap(), "1");
}

#[test]
fn what_was_from_somebody_else_comes_back_as_it_is() {
    let text = "<message to='a@localhost' from='forged@localhost' type='error'/>";
    assert_eq!(inbound(text), (true, text.parse().unwrap()));
}

#[test]
fn what_is_to_us_is_a_stanza() {
    for text in [
        "<iq type='error' id='1' to='echo.localhost' from='a@localhost'/>",
        "<iq type='error' id='1' to='echo@ECHO.localhost/x' from='echo.localhost'/>",
        "<iq type='result' id='1' to='a@localhost' from='echo.localhost'/>",
        "<message to='a@localhost' from='echo.localhost'/>",
        "<message type='error' from='echo.localhost'/>",
        "<message type='error' to='a@localhost'/>",
    ] {
        assert_eq!(inbound(text), (false, text.parse().unwrap()), "{text}");
    }
}
