//! Copies of what others send, what nobody has bound, broadcasts, throttling.

use jabber::{
    Element,
    jabberd20_component::{Config, Route, RouteType},
};
use jabber_tests::{
    jabberd2::{LOGGER_USER, ROUTER_SECRET},
    server::BOB,
};

use super::{alice, client, named, own, ready, start};
use crate::support::{body, chat, jid};

#[tokio::test]
async fn copies_stay_in_their_routes() {
    let Some(place) = start() else { return };
    // This user may have copies, and nothing else.
    let (mut log, _) = ready(&place, Config::new(jid(LOGGER_USER), ROUTER_SECRET).with_log()).await;
    let (mut ours, _) = ready(&place, named("ours.test")).await;
    let (mut alice, _) = alice(&place).await;
    alice.send(chat("echo@ours.test", "for ours alone")).await;
    assert_eq!(body(&ours.message().await), "for ours alone");
    let to_ours =
        |it: &Element| Route::of(it).is_some_and(|it| it.to.as_deref() == Some("ours.test"));
    let has_message =
        |it: &Element| Route::content(it).is_some_and(|content| content.name() == "message");
    let copy = log.first(|it| to_ours(it) && has_message(it)).await;
    // Nothing may take it for a stanza to the logger.
    assert!(copy.envelope.is_none());
    let route = Route::of(&copy.stanza).unwrap();
    assert_eq!((route.kind, route.to.as_deref()), (RouteType::Log, Some("ours.test")));
    assert_eq!(body(&Route::content(&copy.stanza).unwrap().to_element()), "for ours alone");
    tokio::join!(log.close(), ours.close(), alice.close());
}

#[tokio::test]
async fn what_nobody_has_bound_goes_to_the_default() {
    let Some(place) = start() else { return };
    let (mut ours, _) = ready(&place, named("gateway.test").with_default()).await;
    let (mut alice, alices) = alice(&place).await;
    alice.send(chat("somebody@far.away.test", "over the hills")).await;
    let delivery = ours.first(|stanza| stanza.name() == "message").await;
    assert_eq!(body(&delivery.stanza), "over the hills");
    let route = Route::of(&delivery.envelope.unwrap()).unwrap();
    assert_eq!(route.to.as_deref(), Some("far.away.test"));
    // The answer is from a name that is not bound; the route is from one that is.
    let answer =
        chat(&alices, "and back").with_attribute("from", "somebody@far.away.test").unwrap();
    ours.send(answer).await;
    let message = alice.message().await;
    assert_eq!(message.attribute("from").unwrap(), "somebody@far.away.test");
    tokio::join!(ours.close(), alice.close());
}

#[tokio::test]
async fn a_broadcast_reaches_every_other_connection() {
    let Some(place) = start() else { return };
    let (mut ours, _) = ready(&place, named("ours.test")).await;
    let (mut one, _) = ready(&place, named("one.test")).await;
    let (mut two, _) = ready(&place, named("two.test")).await;
    let message = chat("everybody@all.test", "to all").with_attribute("from", "ours.test").unwrap();
    ours.send(Route::broadcast("ours.test").wrap(&message).unwrap()).await;
    for other in [&mut one, &mut two] {
        let delivery = other.first(|stanza| stanza.name() == "message").await;
        assert_eq!(body(&delivery.stanza), "to all");
        let route = Route::of(&delivery.envelope.unwrap()).unwrap();
        assert_eq!((route.kind, route.from.as_deref()), (RouteType::Broadcast, Some("ours.test")));
    }
    let (_, _, trace) = tokio::join!(one.close(), two.close(), ours.close());
    let received = trace.nodes(jabber::Status::NodeReceived).join("");
    assert!(!received.contains("to all"), "not the sender's own: {received}");
}

#[tokio::test]
async fn throttled_it_gets_nothing_until_it_says_so_again() {
    let Some(place) = start() else { return };
    let (mut ours, _) = ready(&place, named("ours.test")).await;
    let (mut alice, alices) = alice(&place).await;
    let (mut bob, _) = client(&place, BOB).await;
    ours.request(own("throttle")).await.unwrap();
    alice.send(chat("echo@ours.test", "held")).await;
    // What goes from us is not held, and by the time it is there and answered, the other one is too.
    ours.send(chat(&alices, "not held").with_attribute("from", "echo@ours.test").unwrap()).await;
    assert_eq!(body(&alice.message().await), "not held");
    bob.send(chat(&alices, "later")).await;
    assert_eq!(body(&alice.message().await), "later");
    ours.request(own("throttle")).await.unwrap();
    assert_eq!(body(&ours.message().await), "held");
    let (trace, ..) = tokio::join!(ours.close(), alice.close(), bob.close());
    // Nothing was read meanwhile: the order tells. The presences of names are not held.
    let received = trace.nodes(jabber::Status::NodeReceived);
    let of = |word: &str| -> Vec<usize> {
        let found = received.iter().enumerate().filter(|(_, node)| node.contains(word));
        found.map(|(nth, _)| nth).collect()
    };
    let (throttles, messages) = (of("<throttle"), of(">held<"));
    assert_eq!((throttles.len(), messages.len()), (2, 1), "{trace}");
    assert!(throttles[1] < messages[0], "{trace}");
}
