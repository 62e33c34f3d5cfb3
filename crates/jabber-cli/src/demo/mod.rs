//! `jabber demo`: an embedded server, and a connection in each dialect, in one process.

mod actor;
mod stanzas;

use std::time::Duration;

use jabber::{
    Event, RequestEnd, Session, Tcp, TlsConfig, component, jabberd20_component, legacy, ns, xmpp,
};
use jabber_server::Server;
use owo_colors::OwoColorize;
use tokio::{sync::watch, time::Instant};

use self::{
    actor::{Actor, Stage},
    stanzas::{chat, version, version_request},
};
use crate::{
    args::{DemoArgs, Dialect},
    connect::cause,
    output::{self, Printers},
};

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// Nothing in it takes long; whatever hangs is a fault.
const AT_MOST: Duration = Duration::from_secs(20);

/// The exit status.
pub(crate) async fn run(args: DemoArgs) -> u8 {
    let outcome = match tokio::time::timeout(AT_MOST, play(&args)).await {
        Ok(outcome) => outcome,
        Err(_) => Err(format!("the demonstration did not end within {AT_MOST:?}").into()),
    };
    match outcome {
        Ok(()) => {
            anstream::eprintln!(
                "{} four dialects: a message there and back, two requests answered, four connections closed in good order\n  {} jabber serve --ca-file ca.pem     then, in another terminal:\n       JABBER_PASSWORD=wonderland jabber connect --jid alice@localhost --server localhost:5222 --tls-ca ca.pem",
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

/// Alice (xmpp) writes to Bob (legacy), and asks a component of each protocol for its version.
async fn play(args: &DemoArgs) -> Outcome {
    let server = Server::builder()
        .user("alice", "wonderland")
        .user("bob", "builder")
        .component("echo.localhost", "secret")
        .router_user("jabberd", "secret")
        .start()
        .await?;
    let tls = TlsConfig::builder().without_system_roots().add_ca_pem(server.ca_pem().as_bytes())?;
    let stage = Stage {
        tcp: Tcp::new(tls.build()?),
        printers: &Printers::new(args.events),
        shown: &args.dialects,
        start: Instant::now(),
    };

    let at = |address: std::net::SocketAddr| address.to_string().parse();
    let config = component::Config::new("echo.localhost".parse()?, "secret");
    let echo = Session::builder(config).server(at(server.components())?);
    let config = jabberd20_component::Config::new("router.localhost".parse()?, "secret")
        .with_username("jabberd");
    let router =
        Session::builder(config).server(at(server.components())?).tls_name("localhost".parse()?);
    let config = legacy::Config::new("bob@localhost/demo".parse()?, "builder")?;
    let bob = Session::builder(config).server(at(server.direct_tls())?).direct_tls(true);
    let config = xmpp::Config::new("alice@localhost/demo".parse()?, "wonderland");
    let alice = Session::builder(config).server(at(server.c2s())?);

    // Who of them is there, and whether all is done.
    let (present, _) = watch::channel(0_usize);
    let (done, _) = watch::channel(false);
    let part = || (&present, done.subscribe());
    tokio::try_join!(
        serve(stage.actor(Dialect::Component, "component", echo), part()),
        serve(stage.actor(Dialect::Jabberd20Component, "router", router), part()),
        serve(stage.actor(Dialect::Legacy, "bob", bob), part()),
        write_and_ask(stage.actor(Dialect::Xmpp, "alice", alice), present.subscribe(), &done),
    )?;
    server.shutdown().await;
    Ok(())
}

/// Answers messages, and who asks for a version, until all is done. It is the same in each dialect.
async fn serve(
    mut actor: Actor,
    (present, mut done): (&watch::Sender<usize>, watch::Receiver<bool>),
) -> Outcome {
    actor.ready().await?;
    present.send_modify(|count| *count += 1);
    loop {
        let event = tokio::select! {
            event = actor.next() => event?,
            _ = done.wait_for(|done| *done) => return actor.close().await,
        };
        let Some(event) = event else {
            return Err(format!("{} lost its connection", actor.session.dialect()).into());
        };
        let Event::Stanza(delivery) = event else { continue };
        let stanza = delivery.stanza;
        if stanza.children().any(|it| it.is("query", ns::VERSION)) {
            actor.session.send(version(&stanza)?).await?;
        } else if let (Some(from), "message") = (stanza.attribute("from"), stanza.name()) {
            actor.session.send(chat(&from, "Off with his head? Never!")?).await?;
        }
    }
}

/// Alice: writes to Bob, asks the components, leaves.
async fn write_and_ask(
    mut actor: Actor,
    mut present: watch::Receiver<usize>,
    done: &watch::Sender<bool>,
) -> Outcome {
    // Sent too early: it is queued, and goes out when the queue is purged.
    actor.session.send(chat("bob@localhost/demo", "Curiouser & curiouser!")?).await?;
    present.wait_for(|count| *count == 3).await?;
    actor.ready().await?;
    actor.session.purge_queue()?;
    let mut answers = 0;
    let mut written = false;
    for component in ["echo.localhost", "router.localhost"] {
        actor.session.begin_request(version_request(component)?, Duration::from_secs(5))?;
    }
    while !(written && answers == 2) {
        match actor.next().await? {
            Some(Event::Stanza(delivery)) => written |= delivery.stanza.name() == "message",
            Some(Event::RequestEnded(_, RequestEnd::Answer(_))) => answers += 1,
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
