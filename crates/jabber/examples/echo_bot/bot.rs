//! The bot: it knows no dialect.

use futures_util::StreamExt;
use jabber::{Builder, Element, Error, Event, Identity, Session, XmlError, ns};

/// Connects, says who it is, and answers until the connection ends.
///
/// # Errors
/// When the connection cannot be made.
pub(crate) async fn run(mut session: Session, ready: impl FnOnce(&Identity)) -> Result<(), Error> {
    // Refused only while an attempt lives; a fresh session has none.
    let _ = session.connect();
    ready(&session.ready().await?);
    while let Some(event) = session.next().await {
        let Event::Stanza(delivery) = event else { continue };
        match answer(&delivery.stanza) {
            None => {}
            Some(Ok(answer)) => {
                if let Err(refused) = session.send(answer).await {
                    eprintln!("not sent: {refused}");
                }
            }
            Some(Err(error)) => eprintln!("no answer to {}: {error}", delivery.stanza),
        }
    }
    Ok(())
}

/// What it says to a stanza: a message goes back, a question for the version is answered, any other
/// question is refused as RFC 6120 §8.4 asks for. `from` is who was written to, so that it holds for
/// a component as well.
fn answer(stanza: &Element) -> Option<Result<Element, XmlError>> {
    let kind = stanza.attribute("type");
    let reply = |kind: &str| {
        Element::builder(stanza.name(), ns::CLIENT)
            .attribute("type", kind)
            .attribute_opt("id", stanza.attribute("id"))
            .attribute_opt("from", stanza.attribute("to"))
            .attribute_opt("to", stanza.attribute("from"))
    };
    match (stanza.name(), kind.as_deref()) {
        // An error is never answered (RFC 6120 §8.3.1).
        ("message", Some("error")) => None,
        ("message", _) => {
            let body = stanza.child("body", ns::CLIENT)?.text();
            Some(reply("chat").child("body", ns::CLIENT, |it| it.text(&body)).build())
        }
        ("iq", Some("get")) if stanza.child("query", ns::VERSION).is_some() => {
            let name = |it: Builder| it.text("echo bot");
            let answer = reply("result")
                .child("query", ns::VERSION, |query| query.child("name", ns::VERSION, name));
            Some(answer.build())
        }
        ("iq", Some("get" | "set")) => Some(
            reply("error")
                .child("error", ns::CLIENT, |error| {
                    error.attribute("type", "cancel").child(
                        "service-unavailable",
                        ns::STANZA_ERRORS,
                        |it| it,
                    )
                })
                .build(),
        ),
        _ => None,
    }
}
