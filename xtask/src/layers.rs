//! The layers of the workspace: the one table from which `tidy` checks who may use whom.

/// What a crate may be or use, apart from its layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purity {
    /// Protocol: no socket, file, clock, thread, randomness or task; no tokio in its tree.
    Pure,
    /// Names tokio's I/O traits, so tokio without any feature; otherwise pure.
    Traits,
    /// Does I/O.
    Io,
}

/// What the table says of one crate.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rule {
    /// The crate's name, and its folder's in `crates/`.
    pub(crate) name: &'static str,
    /// What it may do.
    pub(crate) purity: Purity,
    /// Whether it is a dialect: six files, and unknown to other dialects.
    pub(crate) dialect: bool,
}

/// The table, top line first. A crate uses only crates on lower lines, so those on one line do not
/// know each other.
pub(crate) const LAYERS: &[&[Rule]] = &[
    // front door
    &[io("jabber-cli")],
    &[io(FACADE)],
    // tools
    &[io("jabber-server"), io(TESTKIT)],
    // I/O
    &[io("jabber-tcp")],
    // protocol
    &[pure("jabber-connection")],
    // dialects
    &[
        dialect("jabber-xmpp"),
        dialect("jabber-legacy"),
        dialect("jabber-component"),
        dialect("jabber-jabberd20-component"),
    ],
    // shared
    &[pure("jabber-login")],
    &[pure("jabber-sasl"), pure("jabber-filter")],
    // contracts
    &[pure("jabber-dialect"), traits("jabber-transport")],
    // vocabulary
    &[pure(STATUS), pure("jabber-xml"), pure("jabber-jid")],
    &[pure("jabber-security")],
];

/// The crate that depends on nothing at all.
pub(crate) const STATUS: &str = "jabber-status";
/// The facade, which knows no TLS library.
pub(crate) const FACADE: &str = "jabber";
/// What tests may use on every layer.
pub(crate) const TESTKIT: &str = "jabber-testkit";
/// Members that are not part of the product.
pub(crate) const OUTSIDE: &[&str] = &["xtask", "jabber-tests"];

/// Every crate's rule.
pub(crate) fn rules() -> impl Iterator<Item = &'static Rule> {
    LAYERS.iter().flat_map(|line| line.iter())
}

/// A crate's rule.
pub(crate) fn rule(name: &str) -> Option<&'static Rule> {
    rules().find(|rule| rule.name == name)
}

/// A crate's line, counted from the top.
pub(crate) fn line(name: &str) -> Option<usize> {
    LAYERS.iter().position(|line| line.iter().any(|rule| rule.name == name))
}

const fn pure(name: &'static str) -> Rule {
    Rule { name, purity: Purity::Pure, dialect: false }
}

const fn traits(name: &'static str) -> Rule {
    Rule { name, purity: Purity::Traits, dialect: false }
}

const fn io(name: &'static str) -> Rule {
    Rule { name, purity: Purity::Io, dialect: false }
}

const fn dialect(name: &'static str) -> Rule {
    Rule { name, purity: Purity::Pure, dialect: true }
}
