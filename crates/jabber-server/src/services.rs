//! Queries that the server answers itself.

use jabber_jid::Jid;
use jabber_xml::{Builder, Content, Element, ElementRef, XmlError, ns};

use crate::{
    router::{Router, Sender},
    stanza::{Refused, Stanza},
};

const ROSTER: &str = "jabber:iq:roster";
const FEATURES: [&str; 4] = [ns::DISCO_INFO, ns::DISCO_ITEMS, ns::PING, ns::VERSION];

/// Who is asked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    Server,
    /// The account of whoever asks.
    OwnAccount,
}

/// Answers a query to the server, or to an account on its behalf (RFC 6120 §8.2.3).
pub(crate) async fn serve(
    router: &Router,
    stanza: &Stanza,
    to: &Jid,
    sender: Sender<'_>,
) -> Result<(), Refused> {
    let set = stanza.is_type("set");
    if !set && !stanza.is_type("get") {
        // An answer to what was never asked is dropped; any other type is none.
        let answer = stanza.is_type("result") || stanza.is_type("error");
        return if answer { Ok(()) } else { Err(Refused::BadRequest) };
    }
    let mut children = stanza.element.children();
    let (Some(query), None) = (children.next(), children.next()) else {
        return Err(Refused::BadRequest);
    };
    if stanza.element.attribute("id").is_none() {
        return Err(Refused::BadRequest);
    }
    let asked = if to.local().is_none() {
        Asked::Server
    } else if stanza.from.matches_bare(to) {
        Asked::OwnAccount
    } else {
        // RFC 6121 §8.5.1 lets nobody learn so which accounts there are.
        return Err(Refused::ServiceUnavailable);
    };
    let payload = answer(router, query, set, asked)?;
    let payload = payload.transpose().map_err(|_| Refused::BadRequest)?;
    let result = stanza.result(payload.as_ref()).map_err(|_| Refused::BadRequest)?;
    router.answer(sender, &result).await;
    Ok(())
}

/// The payload of the result; `None` if it has none.
fn answer(
    router: &Router,
    query: ElementRef<'_>,
    set: bool,
    asked: Asked,
) -> Result<Option<Result<Element, XmlError>>, Refused> {
    let own = asked == Asked::OwnAccount;
    match (query.name(), query.namespace(), set) {
        ("ping", ns::PING, false) => Ok(None),
        // RFC 3921 §3; since RFC 6121 it does nothing.
        ("session", ns::SESSION, true) => Ok(None),
        ("query", ns::VERSION, false) if !own => Ok(Some(version())),
        ("query", ROSTER, false) if own => Ok(Some(Element::builder("query", ROSTER).build())),
        ("query", ns::DISCO_INFO | ns::DISCO_ITEMS, false)
            if query.attribute("node").is_some_and(|node| !node.is_empty()) =>
        {
            Err(Refused::ItemNotFound)
        }
        ("query", ns::DISCO_INFO, false) => Ok(Some(info(own))),
        ("query", ns::DISCO_ITEMS, false) => Ok(Some(items(router, own))),
        _ => Err(Refused::ServiceUnavailable),
    }
}

/// XEP-0092.
fn version() -> Result<Element, XmlError> {
    Element::builder("query", ns::VERSION)
        .child("name", ns::VERSION, |name| name.text("jabber-server"))
        .child("version", ns::VERSION, |version| version.text(env!("CARGO_PKG_VERSION")))
        .child("os", ns::VERSION, |os| os.text(std::env::consts::OS))
        .build()
}

/// XEP-0030 §3.
fn info(account: bool) -> Result<Element, XmlError> {
    let (category, kind) = if account { ("account", "registered") } else { ("server", "im") };
    let identity = |identity: Builder| {
        identity
            .attribute("category", category)
            .attribute("type", kind)
            .attribute("name", "jabber-server")
    };
    let info =
        Element::builder("query", ns::DISCO_INFO).child("identity", ns::DISCO_INFO, identity);
    let feature = |info: Content, name: &str| {
        info.child("feature", ns::DISCO_INFO, |feature| feature.attribute("var", name))
    };
    FEATURES.into_iter().fold(info, feature).build()
}

/// XEP-0030 §4: the components, connected or not.
fn items(router: &Router, account: bool) -> Result<Element, XmlError> {
    let mut names: Vec<_> = router.config.components.keys().filter(|_| !account).collect();
    names.sort();
    let items = Content::from(Element::builder("query", ns::DISCO_ITEMS));
    let item = |items: Content, name: &Jid| {
        items.child("item", ns::DISCO_ITEMS, |item| item.attribute("jid", name.as_str()))
    };
    names.into_iter().fold(items, item).build()
}
