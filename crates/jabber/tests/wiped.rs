//! What a login has written is overwritten in the write buffer, in every dialect, without I/O.
#![cfg(all(
    feature = "xmpp",
    feature = "legacy",
    feature = "component",
    feature = "jabberd20-component"
))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::{sync::Arc, time::Duration};

use bytes::BytesMut;
use jabber::{
    Jid, KindSet, Protocol, StatusEvent, component, jabberd20_component, legacy,
    sasl::{Mechanism, Policy},
    xmpp,
};
use jabber_connection::{
    Config, Connection, Effects, Receipt, RequestEnd, RequestId, Returned, WriteBuffer,
};
use jabber_dialect::Delivery;
use jabber_security::{Entropy, KeyDerivation, Security};

const PASSWORD: &str = "wonderland";

#[derive(Default)]
struct Driver(WriteBuffer);

impl Effects for Driver {
    fn interests(&self) -> KindSet {
        KindSet::EMPTY
    }
    fn status(&mut self, _: &dyn StatusEvent) {}
    fn transmit(&mut self) -> &mut BytesMut {
        self.0.bytes_mut()
    }
    fn secret(&mut self) {
        self.0.secret();
    }
    fn stanza(&mut self, _: Delivery) {}
    fn request_ended(&mut self, _: RequestId, _: RequestEnd) {}
    fn returned(&mut self, _: Receipt, _: Returned) {}
    fn connect(&mut self, _: Option<&str>) {}
    fn start_tls(&mut self) {}
    fn derive(&mut self, _: KeyDerivation) {}
    fn close(&mut self) {}
    fn entropy(&mut self) -> &mut dyn Entropy {
        self
    }
}

impl Entropy for Driver {
    fn fill(&mut self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

fn jid(text: &str) -> Jid {
    text.parse().unwrap()
}

fn header(content: &str) -> String {
    format!(
        "<stream:stream xmlns='{content}' version='1.0' id='1' from='example.org' \
         xmlns:stream='http://etherx.jabber.org/streams'>"
    )
}

fn offers(mechanism: &str) -> String {
    format!(
        "<stream:features xmlns:stream='http://etherx.jabber.org/streams'><mechanisms \
         xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>{mechanism}</mechanism></mechanisms>\
         </stream:features>"
    )
}

/// `nonce="x",qop="auth",charset=utf-8,algorithm=md5-sess`.
const CHALLENGE: &str = "<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>\
    bm9uY2U9IngiLHFvcD0iYXV0aCIsY2hhcnNldD11dGYtOCxhbGdvcml0aG09bWQ1LXNlc3M=</challenge>";

const FORM: &str = "<iq type='result' id='ID'><query xmlns='jabber:iq:auth'><username/>\
    <FIELD/><resource/></query></iq>";

/// Plays a login, and gives what was written and how much of it was overwritten, each time.
fn written(protocol: Arc<dyn Protocol>, says: &[String]) -> Vec<(String, usize)> {
    let (mut driver, now) = (Driver::default(), Duration::ZERO);
    let mut connection = Connection::new(protocol, Config::default());
    connection.connect(now, &mut driver).unwrap();
    connection.connected(Security::Private, now, &mut driver);
    let (mut input, mut written): (_, Vec<(String, usize)>) = (BytesMut::new(), Vec::new());
    for said in [String::new()].iter().chain(says) {
        let before = written.last().map_or("", |(text, _)| text);
        let id = before.split(" id='").nth(1).and_then(|rest| rest.split('\'').next());
        input
            .extend_from_slice(said.replace("'ID'", &format!("'{}'", id.unwrap_or(""))).as_bytes());
        connection.receive(&mut input, now, &mut driver);
        let text = String::from_utf8(driver.0.bytes().to_vec()).unwrap();
        let wiped = driver.0.taken(text.len()).unwrap_or_default();
        assert!(wiped.iter().all(|byte| *byte == 0), "{wiped:?}");
        connection.wrote(text.len(), &mut driver);
        connection.flushed(now, &mut driver);
        written.push((text, wiped.len()));
    }
    written
}

#[test]
fn threat_36_a_login_that_is_written_is_overwritten() {
    let only = |mechanism| Policy::only(&[mechanism]);
    let client = |mechanism| -> Arc<dyn Protocol> {
        let config = xmpp::Config::new(jid("alice@example.org"), PASSWORD);
        let config = config.with_tls(xmpp::TlsPolicy::Off).with_policy(only(mechanism));
        Arc::new(config.dangerous_allow_plaintext())
    };
    let router = |mechanism| -> Arc<dyn Protocol> {
        let config = jabberd20_component::Config::new(jid("example.org"), PASSWORD);
        let config = config.with_tls(jabberd20_component::TlsPolicy::Off);
        Arc::new(config.with_policy(only(mechanism)))
    };
    let old = || legacy::Config::new(jid("alice@example.org/desk"), PASSWORD).unwrap();
    let of = |content: &str, then: &[&str]| -> Vec<String> {
        [header(content)].into_iter().chain(then.iter().map(|&it| it.to_owned())).collect()
    };
    let routes = "http://jabberd.jabberstudio.org/ns/component/1.0";
    let (plain, digest) = (offers("PLAIN"), offers("DIGEST-MD5"));
    let scram = offers("SCRAM-SHA-1");
    let [by_password, by_digest] = ["password", "digest"].map(|it| FORM.replace("FIELD", it));
    let logins: [(Arc<dyn Protocol>, _, &str); 8] = [
        (client(Mechanism::Plain), of("jabber:client", &[&plain]), "</auth>"),
        (client(Mechanism::ScramSha1), of("jabber:client", &[&scram]), "</auth>"),
        (client(Mechanism::DigestMd5), of("jabber:client", &[&digest, CHALLENGE]), "</response>"),
        (router(Mechanism::Plain), of(routes, &[&plain]), "</auth>"),
        (router(Mechanism::DigestMd5), of(routes, &[&digest, CHALLENGE]), "</response>"),
        (Arc::new(old()), of("jabber:client", &[&by_password]), "</password>"),
        (Arc::new(old()), of("jabber:client", &[&by_digest]), "</digest>"),
        (
            Arc::new(component::Config::new(jid("example.org"), PASSWORD)),
            of("jabber:component:accept", &[]),
            "</handshake>",
        ),
    ];
    for (protocol, says, step) in logins {
        let name = protocol.name();
        let written = written(protocol, &says);
        let (text, wiped) = written.last().unwrap();
        let behind = text.rfind(step).map(|at| at + step.len());
        let behind = behind.unwrap_or_else(|| panic!("{name} has not sent {step}"));
        assert!((behind..=text.len()).contains(wiped), "{name}, {step}: {wiped} of {behind}");
        // Nothing is overwritten that need not be: a header says no secret.
        assert_eq!(written.first().map(|(_, wiped)| *wiped), Some(0));
    }
}
