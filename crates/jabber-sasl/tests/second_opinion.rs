//! Another implementation of SCRAM on the other side: `rsasl`, as server and as client.
#![cfg(feature = "server")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod common;

use std::sync::Arc;

use common::*;
use jabber_sasl::{Mechanism, SaslError, server::ScramServer};
use rsasl::{
    callback::{Context, Request, SessionCallback, SessionData},
    mechanisms::scram::{self, properties::ScramStoredPassword, tools},
    prelude::{
        ChannelBindingCallback, Mechname, Registry, SASLClient, SASLConfig, SASLServer,
        SessionError, Validation,
    },
    property::{AuthId, Password},
    validate::{Validate, ValidationError},
};
use sha2::digest::{Digest, FixedOutputReset, Output, core_api::BlockSizeUser};

const SALT: &[u8] = b"0123456789abcdef";

const SCRAM: [Mechanism; 6] = [
    Mechanism::ScramSha1,
    Mechanism::ScramSha256,
    Mechanism::ScramSha512,
    Mechanism::ScramSha1Plus,
    Mechanism::ScramSha256Plus,
    Mechanism::ScramSha512Plus,
];

/// The channel, as `rsasl` asks for it.
struct Channel;

impl ChannelBindingCallback for Channel {
    fn get_cb_data(&self, name: &str) -> Option<&[u8]> {
        (name == "tls-exporter").then_some(EXPORTED.as_slice())
    }
}

/// A server's store with one user.
struct Store {
    stored_key: Vec<u8>,
    server_key: Vec<u8>,
}

/// A client's user.
struct Person {
    password: String,
    binds: bool,
}

impl SessionCallback for Person {
    fn callback(
        &self,
        _session: &SessionData,
        _context: &Context<'_>,
        request: &mut Request<'_>,
    ) -> Result<(), SessionError> {
        request.satisfy::<AuthId>(USER)?;
        request.satisfy::<Password>(self.password.as_bytes())?;
        Ok(())
    }

    fn enable_channel_binding(&self) -> bool {
        self.binds
    }
}

struct Name;

impl Validation for Name {
    type Value = String;
}

impl SessionCallback for Store {
    fn callback(
        &self,
        _session: &SessionData,
        context: &Context<'_>,
        request: &mut Request<'_>,
    ) -> Result<(), SessionError> {
        if context.get_ref::<AuthId>() == Some(USER) {
            let keys = ScramStoredPassword::new(4096, SALT, &self.stored_key, &self.server_key);
            request.satisfy::<ScramStoredPassword<'_>>(&keys)?;
        }
        Ok(())
    }

    fn validate(
        &self,
        _session: &SessionData,
        context: &Context<'_>,
        validate: &mut Validate<'_>,
    ) -> Result<(), ValidationError> {
        let name = context.get_ref::<AuthId>().unwrap_or_default().to_owned();
        validate.with::<Name, _>(|| Ok(name))?;
        Ok(())
    }
}

fn store<D>(password: &str) -> Store
where
    D: Digest + FixedOutputReset + BlockSizeUser + Clone + Sync,
{
    let mut salted = Output::<D>::default();
    tools::hash_password::<D>(password.as_bytes(), 4096, SALT, &mut salted);
    let (client_key, server_key) = tools::derive_keys::<D>(salted.as_slice());
    Store { stored_key: D::digest(client_key).to_vec(), server_key: server_key.to_vec() }
}

fn store_for(mechanism: Mechanism, password: &str) -> Store {
    match mechanism {
        Mechanism::ScramSha1 | Mechanism::ScramSha1Plus => store::<sha1::Sha1>(password),
        Mechanism::ScramSha256 | Mechanism::ScramSha256Plus => store::<sha2::Sha256>(password),
        _ => store::<sha2::Sha512>(password),
    }
}

/// Its defaults leave out what binds the channel.
static MECHANISMS: [rsasl::prelude::Mechanism; 6] = [
    scram::SCRAM_SHA1_PLUS,
    scram::SCRAM_SHA256_PLUS,
    scram::SCRAM_SHA512_PLUS,
    scram::SCRAM_SHA1,
    scram::SCRAM_SHA256,
    scram::SCRAM_SHA512,
];

/// With the mechanisms that bind the channel, those that do not, or both.
fn config(
    mechanisms: &'static [rsasl::prelude::Mechanism],
    callback: impl SessionCallback + 'static,
) -> Arc<SASLConfig> {
    let registry = Registry::with_mechanisms(mechanisms);
    SASLConfig::builder().with_registry(registry).with_callback(callback).unwrap()
}

fn of_its_sort(mechanism: Mechanism) -> &'static [rsasl::prelude::Mechanism] {
    if mechanism.binds_channel() { &MECHANISMS[..3] } else { &MECHANISMS[3..] }
}

/// Our client at its server. Returns the name that it takes us for, if it does.
fn at_its_server(mechanism: Mechanism, password: &str) -> Result<String, SaslError> {
    let server = SASLServer::<Name, _>::with_cb(
        config(of_its_sort(mechanism), store_for(mechanism, password)),
        Channel,
    );
    let mut server = server.start_suggested(Mechname::parse(mechanism.name().as_bytes()).unwrap());
    let server = server.as_mut().unwrap();

    let mut exchange = start(mechanism);
    let first = initial(&mut exchange);
    let mut challenge = Vec::new();
    server.step(Some(&first), &mut challenge).unwrap();
    let last = respond(&mut exchange, &challenge).unwrap();
    let mut proof = Vec::new();
    server.step(Some(&last), &mut proof).unwrap();
    assert!(exchange.success(Some(&proof))?.is_mutual(), "{mechanism}");
    Ok(server.validation().unwrap())
}

/// Its client at our server.
fn at_our_server(mechanism: Mechanism, password: &str) {
    let person = Person { password: password.to_owned(), binds: mechanism.binds_channel() };
    let name = Mechname::parse(mechanism.name().as_bytes()).unwrap();
    let mut client = SASLClient::with_cb(config(of_its_sort(mechanism), person), Channel)
        .start_suggested(&[name])
        .unwrap();
    let mut step = |input: Option<&[u8]>| {
        let mut output = Vec::new();
        client.step(input, &mut output).map(|_| output)
    };
    let mut server = ScramServer::new(mechanism, "ours", SALT, 4096, &PASSWORD.into())
        .unwrap()
        .with_channel_binding(binding());
    let (user, challenge) = server.first(&step(None).unwrap()).unwrap();
    assert_eq!(user, USER);
    let last = step(Some(&challenge)).unwrap();
    match server.finish(&last) {
        Ok(proof) => assert!(password == PASSWORD && step(Some(&proof)).is_ok(), "{mechanism}"),
        Err(_) => assert_ne!(password, PASSWORD, "{mechanism}"),
    }
}

#[test]
fn our_client_at_its_server() {
    for mechanism in SCRAM {
        assert_eq!(at_its_server(mechanism, PASSWORD).unwrap(), USER, "{mechanism}");
        let refused = SaslError::Refused { condition: "invalid-proof".to_owned() };
        assert_eq!(at_its_server(mechanism, "other"), Err(refused), "{mechanism}");
    }
}

/// We were offered nothing to bind the channel with, and could; the server did offer it. So somebody
/// removed it, and the server notices by our `y` flag (RFC 5802 §6).
#[test]
fn its_server_notices_a_removed_offer() {
    let callback = store_for(Mechanism::ScramSha256, PASSWORD);
    let server = SASLServer::<Name, _>::with_cb(config(&MECHANISMS, callback), Channel);
    let mut server = server.start_suggested(Mechname::parse(b"SCRAM-SHA-256").unwrap()).unwrap();
    let first = initial(&mut start(Mechanism::ScramSha256));
    let error = server.step(Some(&first), &mut Vec::new()).unwrap_err();
    assert!(format!("{error:?}").contains("ChannelBindingsNotUsed"), "{error:?}");
}

#[test]
fn its_client_at_our_server() {
    for mechanism in SCRAM {
        at_our_server(mechanism, PASSWORD);
        at_our_server(mechanism, "other");
    }
}

/// The messages of the `sasl` crate's own PLAIN and ours are the same.
#[test]
fn plain_as_the_sasl_crate_writes_it() {
    use sasl::client::{Mechanism as _, mechanisms::Plain};

    let message = initial(&mut start(Mechanism::Plain));
    assert_eq!(*message, Plain::new(USER, PASSWORD).initial());
}
