//! The guides name everything that the sources have: options, details, errors, calls.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{collections::BTreeSet, path::Path};

fn text(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    std::fs::read_to_string(root.join(path)).unwrap()
}

/// The words in the code spans and the code blocks of a page.
fn words(page: &str) -> BTreeSet<&str> {
    let code = page.split('`').skip(1).step_by(2);
    code.flat_map(|code| code.split(|it: char| !it.is_alphanumeric() && it != '_')).collect()
}

/// The public functions of a source file.
fn functions(source: &str) -> impl Iterator<Item = &str> {
    source.lines().filter_map(|line| {
        let line = line.trim_start().strip_prefix("pub ")?;
        let line = line.strip_prefix("const ").or(line.strip_prefix("async ")).unwrap_or(line);
        line.strip_prefix("fn ")?.split(['(', '<']).next()
    })
}

/// The variants of the public enums of a source file.
fn variants(source: &str) -> impl Iterator<Item = &str> {
    let enums = source.split("\npub enum ").skip(1);
    let bodies = enums.map(|rest| rest.split("\n}").next().unwrap_or_default());
    bodies.flat_map(|body| body.lines().skip(1)).filter_map(|line| {
        let line = line.strip_prefix("    ")?;
        let variant = line.starts_with(|it: char| it.is_ascii_uppercase());
        line.split(|it: char| !it.is_alphanumeric()).next().filter(|_| variant)
    })
}

/// Everything but what `left_out` names stands in the guide.
fn assert_named<'a>(guide: &str, names: impl Iterator<Item = &'a str>, left_out: &[&str]) {
    let page = text(guide);
    let words = words(&page);
    let names: BTreeSet<_> = names.filter(|name| !left_out.contains(name)).collect();
    assert!(!names.is_empty(), "{guide}: nothing was found to look for");
    let missing: Vec<_> = names.into_iter().filter(|name| !words.contains(name)).collect();
    assert!(missing.is_empty(), "{guide} does not name {missing:?}");
}

fn dialect(name: &str) {
    let source = |file: &str| text(&format!("crates/jabber-{name}/src/{file}.rs"));
    let (config, status, error) = (source("config"), source("status"), source("error"));
    let guide = format!("docs/guides/{name}.md");
    // These are no options: what the dialect itself asks its configuration.
    assert_named(&guide, functions(&config), &["allows", "identity", "credentials"]);
    assert_named(&guide, variants(&config).chain(variants(&status)).chain(variants(&error)), &[]);
}

/// What a dialect with TLS and SASL has from `jabber-login`.
fn login(name: &str) {
    let source = |file: &str| text(&format!("crates/jabber-login/src/{file}.rs"));
    let (status, error) = (source("status"), source("error"));
    let guide = format!("docs/guides/{name}.md");
    assert_named(&guide, variants(&status).chain(variants(&error)), &[]);
}

#[test]
fn xmpp() {
    dialect("xmpp");
    login("xmpp");
}

#[test]
fn legacy() {
    dialect("legacy");
}

#[test]
fn component() {
    dialect("component");
}

#[test]
fn jabberd20_component() {
    dialect("jabberd20-component");
    login("jabberd20-component");
}

#[test]
fn what_is_common_to_all() {
    let guide = "docs/guides/README.md";
    for file in ["builder", "session", "client", "spawned"] {
        let source = text(&format!("crates/jabber/src/{file}.rs"));
        // `builder` begins it all; `is_closed` is a detail of handles.
        assert_named(guide, functions(&source), &["builder", "is_closed"]);
    }
    for file in [
        "crates/jabber-connection/src/error.rs",
        "crates/jabber-connection/src/send_error.rs",
        "crates/jabber/src/error.rs",
    ] {
        // Which side ended it is told in words.
        assert_named(guide, variants(&text(file)), &["Us", "Peer", "Network"]);
    }
    let retry = text("crates/jabber-dialect/src/failure.rs");
    assert_named(guide, variants(&retry), &[]);
}
