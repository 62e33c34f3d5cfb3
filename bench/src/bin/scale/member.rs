//! One connection.

use std::{error::Error, sync::Arc, time::Duration};

use futures_util::StreamExt as _;
use jabber::{
    Element, Event, HostPort, Kind, KindSet, Reconnect, Session, Status, Tcp, XmlError, component,
    ns,
    sasl::{Mechanism, Policy},
    xmpp,
};
use tokio::sync::watch;

use crate::tally::Tally;

/// A session, and what it reports to.
pub(crate) struct Member {
    session: Session,
    from: Option<&'static str>,
    tally: Arc<Tally>,
}

impl Member {
    pub(crate) fn new(
        secure: bool,
        address: HostPort,
        transport: Tcp,
        tally: Arc<Tally>,
    ) -> Result<Self, Box<dyn Error>> {
        let builder = if secure {
            let config = xmpp::Config::new("bench@localhost/bench".parse()?, "secret");
            Session::builder(config.with_policy(Policy::only(&[Mechanism::Plain])))
        } else {
            Session::builder(component::Config::new("bench.localhost".parse()?, "secret"))
        };
        let kinds = [Status::Connect, Status::InitFinished].map(Kind::Status);
        let session = builder
            .transport(transport)
            .server(address)
            .reconnect(
                Reconnect::default().with_pauses(Duration::from_secs(5), Duration::from_secs(30)),
            )
            .subscribe(KindSet::of(&kinds))
            .build();
        Ok(Self { session, from: (!secure).then_some("bench.localhost"), tally })
    }

    /// For ever: it is made ready again whenever it is not, and says something in each round.
    pub(crate) async fn live(mut self, mut rounds: watch::Receiver<usize>) {
        let mut is_ready = false;
        if self.session.connect().is_err() {
            return;
        }
        loop {
            let event = tokio::select! {
                event = self.session.next() => event,
                Ok(()) = rounds.changed() => {
                    let echo = self.message("over hill, over dale");
                    if let Ok(echo) = echo {
                        let _ = self.session.send(echo).await;
                    }
                    continue;
                }
            };
            match event {
                None => return,
                Some(Event::Status(status)) if status.kind() == Status::InitFinished.into() => {
                    is_ready = true;
                    self.tally.is_ready();
                    if let Ok(order) = self.message("cmd:echo;") {
                        let _ = self.session.send(order).await;
                    }
                }
                Some(Event::Status(_)) => {
                    self.tally.attempt();
                    if std::mem::take(&mut is_ready) {
                        self.tally.is_lost();
                    }
                }
                Some(Event::Stanza(_)) => self.tally.echo(),
                Some(_) => {}
            }
        }
    }

    fn message(&self, text: &str) -> Result<Element, XmlError> {
        Element::builder("message", ns::CLIENT)
            .attribute("to", "localhost")
            .attribute_opt("from", self.from)
            .child("body", ns::CLIENT, |body| body.text(text))
            .build()
    }
}
