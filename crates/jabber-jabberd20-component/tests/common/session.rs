//! What a session does once it is ready.

use bytes::BytesMut;
use jabber_dialect::{Delivery, Inbound, Redaction};
use jabber_jabberd20_component::{Config, TlsPolicy};
use jabber_security::Security;
use jabber_xml::{Item, Scope, ns};

use super::{C, EMPTY, HEADER, Outcome, Run, SUCCESS, mechanisms};

impl Run {
    /// Ready on a private pipe, without TLS, by PLAIN; all names are confirmed.
    pub fn ready(config: &Config) -> Self {
        let config = config.clone().with_tls(TlsPolicy::Off);
        let mut run = Self::start(&config, &Security::Private, true);
        run.server(HEADER).server(&mechanisms(&["PLAIN"])).server(SUCCESS);
        run.server(HEADER).server(EMPTY);
        for _ in config.names() {
            run.bound();
        }
        assert!(matches!(run.outcome, Outcome::Ready(_)), "{}", run.lines());
        run
    }

    /// The router confirms the bind that was sent last.
    pub fn bound(&mut self) -> &mut Self {
        let id = self.id();
        self.server(&format!("<bind {C} id='{id}'></bind>"))
    }

    /// What the router sends while we are ready.
    pub fn inbound(&mut self, text: &str) -> Inbound {
        let mut input = BytesMut::from(text);
        let item = self.recorder.scanner.next(&mut input).expect("good XML");
        let Some(Item::Element(element)) = item else { panic!("{item:?}") };
        assert!(input.is_empty());
        self.dialect.inbound(element, &mut self.recorder).expect("never the end")
    }

    /// The delivery of a stanza for the user.
    pub fn delivered(&mut self, text: &str) -> Delivery {
        match self.inbound(text) {
            Inbound::Stanza(delivery) => delivery,
            other => panic!("{other:?}"),
        }
    }

    /// The delivery of what answers a request, and whether it says that it failed.
    pub fn replied(&mut self, text: &str) -> (Delivery, bool) {
        match self.inbound(text) {
            Inbound::Reply { delivery, error } => (delivery, error),
            other => panic!("{other:?}"),
        }
    }

    /// What the user sends while we are ready, as the router reads it.
    pub fn outbound(&mut self, text: &str) -> String {
        let element = text.parse().expect("good XML");
        let element = self.dialect.outbound(element, &mut self.recorder).expect("a form");
        let mut out = BytesMut::new();
        element.write_to(&mut out, &Scope::content(ns::JABBERD20_COMPONENT));
        String::from_utf8(out.to_vec()).expect("text")
    }

    pub fn is_request(&self, text: &str) -> bool {
        self.dialect.is_request(&text.parse().expect("good XML"))
    }

    pub fn redaction(&self, text: &str) -> Redaction {
        self.dialect.redaction(&text.parse().expect("good XML"))
    }
}
