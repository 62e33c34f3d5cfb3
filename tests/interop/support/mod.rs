//! A session with a witness: all that happens is recorded, checked and searched for secrets.

mod actor;
mod login;
pub(crate) mod middle;
mod place;
mod row;
mod secrets;
mod settings;
mod trace;

pub(crate) use actor::Actor;
pub(crate) use login::{Dialect, Login, Pipe};
pub(crate) use place::{Column, Place, Setup, Which, start};
pub(crate) use row::row;
pub(crate) use secrets::Secrets;
pub(crate) use settings::{address, alice, client, client_at, component, full, ready, tcp, tls};
pub(crate) use trace::{Trace, names};

use jabber::{Element, Jid};
use std::time::Duration;

/// How long anything may take that has an answer on the same machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) fn jid(text: &str) -> Jid {
    text.parse().unwrap()
}

pub(crate) fn xml(text: &str) -> Element {
    text.parse().unwrap()
}

/// The question for the version of somebody (XEP-0092).
pub(crate) fn version_request(to: &str) -> Element {
    xml(&format!("<iq type='get' to='{to}'><query xmlns='jabber:iq:version'/></iq>"))
}

pub(crate) fn chat(to: &str, text: &str) -> Element {
    xml(&format!("<message type='chat' to='{to}'><body>{text}</body></message>"))
}

pub(crate) fn body(message: &Element) -> String {
    message.child("body", jabber::ns::CLIENT).unwrap().text().into_owned()
}
