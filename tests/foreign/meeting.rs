//! A bot and a client of ours meet on the server.

use std::process::Command;

use jabber::{Element, RequestError, Session};
use jabber_tests::server::BOB;

use crate::{
    bot::{Bot, LINE, Role, TEXT},
    serve::Serve,
    support::{Actor, address, body, client, full, version_request},
};

const NOTE: &str = "urn:example:note";

/// What the bot says of itself when it is in: how it logged in, and more.
pub(crate) struct Met {
    pub(crate) way_in: Vec<String>,
    /// Its name by XEP-0092.
    pub(crate) name: String,
}

/// The bot logs in, both talk with each other, both leave in good order.
pub(crate) async fn meet(server: &Serve, bot: Command, role: &Role<'_>) -> Met {
    let mut bob = bob(server).await;
    let me = full(BOB, "peer");
    let mut bot = Bot::start(bot, role, &me);
    let mut way_in = bot.says("ready").await;
    assert_eq!(way_in.remove(0), role.jid);
    assert_eq!(bot.says("version").await, ["jabber-server"]);
    bot.says("pong").await;
    let address = match role.kind {
        "component" => format!("bot@{}", role.jid),
        _ => role.jid.to_owned(),
    };

    // From it to us.
    let message = bob.stanza().await;
    assert_eq!(message.attribute("from").unwrap(), address.as_str());
    assert_eq!(message.attribute("to").unwrap(), me.as_str());
    assert_eq!(message.attribute("type").unwrap(), "chat");
    assert_eq!(body(&message), TEXT);
    let note = message.child("note", NOTE).unwrap();
    assert_eq!(note.attribute("says").unwrap(), LINE);
    assert_eq!(note.text(), TEXT);

    // From us to it.
    bob.send(letter(&address, TEXT)).await;
    assert_eq!(bot.says("message").await, [&*me, TEXT, LINE, TEXT]);
    let answer = bob.request(version_request(&address)).await.unwrap();
    let query = answer.child("query", jabber::ns::VERSION).unwrap();
    let name = query.child("name", jabber::ns::VERSION).unwrap().text().into_owned();

    // It leaves, and is no longer there.
    bob.send(letter(&address, "leave")).await;
    assert_eq!(bot.says("message").await[1], "leave");
    bot.says("closed").await;
    bot.ends(0).await;
    let nobody = bob.request(version_request(&address)).await;
    assert!(matches!(nobody, Err(RequestError::Answered { .. })), "{nobody:?}");
    let trace = bob.close().await;
    let end = "SHUTDOWN_START STREAMEND SOCKETDISCONNECT SHUTDOWN_FINISH";
    assert!(trace.steps().ends_with(end), "{trace}");
    Met { way_in, name }
}

/// The bot is not let in, or does not want to be, and a client of ours does not hear of it.
pub(crate) async fn miss(server: &Serve, bot: Command, role: &Role<'_>, word: &str, status: i32) {
    let bob = bob(server).await;
    let mut bot = Bot::start(bot, role, &full(BOB, "peer"));
    bot.says(word).await;
    bot.ends(status).await;
    let trace = bob.close().await;
    assert!(
        trace
            .all()
            .ends_with("INIT_FINISHED SHUTDOWN_START STREAMEND SOCKETDISCONNECT SHUTDOWN_FINISH"),
        "{trace}"
    );
}

async fn bob(server: &Serve) -> Actor {
    let builder = Session::builder(client(BOB, "peer"))
        .transport(server.trusted())
        .server(address(server.c2s));
    let mut bob = Actor::client(builder, BOB);
    bob.connect();
    bob.ready().await;
    bob
}

fn letter(to: &str, text: &str) -> Element {
    Element::builder("message", jabber::ns::CLIENT)
        .attribute("to", to)
        .attribute("type", "chat")
        .child("body", jabber::ns::CLIENT, |body| body.text(text))
        .child("note", NOTE, |note| note.attribute("says", LINE).text(text))
        .build()
        .unwrap()
}
