//! What a client makes of what a server offers.

use std::{sync::Arc, time::Duration};

use bytes::BytesMut;
use jabber_connection::{Config, Connection, Effects, Receipt, RequestEnd, RequestId, Returned};
use jabber_dialect::Delivery;
use jabber_sasl::{Mechanism, Policy};
use jabber_security::{ChannelBinding, Entropy, KeyDerivation, Security, TlsFacts};
use jabber_status::{KindSet, StatusEvent};

/// Only what goes out counts.
#[derive(Default)]
struct Sink(BytesMut);

impl Effects for Sink {
    fn interests(&self) -> KindSet {
        KindSet::EMPTY
    }
    fn status(&mut self, _: &dyn StatusEvent) {}
    fn transmit(&mut self) -> &mut BytesMut {
        &mut self.0
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

impl Entropy for Sink {
    fn fill(&mut self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

/// The first byte says how the pipe is protected and what may be used; the rest stands in
/// `<stream:features/>`.
///
/// A login is begun only by a mechanism that the policy permits and the server has named; the password
/// itself never crosses an open pipe; and where TLS is required nothing of a login goes out without.
pub(crate) fn features(input: &[u8]) {
    const PASSWORD: &str = "wonderland";
    let Some((mode, offered)) = input.split_first() else { return };
    let bound = ChannelBinding::none().with_tls_exporter([1; 32]);
    let facts = TlsFacts::new("TLSv1.3", "", "example.org", bound);
    let (security, tls) = match mode % 3 {
        0 => (Security::Encrypted(facts), jabber_xmpp::TlsPolicy::Required),
        1 => (Security::Open, jabber_xmpp::TlsPolicy::Required),
        _ => (Security::Open, jabber_xmpp::TlsPolicy::Off),
    };
    let policy = match mode / 3 % 3 {
        0 => Policy::default(),
        1 => Policy::only(&[Mechanism::Plain]),
        _ => Policy::only(&Mechanism::ALL),
    };
    let jid = "alice@example.org".parse::<jabber_jid::Jid>().expect("a JID");
    let config = jabber_xmpp::Config::new(jid, PASSWORD).with_tls(tls).with_policy(policy);
    let config = if tls == jabber_xmpp::TlsPolicy::Off {
        // The login may cross; the password itself still may not.
        config.with_policy(policy.forbid(Mechanism::Plain)).dangerous_allow_plaintext()
    } else {
        config
    };
    let mut connection = Connection::new(Arc::new(config), Config::default());
    let (mut sink, now) = (Sink::default(), Duration::ZERO);
    let _ = connection.connect(now, &mut sink);
    let is_open = security == Security::Open;
    connection.connected(security, now, &mut sink);
    let mut said = BytesMut::from(
        &b"<stream:stream xmlns='jabber:client' version='1.0' id='1' from='example.org' \
           xmlns:stream='http://etherx.jabber.org/streams'><stream:features>"[..],
    );
    said.extend_from_slice(offered);
    said.extend_from_slice(b"</stream:features>");
    connection.receive(&mut said, now, &mut sink);

    let sent = String::from_utf8_lossy(&sink.0).into_owned();
    let Some((_, auth)) = sent.split_once("<auth ") else { return };
    assert!(!(is_open && tls == jabber_xmpp::TlsPolicy::Required), "a login without TLS: {sent}");
    let name = auth.split("mechanism='").nth(1).and_then(|rest| rest.split('\'').next());
    let mechanism: Mechanism = name.unwrap_or_default().parse().expect("a mechanism");
    assert!(policy.allows(mechanism), "{mechanism} is not permitted");
    assert!(!(is_open && mechanism == Mechanism::Plain), "the password is readable: {sent}");
    // However it was written, it was named.
    let plain = String::from_utf8_lossy(offered);
    assert!(plain.contains(mechanism.name()) || plain.contains(['&', '[']), "{mechanism}: {plain}");
}
