//! What somebody needs to know who wants to connect by hand.

use std::{fmt::Write as _, path::Path};

use crate::{
    jabberd2::{LIMITED_USER, LOGGER_USER, ROUTER_REALM, ROUTER_SECRET, ROUTER_USER},
    server::{
        ACCOUNTS, ANONYMOUS, COMPONENT, COMPONENT_SECRET, OPTIONAL, REQUIRED, Server, UNCOVERED,
    },
};

/// The facts, the server's name first.
pub(super) fn text(server: &dyn Server, authority: &Path) -> String {
    let (name, authority) = (server.name(), authority.display());
    let (c2s, required) = (server.c2s(), server.c2s_required());
    let (direct, component) = (server.direct_tls(), server.component());
    let mut text = format!(
        "{name} is up, started in {took:?}, in {folder}

  clients     {c2s}  domain {OPTIONAL}, STARTTLS optional
              {required}  domains {REQUIRED}, {UNCOVERED}: STARTTLS required
              {c2s}  domain {ANONYMOUS}: anybody, without a password (SASL ANONYMOUS)
              {direct}  TLS from the first byte
  components  {component}  name {COMPONENT}, secret {COMPONENT_SECRET:?}
  authority   {authority}  for {OPTIONAL} and {REQUIRED}, not for {UNCOVERED}
",
        took = server.started_in(),
        folder = server.folder().display(),
    );
    for (number, account) in ACCOUNTS.iter().enumerate() {
        let heading = if number == 0 { "accounts" } else { "" };
        let _ =
            writeln!(text, "  {heading:<10}  {}, password {:?}", account.name, account.password);
    }
    if name == "jabberd2" {
        let _ = writeln!(
            text,
            "  router      {component}  certificate for {ROUTER_REALM}; users {ROUTER_USER} (everything), \
             {LIMITED_USER} (its own name), {LOGGER_USER} (sees all routes): secret {ROUTER_SECRET:?}"
        );
    }
    let alice = ACCOUNTS.first().map(|account| account.password).unwrap_or_default();
    let _ = write!(
        text,
        "
  JABBER_PASSWORD={alice} jabber connect --jid alice@{OPTIONAL} --server {c2s} --tls-ca {authority}
  JABBER_PASSWORD={alice} jabber connect --jid alice@{REQUIRED} --server {direct} --tls direct --tls-ca {authority}
  JABBER_PASSWORD='{COMPONENT_SECRET}' jabber connect --dialect component --jid {COMPONENT} --server {component}
"
    );
    text
}
