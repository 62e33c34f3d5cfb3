//! Every transcript in `transcripts/`: what is written there is what happens, however the server's
//! bytes are cut.
//!
//! After a change that is meant to change them: run this with `JABBER_BLESS=1`, then read what
//! `git diff` says, line by line, with docs/statuses.md beside it.
#![allow(clippy::panic, reason = "a test fails by panicking")]

use std::{path::Path, sync::Arc};

use jabber_jid::Jid;
use jabber_legacy::{Config, LoginPolicy};
use jabber_testkit::{Settings, check_folder};

#[test]
fn transcripts() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts");
    let count = check_folder(&folder, |settings| Ok(Arc::new(config(settings)?)));
    println!("{} transcripts hold", count.unwrap_or_else(|error| panic!("{error}")));
}

/// alice@localhost/desk with the password of XEP-0078's example, and what the settings change.
fn config(settings: &Settings) -> Result<Config, String> {
    let jid = "alice@localhost/desk".parse::<Jid>().map_err(|error| error.to_string())?;
    let mut config = Config::new(jid, "Calli0pe").map_err(|error| error.to_string())?;
    for (key, value) in settings.iter() {
        config = match (key, value) {
            ("version", version) => config.with_version(version),
            ("plaintext", "") => config.dangerous_allow_plaintext(),
            ("login", "digest") => config.with_login(LoginPolicy::DigestOnly),
            _ => return Err(format!("{key}={value}")),
        };
    }
    Ok(config)
}
