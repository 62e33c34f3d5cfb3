//! Who may depend on whom.

use crate::layers::{self, FACADE, OUTSIDE, Purity, STATUS, TESTKIT};
use crate::metadata::{Dependency, Kind, Metadata, Package};
use crate::tidy::Finding;

/// What a protocol crate must not have anywhere in its tree.
///
/// Random sources are not among them: a dependency may bring one for what we do not use of it. That
/// our own code names none is `purity`'s to check.
const IO_CRATES: &[&str] = &["tokio", "mio", "socket2", "rustls", "tokio-rustls", "async-std"];

pub(crate) fn check(metadata: &Metadata) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in &metadata.members {
        if OUTSIDE.contains(&package.name.as_str()) {
            continue;
        }
        if layers::rule(&package.name).is_none() {
            let text = "has no line in the layer table (xtask/src/layers.rs)";
            findings.push(Finding::error(&package.name, text));
        }
        for dependency in &package.dependencies {
            findings.extend(direction(package, dependency));
            findings.extend(particular(package, dependency));
        }
        findings.extend(tokio_features(package));
        findings.extend(tree(metadata, package));
    }
    findings
}

/// A crate uses only crates on lower lines. Its own tests may use what the test kit may.
fn direction(package: &Package, dependency: &Dependency) -> Option<Finding> {
    let (from, to) = (layers::line(&package.name)?, layers::line(&dependency.name)?);
    let both_dialects = [&package.name, &dependency.name]
        .iter()
        .all(|name| layers::rule(name).is_some_and(|rule| rule.dialect));
    let allowed = match dependency.kind {
        Kind::Dev if package.name == dependency.name => true,
        Kind::Dev => !both_dialects && Some(to) >= layers::line(TESTKIT),
        Kind::Normal | Kind::Build => to > from,
    };
    (!allowed).then(|| {
        let why = if both_dialects {
            "no dialect knows another dialect"
        } else {
            "a crate uses only crates on lower lines"
        };
        Finding::error(&package.name, format!("must not use {}: {why}", dependency.name))
    })
}

/// Rules for particular crates.
fn particular(package: &Package, dependency: &Dependency) -> Option<Finding> {
    let used = dependency.name.as_str();
    let rule = layers::rule(&package.name)?;
    let finding = |text: String| Some(Finding::error(&package.name, text));
    if dependency.kind == Kind::Dev {
        return None;
    }
    if package.name == STATUS && !dependency.optional {
        return finding(format!("must not use {used}: this crate depends on nothing"));
    }
    if package.name == FACADE && matches!(used, "rustls" | "tokio-rustls") {
        return finding(format!("must not use {used}: TLS is the transport's"));
    }
    if used == "tokio" && rule.purity == Purity::Traits && !dependency.features.is_empty() {
        let features = dependency.features.join(", ");
        return finding(format!("must use tokio without features, not with {features}"));
    }
    None
}

/// A feature of a crate must not bring tokio's by the back door.
fn tokio_features(package: &Package) -> Option<Finding> {
    let rule = layers::rule(&package.name).filter(|rule| rule.purity != Purity::Io)?;
    let mut enabled = package.features.values().flatten();
    let found = enabled.find(|text| text.starts_with("tokio/") || text.starts_with("tokio?/"))?;
    Some(Finding::error(rule.name, format!("must not switch on {found}")))
}

/// Nothing that does I/O in a protocol crate's tree, however deep.
fn tree(metadata: &Metadata, package: &Package) -> Vec<Finding> {
    if layers::rule(&package.name).is_none_or(|rule| rule.purity != Purity::Pure) {
        return Vec::new();
    }
    let tree = metadata.tree(package);
    let found = tree.iter().filter(|used| IO_CRATES.contains(&used.name.as_str()));
    found
        .map(|used| {
            let text = format!("must not have {} in its tree: see `cargo tree -i`", used.name);
            Finding::error(&package.name, text)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uses(name: &str, used: &str, kind: Kind) -> Vec<Finding> {
        let dependency = Dependency { name: used.to_owned(), kind, ..Dependency::default() };
        check_one(name, dependency)
    }

    fn check_one(name: &str, dependency: Dependency) -> Vec<Finding> {
        let dependencies = vec![dependency];
        let package = Package { name: name.to_owned(), dependencies, ..Package::default() };
        check(&Metadata::of(vec![package]))
    }

    #[test]
    fn only_downwards() {
        assert_eq!(uses("jabber-connection", "jabber-dialect", Kind::Normal), []);
        assert_eq!(uses("jabber-dialect", "jabber-connection", Kind::Normal).len(), 1);
        assert_eq!(uses("jabber-xml", "jabber-status", Kind::Normal).len(), 1);
        assert_eq!(uses("jabber-xmpp", "jabber-component", Kind::Normal).len(), 1);
    }

    #[test]
    fn tests_may_look_up_to_the_test_kit() {
        assert_eq!(uses("jabber-xmpp", "jabber-testkit", Kind::Dev), []);
        assert_eq!(uses("jabber-xmpp", "jabber-component", Kind::Dev).len(), 1);
        assert_eq!(uses("jabber-xmpp", "jabber", Kind::Dev).len(), 1);
    }

    #[test]
    fn particular_crates() {
        assert_eq!(uses("jabber-status", "serde", Kind::Normal).len(), 1);
        let adapter = Dependency { optional: true, name: "serde".into(), ..Dependency::default() };
        assert_eq!(check_one("jabber-status", adapter), []);
        assert_eq!(uses("jabber", "rustls", Kind::Normal).len(), 1);
        assert_eq!(uses("jabber-transport", "tokio", Kind::Normal), []);
        let features = vec!["net".to_owned()];
        let tokio = Dependency { features, name: "tokio".into(), ..Dependency::default() };
        assert_eq!(check_one("jabber-transport", tokio.clone()).len(), 1);
        assert_eq!(check_one("jabber-tcp", tokio), []);
    }

    #[test]
    fn every_crate_has_a_line() {
        assert_eq!(uses("jabber-new", "bytes", Kind::Normal).len(), 1);
    }
}
