//! One try to log in (RFC 6120 §6.4).

use jabber_jid::Jid;
use jabber_sasl::{
    FailureCondition, Mechanism,
    server::{PlainLogin, ScramServer},
};
use jabber_xml::Element;
use tokio::task::spawn_blocking;

use super::features::Offer;
use crate::{
    config::Config,
    random,
    sasl::{Refused, ask, decode, success},
    stream::Stream,
};

/// Verifies a login that begins with that `<auth/>`. Returns the account and the success to send.
pub(super) async fn exchange(
    stream: &mut Stream,
    config: &Config,
    offer: Offer,
    auth: &Element,
) -> Result<(Jid, Element), Refused> {
    // RFC 6120 §6.5.4.
    if !offer.login {
        return Err(FailureCondition::EncryptionRequired.into());
    }
    let mechanism = auth.attribute("mechanism").and_then(|name| name.parse().ok());
    let mechanism: Mechanism = mechanism.ok_or(FailureCondition::InvalidMechanism)?;
    if !offer.mechanisms().any(|offered| offered == mechanism) {
        return Err(match mechanism {
            Mechanism::Plain => FailureCondition::EncryptionRequired.into(),
            _ => FailureCondition::InvalidMechanism.into(),
        });
    }
    let first = match auth.text() {
        // RFC 6120 §6.4.2: no initial response; the mechanisms here begin with the client.
        text if text.is_empty() => ask(stream, &[]).await?,
        _ => decode(auth.root())?,
    };
    let (account, data) = match mechanism {
        Mechanism::Plain => plain(config, &first)?,
        _ => scram(stream, config, offer, mechanism, &first).await?,
    };
    let success = success(&data).map_err(|_| FailureCondition::TemporaryAuthFailure)?;
    Ok((account, success))
}

fn plain(config: &Config, message: &[u8]) -> Result<(Jid, Vec<u8>), Refused> {
    let login = PlainLogin::parse(message)?;
    let account = account(config, login.username());
    if !login.verify(config.accounts.of(account.as_ref()).password()) {
        return Err(FailureCondition::NotAuthorized.into());
    }
    Ok((authorize(config, account, login.authzid())?, Vec::new()))
}

async fn scram(
    stream: &mut Stream,
    config: &Config,
    offer: Offer,
    mechanism: Mechanism,
    first: &[u8],
) -> Result<(Jid, Vec<u8>), Refused> {
    let account = account(config, &ScramServer::username(first)?);
    let secret = config.accounts.of(account.as_ref());
    // Key derivation takes milliseconds, which other connections must not wait for.
    let keys = spawn_blocking(move || secret.keys(mechanism)).await.ok().flatten();
    let keys = keys.ok_or(FailureCondition::TemporaryAuthFailure)?;
    let nonce = random::token::<24>().map_err(|_| FailureCondition::TemporaryAuthFailure)?;
    let mut login = ScramServer::with_keys(mechanism, &nonce, keys)?
        .with_channel_binding(stream.binding.clone())
        .with_offer(&offer.signed());
    let (_, challenge) = login.first(first)?;
    let last = ask(stream, &challenge).await?;
    let authzid = login.authzid().map(str::to_owned);
    let data = login.finish(&last)?;
    Ok((authorize(config, account, authzid.as_deref())?, data))
}

/// The bare JID that a user name stands for.
fn account(config: &Config, username: &str) -> Option<Jid> {
    Jid::from_parts(Some(username), config.domain.domain(), None).ok()
}

/// Nobody may act for anybody else (RFC 6120 §6.3.8).
fn authorize(config: &Config, account: Option<Jid>, authzid: Option<&str>) -> Result<Jid, Refused> {
    let account = account.filter(|account| config.accounts.contains(account));
    let account = account.ok_or(FailureCondition::NotAuthorized)?;
    match authzid {
        Some(authzid) if !Jid::new(authzid).is_ok_and(|authzid| authzid == account) => {
            Err(FailureCondition::InvalidAuthzid.into())
        }
        _ => Ok(account),
    }
}
