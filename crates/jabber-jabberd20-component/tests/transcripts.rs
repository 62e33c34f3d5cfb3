//! Every transcript in `transcripts/`: what is written there is what happens, however the router's
//! bytes are cut.
//!
//! After a change that is meant to change them: run this with `JABBER_BLESS=1`, then read what
//! `git diff` says, line by line, with docs/statuses.md beside it.
#![allow(clippy::panic, reason = "a test fails by panicking")]

use std::{path::Path, sync::Arc};

use jabber_jabberd20_component::{Config, TlsPolicy};
use jabber_jid::Jid;
use jabber_sasl::{Mechanism, Policy};
use jabber_testkit::{Settings, check_folder};

#[test]
fn transcripts() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts");
    let count = check_folder(&folder, |settings| Ok(Arc::new(config(settings)?)));
    println!("{} transcripts hold", count.unwrap_or_else(|error| panic!("{error}")));
}

/// echo.localhost with the password `sesame`, and what the settings change.
fn config(settings: &Settings) -> Result<Config, String> {
    let jid = |text: &str| text.parse::<Jid>().map_err(|error| error.to_string());
    let mut config = Config::new(jid("echo.localhost")?, "sesame")
        .with_policy(Policy::PLAIN_OVER_TLS.allow(Mechanism::DigestMd5));
    for (key, value) in settings.iter() {
        config = match (key, value) {
            ("username", name) => config.with_username(name),
            ("name", name) => config.with_name(jid(name)?),
            ("log", "") => config.with_log(),
            ("default", "") => config.with_default(),
            ("multi", "") => config.with_multi(),
            ("tls", "off") => config.with_tls(TlsPolicy::Off),
            ("tls", "when-offered") => config.with_tls(TlsPolicy::WhenOffered),
            _ => return Err(format!("{key}={value}")),
        };
    }
    Ok(config)
}
