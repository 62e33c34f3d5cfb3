//! What the tests share.
#![allow(dead_code, reason = "each test file takes what it needs")]

use jabber_sasl::{
    Choice, Credentials, Exchange, Mechanism, Message, Offer, Policy, Reply, SaslError, Service,
    choose,
};
use jabber_security::{ChannelBinding, Entropy, Security, TlsFacts};

pub(crate) const USER: &str = "alice";
pub(crate) const PASSWORD: &str = "wonderland=,42";
pub(crate) const EXPORTED: [u8; 32] = [0x5a; 32];
pub(crate) const HOST: &str = "example.org";

/// Bytes that count up: different in each call, the same in each run.
#[derive(Default)]
pub(crate) struct Counting(u8);

impl Entropy for Counting {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0 = self.0.wrapping_add(1);
            *byte = self.0;
        }
    }
}

pub(crate) fn binding() -> ChannelBinding {
    ChannelBinding::none().with_tls_exporter(EXPORTED).with_tls_server_end_point(vec![0xa5; 32])
}

pub(crate) fn encrypted(binding: ChannelBinding) -> Security {
    Security::Encrypted(TlsFacts::new("TLSv1.3", "TLS_AES_128_GCM_SHA256", HOST, binding))
}

pub(crate) fn alice() -> Credentials {
    Credentials::new(USER, PASSWORD.into())
}

/// A login by exactly that mechanism, over TLS with channel binding.
pub(crate) fn start_with(mechanism: Mechanism, credentials: &Credentials) -> Choice {
    let offer = offer_of(mechanism);
    let security = encrypted(binding());
    choose(&Policy::only(&[mechanism]), &offer, credentials, &security, &Service::new(HOST))
        .unwrap()
}

pub(crate) fn start(mechanism: Mechanism) -> Exchange {
    start_with(mechanism, &alice()).exchange
}

pub(crate) fn offer_of(mechanism: Mechanism) -> Offer<'static> {
    let offer = Offer::new([mechanism.name()]);
    if mechanism.binds_channel() { offer.with_channel_bindings(["tls-exporter"]) } else { offer }
}

pub(crate) fn initial(exchange: &mut Exchange) -> Message {
    exchange.initial(&mut Counting::default()).unwrap().expect("an initial response")
}

/// The response to a challenge, a derivation on the way included.
pub(crate) fn respond(exchange: &mut Exchange, challenge: &[u8]) -> Result<Message, SaslError> {
    match exchange.challenge(challenge, &mut Counting::default())? {
        Reply::Respond(message) => Ok(message),
        Reply::Derive(job) => exchange.derived(job.run()),
        other => panic!("{other:?}"),
    }
}

pub(crate) fn text(message: &[u8]) -> &str {
    str::from_utf8(message).unwrap()
}

/// The nonce in a client's first SCRAM message.
pub(crate) fn nonce_of(client_first: &[u8]) -> &str {
    text(client_first).split_once(",r=").unwrap().1
}
