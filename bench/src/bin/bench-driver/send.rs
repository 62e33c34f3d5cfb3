//! Sending: each message is built, and given to the session.

use std::error::Error;

use futures_util::StreamExt as _;
use jabber::{Element, Event, XmlError, ns};
use jabber_bench::report::{Region, Report};

use crate::Work;

pub(crate) async fn run(work: &Work) -> Result<Report, Box<dyn Error>> {
    let mut session = work.maker.ready().await?;
    session.send(work.maker.order(&format!("cmd:sink:{};", work.n))?).await?;
    session.flush().await;
    let from = work.maker.from();
    let region = Region::begin()?;
    for number in 0..work.n {
        session.send(message(number, from)?).await?;
    }
    loop {
        let event = session.next().await.ok_or("the session has ended too early")?;
        let Event::Stanza(delivery) = event else { continue };
        let body = delivery.stanza.child("body", ns::CLIENT);
        if body.is_some_and(|body| body.text() == "done") {
            break;
        }
    }
    let cost = region.end()?;
    Ok(Report::new("ours", "send", work.n, cost))
}

fn message(number: usize, from: Option<&str>) -> Result<Element, XmlError> {
    let text = format!(
        "Line {number:06}: the quick brown fox & its friends jump over the lazy dogs that sleep in \
         the warm sunlit"
    );
    Element::builder("message", ns::CLIENT)
        .attribute("to", "peer@localhost")
        .attribute_opt("from", from)
        .attribute("type", "chat")
        .attribute("id", format!("m{number:06}"))
        .child("body", ns::CLIENT, |body| body.text(&text))
        .build()
}
