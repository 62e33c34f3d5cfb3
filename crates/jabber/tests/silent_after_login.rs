//! A program's own test: how does it take a server that is silent after the login?

use std::time::Duration;

use jabber::{Element, Jid, RequestError, Session, xmpp};
use jabber_testkit::misbehaving::{Misbehaviour, Server, Step};
use tokio::time::Instant;

/// The program: it wants to know the server's version, and does not wait for ever.
async fn version(session: &mut Session) -> Result<Element, RequestError> {
    let request = Element::builder("iq", "jabber:client")
        .attribute("type", "get")
        .attribute("to", "localhost")
        .child("query", "jabber:iq:version", |query| query);
    let request = request.build().map_err(|_| RequestError::Cancelled)?;
    session.request(request, Duration::from_secs(20)).await
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_silent_after_the_login() -> Result<(), Box<dyn std::error::Error>> {
    let alice: Jid = "alice@localhost/desk".parse()?;
    let server =
        Server::xmpp(alice.clone(), "wonderland").misbehaving(Step::Answer, Misbehaviour::Silent);

    let config = xmpp::Config::new(alice, "wonderland");
    let mut session = Session::builder(config).build_with(server.transport());
    session.connect()?;
    session.ready().await?;

    // On the paused clock these are no time at all.
    let start = Instant::now();
    let answer = version(&mut session).await;
    assert!(matches!(answer, Err(RequestError::TimedOut)), "{answer:?}");
    assert_eq!(start.elapsed(), Duration::from_secs(20));
    Ok(())
}
