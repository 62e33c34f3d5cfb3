//! Routes around stanzas: beside those that come, around those that go, explicit ones, and those
//! that come back.

use jabber::{
    Element, Extra, StanzaCondition,
    jabberd20_component::{Route, RouteType},
};

use super::{alice, named, own, ready, refused, start};
use crate::support::{body, chat, version_request, xml};

fn from(from: &str, stanza: Element) -> Element {
    stanza.with_attribute("from", from).unwrap()
}

#[tokio::test]
async fn the_route_stands_beside_the_stanza() {
    let Some(place) = start() else { return };
    let (mut ours, _) = ready(&place, named("ours.test")).await;
    let (mut alice, alices) = alice(&place).await;
    alice.send(chat("echo@ours.test", "in a route")).await;
    let delivery = ours.first(|stanza| stanza.name() == "message").await;
    assert_eq!(body(&delivery.stanza), "in a route");
    let envelope = delivery.envelope.unwrap();
    let route = Route::of(&envelope).unwrap();
    // The session manager forwards what its users send, by its own name.
    assert_eq!(route.to.as_deref(), Some("ours.test"));
    assert!(matches!(route.from.as_deref(), Some("localhost" | "sm")), "{route:?}");
    assert_eq!((route.kind, route.error), (RouteType::Unicast, None));
    assert_eq!(Route::content(&envelope).unwrap().to_element(), delivery.stanza);
    // An explicit route does the same as a stanza alone, and its own id goes along.
    let message = from("echo@ours.test", chat(&alices, "by an explicit route"));
    let route = Route::new("ours.test", "localhost").with_id("own").wrap(&message).unwrap();
    ours.send(route).await;
    assert_eq!(body(&alice.message().await), "by an explicit route");
    tokio::join!(ours.close(), alice.close());
}

#[tokio::test]
async fn an_explicit_route_reaches_a_name_whatever_is_in_it() {
    let Some(place) = start() else { return };
    let (mut ours, _) = ready(&place, named("ours.test")).await;
    let (mut other, _) = ready(&place, named("other.test")).await;
    // To whom the stanza is, and from whom, is nothing to the router.
    let message = from("somebody@else.test", chat("nobody@nowhere.test", "for the name"));
    let route = Route::new("ours.test", "other.test").with_id("r1");
    ours.send(route.wrap(&message).unwrap()).await;
    let delivery = other.first(|stanza| stanza.name() == "message").await;
    assert_eq!(delivery.stanza.attribute("to").unwrap(), "nobody@nowhere.test");
    let route = Route::of(&delivery.envelope.unwrap()).unwrap();
    assert_eq!(route, Route::new("ours.test", "other.test").with_id("r1"));
    tokio::join!(ours.close(), other.close());
}

#[tokio::test]
async fn a_route_that_comes_back_ends_its_request() {
    let Some(place) = start() else { return };
    let (mut ours, _) = ready(&place, named("ours.test")).await;
    let mut expect = async |question: Element, condition, code| {
        let (error, answer) = refused(ours.request(question).await);
        assert_eq!((error.condition, error.code), (condition, Some(code)), "{answer}");
    };
    // Nobody has bound that name.
    let nowhere = from("echo@ours.test", version_request("nobody@nowhere.test"));
    expect(nowhere.clone(), StanzaCondition::RemoteServerNotFound, 404).await;
    // To nobody.
    let to_nobody = nowhere.without_attribute("to");
    expect(to_nobody, StanzaCondition::BadRequest, 400).await;
    // From a name that is not ours any more.
    ours.request(own("unbind name='ours.test'")).await.unwrap();
    let mut expect = async |question: Element, condition, code| {
        let (error, answer) = refused(ours.request(question).await);
        assert_eq!((error.condition, error.code), (condition, Some(code)), "{answer}");
    };
    let question = from("echo@ours.test", version_request("localhost"));
    expect(question, StanzaCondition::NotAuthorized, 401).await;
    // It is not the end of the session.
    ours.request(own("bind name='ours.test'")).await.unwrap();
    ours.request(from("echo@ours.test", version_request("localhost"))).await.unwrap();
    let trace = ours.close().await;
    assert!(trace.lines.iter().all(|line| line.kind != Extra::RequestEnded.into()), "{trace}");
    assert_eq!(trace.steps().matches("RTS_START RTS_FINISH").count(), 6, "{trace}");
}

#[tokio::test]
async fn what_nobody_has_asked_for_comes_back_with_its_route() {
    let Some(place) = start() else { return };
    let (mut ours, _) = ready(&place, named("ours.test")).await;
    for (route, code) in [
        (Route::new("ours.test", "nowhere.test"), 404),
        (Route::new("not-ours.test", "localhost"), 401),
    ] {
        let message =
            xml("<message to='a@b.test' from='echo@ours.test' id='m1'><body>x</body></message>");
        ours.send(route.clone().wrap(&message).unwrap()).await;
        let delivery = ours.first(|stanza| stanza.name() == "message").await;
        assert_eq!(delivery.stanza.attribute("type").unwrap(), "error");
        assert_eq!(delivery.stanza.attribute("id").unwrap(), "m1");
        let told = Route::of(&delivery.envelope.unwrap()).unwrap();
        assert_eq!((told.error, told.to, told.from), (Some(code), route.to, route.from));
    }
    ours.close().await;
}
