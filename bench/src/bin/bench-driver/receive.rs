//! Receiving: the user reads `from` and the body of each message.

use std::error::Error;

use futures_util::StreamExt as _;
use jabber::{
    Element, Event, Session,
    filter::{Filter, Filters, Namespaces, XPath},
    ns,
};
use jabber_bench::report::{Region, Report};

use crate::Work;

/// What a handler is for: messages, or something that does not come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Handler {
    Message,
    Other,
}

pub(crate) async fn run(work: Work) -> Result<Report, Box<dyn Error>> {
    let handlers = handlers(work.filters)?;
    let mut sessions = Vec::new();
    for _ in 0..work.conns {
        sessions.push(work.maker.ready().await?);
    }
    let each = work.n / work.conns;
    let order = work.maker.order(&format!("cmd:source:{}:{each};", work.kind))?;
    let region = Region::begin()?;
    let mut check = 0;
    if let [session] = &mut sessions[..] {
        session.send(order).await?;
        check = take(session, each, handlers.as_ref()).await?;
    } else {
        let handlers = std::sync::Arc::new(handlers);
        let mut tasks = tokio::task::JoinSet::new();
        for mut session in sessions {
            let (order, handlers) = (order.clone(), handlers.clone());
            tasks.spawn(async move {
                session.send(order).await.map_err(|error| error.to_string())?;
                take(&mut session, each, handlers.as_ref().as_ref()).await.map_err(str::to_owned)
            });
        }
        while let Some(done) = tasks.join_next().await {
            check += done??;
        }
    }
    let cost = region.end()?;
    Ok(Report::new("ours", "recv", each * work.conns, cost).with("check", check))
}

/// Takes so many messages, each by the handler that is for it.
async fn take(
    session: &mut Session,
    count: usize,
    handlers: Option<&Filters<Handler>>,
) -> Result<usize, &'static str> {
    let mut check = 0;
    let mut taken = 0;
    while taken < count {
        let event = session.next().await.ok_or("the session has ended too early")?;
        let Event::Stanza(delivery) = event else { continue };
        let message = &delivery.stanza;
        let is_wanted = match handlers {
            None => message.name() == "message",
            Some(handlers) => {
                let mut matched = handlers.matches(message);
                matched.any(|it| *it.value == Handler::Message)
            }
        };
        if is_wanted {
            check += read(message);
            taken += 1;
        }
    }
    Ok(check)
}

/// What a user does with a message.
fn read(message: &Element) -> usize {
    let from = message.attribute("from").map_or(0, |from| from.len());
    from + message.child("body", ns::CLIENT).map_or(0, |body| body.text().len())
}

/// So many that match nothing, of several sorts, and one for messages; `None` for none.
fn handlers(count: usize) -> Result<Option<Filters<Handler>>, Box<dyn Error>> {
    if count == 0 {
        return Ok(None);
    }
    let mut handlers = Filters::new();
    let prefixes = Namespaces::new().with("p", "http://jabber.org/protocol/pubsub#event")?;
    for number in 0..count {
        let filter: Filter = match number % 3 {
            0 => Filter::new().name("message").from(&format!("nobody{number}@localhost").parse()?),
            1 => {
                let node = format!("/message/p:event/p:items[@node='nowhere{number}']");
                XPath::new(&node, &prefixes)?.into()
            }
            _ => Filter::new().name("message").child("x", &format!("urn:example:nothing:{number}")),
        };
        handlers.add(filter, Handler::Other);
    }
    handlers.add(Filter::new().name("message"), Handler::Message);
    Ok(Some(handlers))
}
