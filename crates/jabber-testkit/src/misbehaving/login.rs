//! The server's side of logins.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jabber_sasl::{
    FailureCondition, Mechanism, Offer,
    server::{DigestMd5Server, PlainLogin, ScramServer},
};
use jabber_security::{Secret, hex};
use jabber_xml::Element;

use crate::{fixed::channel_binding, keys::scram_keys};

/// jabberd 2's router.
const REALM: &str = "jabberd-router";
/// What it is does not matter to a test, and so it is always the same.
pub(super) const NONCE: &str = "NonceOfTheTestkit";

/// A SASL login.
#[derive(Debug, Default)]
pub(super) enum Sasl {
    #[default]
    Idle,
    Scram(Box<ScramServer>),
    Digest(DigestMd5Server),
}

type Outcome = Result<Vec<u8>, FailureCondition>;

impl Sasl {
    /// The answer to `<auth/>`.
    pub(super) fn challenge(
        &mut self,
        auth: &Element,
        mechanism: Mechanism,
        secret: &Secret,
        offered: &[&str],
    ) -> Outcome {
        check_mechanism(auth, mechanism)?;
        if mechanism == Mechanism::DigestMd5 {
            let login = DigestMd5Server::new(REALM, NONCE);
            let challenge = login.challenge();
            *self = Self::Digest(login);
            return Ok(challenge);
        }
        let keys = scram_keys(mechanism, secret).map_err(|_| FailureCondition::InvalidMechanism)?;
        let login = ScramServer::with_keys(mechanism, NONCE, keys);
        let mut login =
            login.map_err(|error| error.condition())?.with_channel_binding(channel_binding());
        if !offered.is_empty() {
            login = login.with_offer(&Offer::new(offered.iter().copied()));
        }
        let (_, challenge) = login.first(&data(auth)?).map_err(|error| error.condition())?;
        *self = Self::Scram(Box::new(login));
        Ok(challenge)
    }

    /// The data of the success, if the client has proved itself.
    pub(super) fn success(
        &mut self,
        last: &Element,
        mechanism: Mechanism,
        secret: &Secret,
    ) -> Outcome {
        let message = data(last)?;
        match std::mem::take(self) {
            Self::Scram(login) => login.finish(&message),
            Self::Digest(login) => login.read(&message).and_then(|login| login.verify(secret)),
            Self::Idle => {
                check_mechanism(last, mechanism)?;
                let login = PlainLogin::parse(&message).map_err(|error| error.condition())?;
                let right = login.verify(secret);
                return right.then(Vec::new).ok_or(FailureCondition::NotAuthorized);
            }
        }
        .map_err(|error| error.condition())
    }
}

/// A challenge, and the data of a success, for a login that has not come so far.
pub(super) const fn blind(mechanism: Mechanism) -> (&'static str, &'static str) {
    match mechanism {
        Mechanism::DigestMd5 => (
            "realm=\"jabberd-router\", nonce=\"blind\", qop=\"auth\", charset=utf-8, algorithm=md5-sess",
            "rspauth=00000000000000000000000000000000",
        ),
        Mechanism::Plain => ("", ""),
        _ => ("r=blind,s=YmxpbmQ=,i=4096", "v=YmxpbmQ="),
    }
}

fn check_mechanism(auth: &Element, mechanism: Mechanism) -> Result<(), FailureCondition> {
    let asked = auth.attribute("mechanism");
    let right = asked.as_deref() == Some(mechanism.name());
    right.then_some(()).ok_or(FailureCondition::InvalidMechanism)
}

fn data(element: &Element) -> Outcome {
    match &*element.text() {
        // RFC 6120 §6.4.2: data of no length.
        "=" => Ok(Vec::new()),
        text => STANDARD.decode(text).map_err(|_| FailureCondition::IncorrectEncoding),
    }
}

/// SHA-1 over the stream's id and the secret, in lower-case hexadecimal (XEP-0078 §3.2,
/// XEP-0114 §3).
pub(super) fn digest(stream_id: &str, secret: &Secret) -> String {
    use sha1::{Digest as _, Sha1};
    hex(Sha1::new().chain_update(stream_id).chain_update(secret.expose()).finalize())
}
