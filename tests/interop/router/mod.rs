//! What jabberd2's router has besides what every component has.

mod bind;
mod names;
mod routes;
mod shared;
mod traffic;

use jabber::{
    Element, Identity, RequestError,
    jabberd20_component::{Config, TlsPolicy},
    ns,
};
use jabber_tests::{
    jabberd2::{ROUTER_SECRET, ROUTER_USER},
    server::{ALICE, Account},
};

use crate::support::{Actor, Dialect, Login, Pipe, Place, Which, jid, xml};

fn start() -> Option<Place> {
    Which::Jabberd2.start()
}

/// The user that may do everything, for that name.
fn named(name: &str) -> Config {
    Config::new(jid(name), ROUTER_SECRET).with_username(ROUTER_USER)
}

/// Without TLS, which is another test's.
fn login(place: &Place, config: Config) -> Login {
    place.router(config.with_tls(TlsPolicy::Off), ROUTER_SECRET)
}

async fn ready(place: &Place, config: Config) -> (Actor, Identity) {
    login(place, config).ready().await
}

/// Another component, or a client, over what is most usual.
async fn client(place: &Place, account: Account) -> (Actor, String) {
    let (actor, identity) = place.login_as(Dialect::Xmpp, Pipe::Offered, account).ready().await;
    (actor, identity.jid.as_str().to_owned())
}

async fn alice(place: &Place) -> (Actor, String) {
    client(place, ALICE).await
}

/// An element of the router's own, such as `bind name='x'`.
fn own(text: &str) -> Element {
    xml(&format!("<{text} xmlns='{}'/>", ns::JABBERD20_COMPONENT))
}

/// What an error answer to a request says.
fn refused(answer: Result<Element, RequestError>) -> (jabber::StanzaError, Element) {
    match answer {
        Err(RequestError::Answered { error, answer }) => (*error, answer),
        other => panic!("{other:?}"),
    }
}
