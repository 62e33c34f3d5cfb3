//! Names: several on one connection, bound and unbound while ready, and those of others.

use jabber::{Status, jabberd20_component::BindError, ns};

use super::{alice, named, own, ready, refused, start};
use crate::support::{Actor, body, chat, jid};

#[tokio::test]
async fn several_on_one_connection() {
    let Some(place) = start() else { return };
    let names = ["one.test", "two.test", "three.test"];
    let config = named(names[0]).with_name(jid(names[1])).with_name(jid(names[2]));
    let (mut ours, identity) = ready(&place, config).await;
    assert_eq!(identity.jid, jid(names[0]));
    assert_eq!(identity.other_names, [jid(names[1]), jid(names[2])]);
    let (mut alice, alices) = alice(&place).await;
    for name in names {
        let us = format!("echo@{name}");
        alice.send(chat(&us, name)).await;
        let message = ours.message().await;
        assert_eq!((&*body(&message), &*message.attribute("to").unwrap()), (name, us.as_str()));
        ours.send(chat(&alices, "back").with_attribute("from", &us).unwrap()).await;
        assert_eq!(alice.message().await.attribute("from").unwrap(), us.as_str());
    }
    let (trace, _) = tokio::join!(ours.close(), alice.close());
    // One negotiation, whatever the number.
    assert_eq!(trace.steps().matches("BINDNEGOTIATE BINDSUCCESS INIT_FINISHED").count(), 1);
    let sent = trace.nodes(Status::NodeSent).join("");
    assert_eq!(sent.matches("<bind ").count(), 3, "{sent}");
}

#[tokio::test]
async fn bound_and_unbound_while_ready_by_requests() {
    let Some(place) = start() else { return };
    let (mut ours, _) = ready(&place, named("ours.test")).await;
    let (other, _) = ready(&place, named("other.test")).await;
    let (mut alice, _) = alice(&place).await;
    // Another name.
    let answer = ours.request(own("bind name='more.test'")).await.unwrap();
    assert_eq!(BindError::of(&answer), None);
    alice.send(chat("echo@more.test", "more")).await;
    assert_eq!(body(&ours.message().await), "more");
    // Stanzas from it go out from it.
    let message =
        chat("echo@ours.test", "to myself").with_attribute("from", "a@more.test").unwrap();
    ours.send(message).await;
    let delivery = ours.first(|stanza| stanza.name() == "message").await;
    let envelope = delivery.envelope.unwrap();
    assert_eq!(envelope.attribute("from").unwrap(), "more.test");
    // Names that cannot be had.
    for (what, expected) in [
        ("bind name='other.test'", BindError::Conflict),
        ("bind name=''", BindError::BadRequest),
        ("bind", BindError::BadRequest),
        ("unbind name='other.test'", BindError::NotFound),
        ("unbind name='nobodys.test'", BindError::NotFound),
    ] {
        let (_, answer) = refused(ours.request(own(what)).await);
        assert_eq!(BindError::of(&answer), Some(expected), "{what}: {answer}");
    }
    // Given back, it is free for others.
    let answer = ours.request(own("unbind name='more.test'")).await.unwrap();
    assert_eq!(BindError::of(&answer), None);
    let (third, _) = ready(&place, named("more.test")).await;
    let trace = ours.close().await;
    assert_eq!(trace.steps().matches("RTS_START RTS_FINISH").count(), 7, "{trace}");
    tokio::join!(other.close(), third.close(), alice.close());
}

/// The next that says that a name has come or gone.
async fn news(actor: &mut Actor) -> (String, Option<String>) {
    let presence = actor.first(|it| it.is("presence", ns::JABBERD20_COMPONENT)).await.stanza;
    let value = |name| presence.attribute(name).map(|it| it.into_owned());
    (value("from").unwrap(), value("type"))
}

#[tokio::test]
async fn those_of_others_are_told_once_each() {
    let Some(place) = start() else { return };
    // Whoever has several names is told as often.
    let config = named("one.test").with_name(jid("two.test")).with_name(jid("three.test"));
    let (mut ours, _) = ready(&place, config).await;
    let mut known = Vec::new();
    while known.len() < 7 {
        known.push(news(&mut ours).await);
    }
    known.sort();
    let names: Vec<&str> = known.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        ["anon.test", "c2s", "jabber.test", "localhost", "sm", "sm-anon", "uncovered.test"]
    );
    assert!(known.iter().all(|(_, gone)| gone.is_none()), "{known:?}");
    for round in 0..2 {
        let name = format!("guest{round}.test");
        let (guest, _) = ready(&place, named(&name)).await;
        assert_eq!(news(&mut ours).await, (name.clone(), None));
        guest.close().await;
        assert_eq!(news(&mut ours).await, (name, Some("unavailable".to_owned())));
    }
    // They came three times over all the same.
    let trace = ours.close().await;
    let received = trace.nodes(Status::NodeReceived);
    let of = |text: &str| received.iter().filter(|it| it.contains(text)).count();
    assert_eq!(of("from='guest0.test'"), 6, "{trace}");
}
