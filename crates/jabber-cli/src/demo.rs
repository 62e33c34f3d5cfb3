//! `jabber demo`: an embedded server, two clients and a component in one process.

use std::time::Duration;

use futures_util::StreamExt;
use jabber::{
    Element, Event, KindSet, RequestEnd, Session, SessionBuilder, Status, Tcp, TlsConfig,
    component, ns, xmpp,
};
use jabber_server::Server;
use owo_colors::OwoColorize;
use tokio::{sync::watch, time::Instant};

use crate::{
    args::{DemoArgs, EventFormat},
    connect::cause,
    output::{self, Printer},
};

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// Nothing in it takes long; whatever hangs is a fault.
const AT_MOST: Duration = Duration::from_secs(20);

/// The exit status.
pub(crate) async fn run(args: DemoArgs) -> u8 {
    let outcome = match tokio::time::timeout(AT_MOST, play(args.events)).await {
        Ok(outcome) => outcome,
        Err(_) => Err(format!("the demonstration did not end within {AT_MOST:?}").into()),
    };
    match outcome {
        Ok(()) => {
            anstream::eprintln!(
                "{} a message there and back, a request answered, three connections closed in good order\n  {} jabber serve --ca-file ca.pem     then, in another terminal:\n       JABBER_PASSWORD=wonderland jabber connect --jid alice@localhost --server localhost:5222 --tls-ca ca.pem",
                "done:".green().bold(),
                "next:".cyan().bold(),
            );
            0
        }
        Err(error) => {
            output::complain(cause::text(&*error), None);
            1
        }
    }
}

async fn play(format: Option<EventFormat>) -> Outcome {
    let server = Server::start().await?;
    let tls = TlsConfig::builder().without_system_roots().add_ca_pem(server.ca_pem().as_bytes())?;
    let tcp = Tcp::new(tls.build()?);
    let start = Instant::now();
    let actor = |label, builder: SessionBuilder| Actor {
        session: builder.transport(tcp.clone()).subscribe(KindSet::ALL).build(),
        printer: output::printer(format, Some(label)),
        start,
    };

    let config = component::Config::new("echo.localhost".parse()?, "secret");
    let echo = Session::builder(config).server(server.components().to_string().parse()?);
    let config = xmpp::Config::new("bob@localhost/demo".parse()?, "builder");
    let bob = Session::builder(config).server(server.direct_tls().to_string().parse()?);
    let config = xmpp::Config::new("alice@localhost/demo".parse()?, "wonderland");
    let alice = Session::builder(config).server(server.c2s().to_string().parse()?);

    // Who of them is there, and whether all is done.
    let (present, _) = watch::channel(0_usize);
    let (done, _) = watch::channel(false);
    tokio::try_join!(
        serve_version(actor("component", echo), &present, done.subscribe()),
        answer_messages(actor("bob", bob.direct_tls(true)), &present, done.subscribe()),
        write_and_ask(actor("alice", alice), present.subscribe(), &done),
    )?;
    server.shutdown().await;
    Ok(())
}

/// The component: answers who asks for its version, until all is done.
async fn serve_version(
    mut actor: Actor,
    present: &watch::Sender<usize>,
    mut done: watch::Receiver<bool>,
) -> Outcome {
    actor.ready().await?;
    present.send_modify(|count| *count += 1);
    loop {
        tokio::select! {
            event = actor.next() => {
                let Some(event) = event? else { return Err("the component lost its connection".into()) };
                if let Event::Stanza(delivery) = event
                    && delivery.stanza.children().any(|it| it.is("query", ns::VERSION))
                {
                    actor.session.send(version(&delivery.stanza)?).await?;
                }
            }
            _ = done.wait_for(|done| *done) => return actor.close().await,
        }
    }
}

/// Bob: answers messages, until all is done.
async fn answer_messages(
    mut actor: Actor,
    present: &watch::Sender<usize>,
    mut done: watch::Receiver<bool>,
) -> Outcome {
    actor.ready().await?;
    present.send_modify(|count| *count += 1);
    loop {
        tokio::select! {
            event = actor.next() => {
                let Some(event) = event? else { return Err("bob lost his connection".into()) };
                if let Event::Stanza(delivery) = event
                    && let Some(from) = delivery.stanza.attribute("from")
                    && delivery.stanza.name() == "message"
                {
                    actor.session.send(chat(&from, "Off with his head? Never!")?).await?;
                }
            }
            _ = done.wait_for(|done| *done) => return actor.close().await,
        }
    }
}

/// Alice: writes to Bob, asks the component, leaves.
async fn write_and_ask(
    mut actor: Actor,
    mut present: watch::Receiver<usize>,
    done: &watch::Sender<bool>,
) -> Outcome {
    // Sent too early: it is queued, and goes out when the queue is purged.
    actor.session.send(chat("bob@localhost/demo", "Curiouser & curiouser!")?).await?;
    present.wait_for(|count| *count == 2).await?;
    actor.ready().await?;
    actor.session.purge_queue()?;
    loop {
        match actor.next().await? {
            Some(Event::Stanza(delivery)) if delivery.stanza.name() == "message" => break,
            Some(_) => {}
            None => return Err("alice lost her connection".into()),
        }
    }
    let ask = Element::builder("iq", ns::CLIENT)
        .attribute("type", "get")
        .attribute("to", "echo.localhost")
        .child("query", ns::VERSION, |query| query)
        .build()?;
    actor.session.begin_request(ask, Duration::from_secs(5))?;
    loop {
        match actor.next().await? {
            Some(Event::RequestEnded(_, RequestEnd::Answer(_))) => break,
            Some(Event::RequestEnded(_, end)) => {
                return Err(format!("the request came to {end:?}").into());
            }
            Some(_) => {}
            None => return Err("alice lost her connection".into()),
        }
    }
    actor.close().await?;
    done.send_replace(true);
    Ok(())
}

/// A session whose statuses are printed.
struct Actor {
    session: Session,
    printer: Box<dyn Printer>,
    start: Instant,
}

impl Actor {
    async fn ready(&mut self) -> Outcome {
        self.session.connect()?;
        loop {
            match self.next().await? {
                Some(Event::Status(status)) if status.kind() == Status::InitFinished.into() => {
                    return Ok(());
                }
                Some(_) => {}
                None => {
                    self.session.ready().await?;
                }
            }
        }
    }

    /// The next event, printed.
    async fn next(&mut self) -> Result<Option<Event>, std::io::Error> {
        let event = self.session.next().await;
        if let Some(Event::Status(status)) = &event {
            self.printer.status(&**status, self.start.elapsed())?;
        }
        Ok(event)
    }

    async fn close(&mut self) -> Outcome {
        self.session.shutdown();
        while self.next().await?.is_some() {}
        Ok(())
    }
}

fn chat(to: &str, text: &str) -> Result<Element, jabber::XmlError> {
    Element::builder("message", ns::CLIENT)
        .attribute("to", to)
        .attribute("type", "chat")
        .child("body", ns::CLIENT, |body| body.text(text))
        .build()
}

/// The answer to a question for our version (XEP-0092).
fn version(question: &Element) -> Result<Element, jabber::XmlError> {
    Element::builder("iq", ns::CLIENT)
        .attribute("type", "result")
        .attribute_opt("id", question.attribute("id"))
        .attribute_opt("to", question.attribute("from"))
        .attribute_opt("from", question.attribute("to"))
        .child("query", ns::VERSION, |query| {
            query.child("name", ns::VERSION, |name| name.text("jabber demo")).child(
                "version",
                ns::VERSION,
                |it| it.text(env!("CARGO_PKG_VERSION")),
            )
        })
        .build()
}
