//! What is done so often: by a user of the public API.

use std::{error::Error, hint::black_box, time::Duration};

use futures_util::StreamExt as _;
use jabber::{Connected, Element, Event, Security, Session, XmlError, component, ns};

use crate::peer::Peer;

const MINUTE: Duration = Duration::from_secs(60);
/// What is looked for among so many by trying each would cost ten times as much.
const WAITING: usize = 5000;

/// A sort of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    /// A message is received, and its sender and body are read.
    Receive,
    /// A message is built and sent.
    Send,
    /// A ping is built and answered.
    Request,
    /// The same, where so many others wait for their answers: as costs grow with them.
    RequestAmong,
    /// A session is made, connected, and dropped once it is ready.
    Negotiate,
}

impl Work {
    pub(crate) const ALL: [(&str, Self); 5] = [
        ("receive", Self::Receive),
        ("send", Self::Send),
        ("request", Self::Request),
        ("request-among", Self::RequestAmong),
        ("negotiate", Self::Negotiate),
    ];

    /// Does it so often.
    pub(crate) fn run(self, count: usize) -> Result<(), Box<dyn Error>> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
        runtime.block_on(async {
            match self {
                Self::Receive => receive(count).await,
                Self::Send => send(count).await,
                Self::Request => request(count, 0).await,
                Self::RequestAmong => request(count, WAITING).await,
                Self::Negotiate => {
                    for _ in 0..count {
                        black_box(ready(Peer::default()).await?);
                    }
                    Ok(())
                }
            }
        })
    }
}

async fn ready(peer: Peer) -> Result<Session, Box<dyn Error>> {
    let config = component::Config::new("bench.localhost".parse()?, "secret");
    let mut session = Session::builder(config).build();
    session.connect_on(Connected::new(Box::new(peer), Security::Private))?;
    session.ready().await?;
    Ok(session)
}

async fn receive(count: usize) -> Result<(), Box<dyn Error>> {
    let mut session = ready(Peer::saying(count)).await?;
    let mut taken = 0;
    while taken < count {
        let event = session.next().await.ok_or("it has ended too early")?;
        let Event::Stanza(delivery) = event else { continue };
        let message = &delivery.stanza;
        black_box(message.attribute("from"));
        black_box(message.child("body", ns::CLIENT).map(|body| body.text().len()));
        taken += 1;
    }
    Ok(())
}

async fn send(count: usize) -> Result<(), Box<dyn Error>> {
    let mut session = ready(Peer::default()).await?;
    for _ in 0..count {
        session.send(message()?).await?;
    }
    session.flush().await;
    Ok(())
}

/// `waiting` other requests are never answered.
async fn request(count: usize, waiting: usize) -> Result<(), Box<dyn Error>> {
    let mut session = ready(Peer::default()).await?;
    for _ in 0..waiting {
        session.begin_request(ping(Peer::SILENT)?, MINUTE)?;
        session.flush().await;
    }
    for _ in 0..count {
        black_box(session.request(ping("localhost")?, MINUTE).await?);
    }
    Ok(())
}

fn message() -> Result<Element, XmlError> {
    Element::builder("message", ns::CLIENT)
        .attribute("to", "peer@localhost")
        .attribute("from", "bench.localhost")
        .attribute("type", "chat")
        .attribute("id", "m000042")
        .child("body", ns::CLIENT, |body| {
            body.text(
                "Line 000042: the quick brown fox & its friends jump over the lazy dogs that sleep \
                 in the warm sunlit",
            )
        })
        .build()
}

fn ping(to: &str) -> Result<Element, XmlError> {
    Element::builder("iq", ns::CLIENT)
        .attribute("type", "get")
        .attribute("to", to)
        .attribute("from", "bench.localhost")
        .child("ping", ns::PING, |ping| ping)
        .build()
}
