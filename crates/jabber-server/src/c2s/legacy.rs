//! A login by `jabber:iq:auth` (XEP-0078), which binds a resource as well.

use jabber_jid::Jid;
use jabber_security::hex;
use jabber_xml::{Builder, Element, ElementRef, XmlError, ns};
use sha1::{Digest, Sha1};

use super::features::Offer;
use crate::{accounts::Account, config::Config};

/// What is answered to a query.
#[derive(Debug)]
pub(super) enum Answered {
    /// The fields that a login needs.
    Form(Result<Element, XmlError>),
    /// Not logged in, for this reason.
    Refused(Result<Element, XmlError>),
    /// Logged in with this full JID.
    Accepted(Jid, Result<Element, XmlError>),
}

/// The query, if the element has one of this protocol.
pub(super) fn query(element: &Element) -> Option<ElementRef<'_>> {
    element.is("iq", ns::CLIENT).then(|| element.child("query", ns::IQ_AUTH)).flatten()
}

/// Answers a query on the stream with that id. A newer login with the same resource wins, as it does
/// in resource binding, so nothing is refused with `conflict`.
pub(super) fn answer(
    config: &Config,
    offer: Offer,
    stream: &str,
    iq: &Element,
    query: ElementRef<'_>,
) -> Answered {
    let refused = if !offer.login {
        Refused::Unencrypted
    } else if iq.attribute("type").is_some_and(|kind| kind == "get") {
        return Answered::Form(form(offer, iq, query));
    } else if iq.attribute("type").is_none_or(|kind| kind != "set") {
        Refused::BadRequest
    } else {
        match login(config, offer, stream, query) {
            Ok(jid) => return Answered::Accepted(jid, reply(iq, "result").build()),
            Err(refused) => refused,
        }
    };
    Answered::Refused(refusal(iq, refused))
}

/// XEP-0078 §3.1: the same for every name, so that nobody learns which accounts there are.
fn form(offer: Offer, iq: &Element, query: ElementRef<'_>) -> Result<Element, XmlError> {
    let username = field(query, "username").unwrap_or_default();
    reply(iq, "result")
        .child("query", ns::IQ_AUTH, |form| {
            let form = form.child("username", ns::IQ_AUTH, |field| field.text(&username)).child(
                "digest",
                ns::IQ_AUTH,
                |field| field,
            );
            let form =
                if offer.plain { form.child("password", ns::IQ_AUTH, |field| field) } else { form };
            form.child("resource", ns::IQ_AUTH, |field| field)
        })
        .build()
}

fn login(
    config: &Config,
    offer: Offer,
    stream: &str,
    query: ElementRef<'_>,
) -> Result<Jid, Refused> {
    let given = |name| field(query, name).filter(|value| !value.is_empty());
    let (Some(username), Some(resource)) = (given("username"), given("resource")) else {
        return Err(Refused::Incomplete);
    };
    let bare = Jid::from_parts(Some(&username), config.domain.domain(), None).ok();
    let account = config.accounts.of(bare.as_ref());
    // XEP-0078 §3.1: the client chooses one of the two; the digest needs no protection.
    let right = match (given("digest"), given("password").filter(|_| offer.plain)) {
        (Some(given), _) => given == digest(stream, &account),
        (None, Some(given)) => given == account.password().expose(),
        (None, None) => return Err(Refused::Incomplete),
    };
    // The password of an account that does not exist is known to nobody.
    let bare = bare.filter(|bare| right && config.accounts.contains(bare));
    let bare = bare.ok_or(Refused::NotAuthorized)?;
    bare.with_resource(&resource).map_err(|_| Refused::Incomplete)
}

/// XEP-0078 §3.1: in lower-case hexadecimal.
fn digest(stream: &str, account: &Account) -> String {
    hex(Sha1::new().chain_update(stream).chain_update(account.password().expose()).finalize())
}

fn field(query: ElementRef<'_>, name: &str) -> Option<String> {
    query.child(name, ns::IQ_AUTH).map(|field| field.text().into_owned())
}

/// Why there is no login (XEP-0078 §3.2, with the codes of XEP-0086).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refused {
    /// Wrong password, or no such account.
    NotAuthorized,
    /// A field is missing or cannot be used; the resource is one that has to be there.
    Incomplete,
    /// Nobody logs in here without TLS.
    Unencrypted,
    /// Neither asked for the form nor filled it in.
    BadRequest,
}

fn refusal(iq: &Element, refused: Refused) -> Result<Element, XmlError> {
    let (code, kind, condition, text) = match refused {
        Refused::NotAuthorized => ("401", "auth", "not-authorized", None),
        Refused::Incomplete => ("406", "modify", "not-acceptable", None),
        Refused::Unencrypted => {
            ("406", "modify", "not-acceptable", Some("log in over TLS: this server requires it"))
        }
        Refused::BadRequest => ("400", "modify", "bad-request", None),
    };
    reply(iq, "error")
        .child("error", ns::CLIENT, |error| {
            let error = error.attribute("code", code).attribute("type", kind).child(
                condition,
                ns::STANZA_ERRORS,
                |condition| condition,
            );
            match text {
                Some(text) => error.child("text", ns::STANZA_ERRORS, |field| field.text(text)),
                None => error,
            }
        })
        .build()
}

fn reply(iq: &Element, kind: &str) -> Builder {
    Element::builder("iq", ns::CLIENT)
        .attribute("type", kind)
        .attribute_opt("id", iq.attribute("id"))
        .attribute_opt("from", iq.attribute("to"))
}
