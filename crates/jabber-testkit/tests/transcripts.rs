//! Every transcript of our dialects: what is written in `transcripts/` is what happens, however the
//! server's bytes are cut.
//!
//! After a change that is meant to change them: run this with `JABBER_BLESS=1`, then read what
//! `git diff` says, line by line, with docs/statuses.md beside it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::{path::Path, sync::Arc};

use jabber_component as component;
use jabber_dialect::Protocol;
use jabber_jid::Jid;
use jabber_sasl::{Credentials, Mechanism, Policy};
use jabber_testkit::{Settings, check_folder};
use jabber_xmpp::{self as xmpp, OnConflict, SessionPolicy, TlsPolicy};

fn folder(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts").join(name)
}

#[test]
fn xmpp() {
    let count = check_folder(&folder("xmpp"), |settings| Ok(Arc::new(xmpp_config(settings)?)));
    println!("{} transcripts hold", count.unwrap_or_else(|error| panic!("{error}")));
}

#[test]
fn component() {
    let count =
        check_folder(&folder("component"), |settings| Ok(Arc::new(component_config(settings)?)));
    println!("{} transcripts hold", count.unwrap_or_else(|error| panic!("{error}")));
}

/// alice@localhost with the password `secret`, and what the settings change.
fn xmpp_config(settings: &Settings) -> Result<xmpp::Config, String> {
    let jid = |text: &str| text.parse::<Jid>().map_err(|error| error.to_string());
    let account = jid(settings.get("jid").unwrap_or("alice@localhost/oracle"))?;
    let password = settings.get("password").unwrap_or("secret");
    let mut config = match settings.get("as") {
        None => xmpp::Config::new(account, password).with_policy(Policy::PLAIN_OVER_TLS),
        Some("anonymous") => xmpp::Config::anonymous(account),
        Some("external") => xmpp::Config::external(account),
        Some(other) => return Err(format!("as={other}")),
    };
    for (key, value) in settings.iter() {
        config = match (key, value) {
            ("jid" | "password" | "as", _) => config,
            ("sasl", names) => {
                let mechanisms: Result<Vec<Mechanism>, _> =
                    names.split(',').map(str::parse).collect();
                config.with_policy(Policy::only(&mechanisms.map_err(|error| error.to_string())?))
            }
            ("authzid", authzid) => config
                .with_credentials(Credentials::new("alice", password.into()).with_authzid(authzid)),
            ("tls", "off") => config.with_tls(TlsPolicy::Off),
            ("plaintext", "") => config.dangerous_allow_plaintext(),
            ("session", "when-required") => config.with_session(SessionPolicy::WhenRequired),
            ("on-conflict", "fail") => config.with_on_conflict(OnConflict::Fail),
            ("any-jid", "") => config.with_any_jid(),
            ("lang", lang) => config.with_lang(lang),
            _ => return Err(format!("{key}={value}")),
        };
    }
    Ok(config)
}

/// echo.localhost with the secret `secret`, and what the settings change.
fn component_config(settings: &Settings) -> Result<component::Config, String> {
    let domain = "echo.localhost".parse::<Jid>().map_err(|error| error.to_string())?;
    let mut config = component::Config::new(domain, settings.get("secret").unwrap_or("secret"));
    for (key, value) in settings.iter() {
        config = match (key, value) {
            ("secret", _) => config,
            ("version", version) => config.with_version(version),
            _ => return Err(format!("{key}={value}")),
        };
    }
    Ok(config)
}

/// A name that is misspelt must not leave the defaults in place.
#[test]
fn settings_that_nobody_knows_are_refused() {
    for text in
        ["# config: tsl=off", "# config: tls=on", "# config: as=root", "# config: sasl=PALIN"]
    {
        assert!(xmpp_config(&Settings::of(text)).is_err(), "{text}");
    }
    assert!(component_config(&Settings::of("# config: tls=off")).is_err());
    let shape = |protocol: &dyn Protocol| protocol.shape();
    assert!(shape(&xmpp_config(&Settings::default()).unwrap()).tls);
}
