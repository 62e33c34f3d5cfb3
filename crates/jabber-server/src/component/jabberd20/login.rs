//! Until a component is logged in: header, STARTTLS (RFC 6120 §5), SASL (RFC 6120 §6).

use jabber_sasl::{
    FailureCondition, Mechanism,
    server::{DigestMd5Server, PlainLogin},
};
use jabber_xml::{Content, Element, StreamCondition, StreamHeader, XmlError, ns};

use crate::{
    StartTls,
    config::Config,
    ending::Ending,
    random,
    sasl::{Refused, TRIES, ask, decode, exhausted, failure, success},
    stream::Stream,
};

const REALM: &str = "jabberd-router";

/// Who has logged in.
#[derive(Debug)]
pub(in crate::component) struct User {
    pub(super) name: String,
    pub(super) binds_anything: bool,
}

/// The rest of a negotiation that began with that header.
pub(in crate::component) async fn negotiate(
    stream: &mut Stream,
    mut header: StreamHeader,
    config: &Config,
) -> Result<User, Ending> {
    let mut encrypted = false;
    let user = loop {
        let starttls = !encrypted && config.starttls != StartTls::Off;
        open(stream, &header, config, before_login(starttls, encrypted)?).await?;
        let step = login(stream, config, starttls, encrypted).await?;
        match step {
            Step::StartTls => {
                stream.start_tls(&config.tls).await?;
                encrypted = true;
            }
            Step::Done(user) => break user,
        }
        stream.restart();
        header = stream.header().await?;
    };
    stream.restart();
    let header = stream.header().await?;
    open(stream, &header, config, Element::builder("features", ns::STREAM).build()?).await?;
    Ok(user)
}

/// Answers a header. What it says of whom it is for does not matter to jabberd2.
async fn open(
    stream: &mut Stream,
    header: &StreamHeader,
    config: &Config,
    features: Element,
) -> Result<(), Ending> {
    if header.content() != ns::JABBERD20_COMPONENT {
        let text = "the default namespace was another one before";
        return Err(Ending::because(StreamCondition::InvalidNamespace, text));
    }
    let answer = StreamHeader::new(ns::JABBERD20_COMPONENT)
        .with_from(header.to().unwrap_or(config.domain.as_str()))
        .with_id(random::token::<20>()?);
    let Some(version) = header.version() else {
        // RFC 6120 §4.7.5: there are no features before 1.0.
        return stream.open(&answer, None).await;
    };
    let major = version.split_once('.').and_then(|(major, _)| major.parse().ok());
    if major.is_none_or(|major: u32| major < 1) {
        let text = "the router speaks version 1.0";
        return Err(Ending::because(StreamCondition::UnsupportedVersion, text));
    }
    stream.open(&answer.with_version("1.0"), Some(&features)).await
}

/// PLAIN is for TLS only; the digest is all that jabberd2 has.
const fn mechanisms(encrypted: bool) -> &'static [Mechanism] {
    if encrypted { &[Mechanism::DigestMd5, Mechanism::Plain] } else { &[Mechanism::DigestMd5] }
}

fn before_login(starttls: bool, encrypted: bool) -> Result<Element, XmlError> {
    let mut features = Content::from(Element::builder("features", ns::STREAM));
    if starttls {
        features = features.child("starttls", ns::TLS, |starttls| starttls);
    }
    let list = features.child("mechanisms", ns::SASL, |list| {
        mechanisms(encrypted).iter().fold(Content::from(list), |list, mechanism| {
            list.child("mechanism", ns::SASL, |name| name.text(mechanism.name()))
        })
    });
    list.build()
}

enum Step {
    StartTls,
    Done(User),
}

async fn login(
    stream: &mut Stream,
    config: &Config,
    starttls: bool,
    encrypted: bool,
) -> Result<Step, Ending> {
    let mut failures = 0;
    while failures < TRIES {
        let element = stream.element().await?;
        if element.namespace() == ns::JABBERD20_COMPONENT {
            // jabberd2 answers nothing before the login, not even a refusal.
            continue;
        }
        if element.is("starttls", ns::TLS) {
            if starttls {
                stream.send_built(Element::builder("proceed", ns::TLS).build()).await?;
                return Ok(Step::StartTls);
            }
            // RFC 6120 §5.4.2.2: the stream ends with the refusal.
            stream.send_built(Element::builder("failure", ns::TLS).build()).await?;
            return Err(Ending::Closed);
        }
        if !element.is("auth", ns::SASL) {
            // RFC 6120 §4.9.3.12.
            return Err(Ending::because(StreamCondition::NotAuthorized, "log in first"));
        }
        match exchange(stream, config, encrypted, &element).await {
            Ok((user, data)) => {
                stream.send_built(success(&data)).await?;
                return Ok(Step::Done(user));
            }
            Err(Refused::Stream(ending)) => return Err(ending),
            Err(Refused::Login(condition)) => {
                failures += 1;
                stream.send_built(failure(&condition)).await?;
            }
        }
    }
    Err(exhausted())
}

/// One try to log in. Returns the user and what comes with the success.
async fn exchange(
    stream: &mut Stream,
    config: &Config,
    encrypted: bool,
    auth: &Element,
) -> Result<(User, Vec<u8>), Refused> {
    let mechanism = auth.attribute("mechanism").and_then(|name| name.parse().ok());
    let offered = mechanism.filter(|mechanism| mechanisms(encrypted).contains(mechanism));
    let initial = auth.text();
    match offered {
        Some(Mechanism::Plain) => {
            let message = match &*initial {
                "" => ask(stream, &[]).await?,
                _ => decode(auth.root())?,
            };
            let login = PlainLogin::parse(&message)?;
            let (user, right) = user(config, login.username(), login.authzid())?;
            let right = login.verify(right);
            Ok((right.then_some(user).ok_or(FailureCondition::NotAuthorized)?, Vec::new()))
        }
        Some(_) => {
            // RFC 2831 §2.1: the server speaks first.
            if !initial.is_empty() {
                return Err(FailureCondition::MalformedRequest.into());
            }
            let nonce =
                random::token::<20>().map_err(|_| FailureCondition::TemporaryAuthFailure)?;
            let login = DigestMd5Server::new(REALM, nonce);
            let response = ask(stream, &login.challenge()).await?;
            let response = login.read(&response)?;
            let (user, secret) = user(config, response.username(), response.authzid())?;
            // RFC 6120 §6.4.6: the last word comes with the success.
            Ok((user, response.verify(secret)?))
        }
        None if mechanism == Some(Mechanism::Plain) => {
            Err(FailureCondition::EncryptionRequired.into())
        }
        None => Err(FailureCondition::InvalidMechanism.into()),
    }
}

fn user<'a>(
    config: &'a Config,
    name: &str,
    authzid: Option<&str>,
) -> Result<(User, &'a jabber_security::Secret), Refused> {
    let known = config.router_users.get(name).ok_or(FailureCondition::NotAuthorized)?;
    // Nobody may act for anybody else (RFC 6120 §6.3.8).
    if authzid.is_some_and(|authzid| authzid != name) {
        return Err(FailureCondition::InvalidAuthzid.into());
    }
    Ok((User { name: name.to_owned(), binds_anything: known.binds_anything }, &known.secret))
}
