//! Asking, and waiting for the answers.

use std::{
    collections::HashMap,
    error::Error,
    time::{Duration, Instant},
};

use futures_util::StreamExt as _;
use jabber::{Element, Event, RequestEnd, SendErrorReason, Session, XmlError, ns};
use jabber_bench::report::{Region, Report};

use crate::Work;

const TIMEOUT: Duration = Duration::from_secs(60);
const WARM_UP: usize = 100;

pub(crate) async fn run(work: &Work) -> Result<Report, Box<dyn Error>> {
    let mut session = work.maker.ready().await?;
    let from = work.maker.from();
    for _ in 0..WARM_UP {
        session.request(ping(from)?, TIMEOUT).await?;
    }
    if work.window > 1 {
        return several(work, &mut session, from).await;
    }
    let mut times = Vec::with_capacity(work.n);
    let region = Region::begin()?;
    for _ in 0..work.n {
        let begun = Instant::now();
        session.request(ping(from)?, TIMEOUT).await?;
        times.push(begun.elapsed());
    }
    let cost = region.end()?;
    Ok(Report::new("ours", "rr", work.n, cost).with_percentiles(times))
}

/// At most so many unanswered.
async fn several(
    work: &Work,
    session: &mut Session,
    from: Option<&str>,
) -> Result<Report, Box<dyn Error>> {
    let mut outstanding = HashMap::with_capacity(work.window);
    let (mut asked, mut answered) = (0, 0);
    // What there was no room for in the write buffer: it goes once the session was polled.
    let mut refused = None;
    let region = Region::begin()?;
    while answered < work.n {
        while asked < work.n && outstanding.len() < work.window {
            let ping = refused.take().map_or_else(|| ping(from), Ok)?;
            match session.begin_request(ping, TIMEOUT) {
                Ok(request) => outstanding.insert(request, asked),
                Err(error) if matches!(error.reason, SendErrorReason::WouldBlock) => {
                    refused = Some(error.stanza);
                    break;
                }
                Err(error) => return Err(error.into()),
            };
            asked += 1;
        }
        match session.next().await.ok_or("the session has ended too early")? {
            Event::RequestEnded(request, RequestEnd::Answer(_)) => {
                outstanding.remove(&request).ok_or("an answer to nothing")?;
                answered += 1;
            }
            Event::RequestEnded(_, end) => return Err(format!("no answer: {end:?}").into()),
            _ => {}
        }
    }
    let cost = region.end()?;
    Ok(Report::new("ours", "rr", work.n, cost))
}

fn ping(from: Option<&str>) -> Result<Element, XmlError> {
    Element::builder("iq", ns::CLIENT)
        .attribute("type", "get")
        .attribute("to", "localhost")
        .attribute_opt("from", from)
        .child("ping", ns::PING, |ping| ping)
        .build()
}
