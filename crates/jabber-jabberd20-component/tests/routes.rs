//! The session: routes around stanzas, and what the router says itself.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod common;

use common::{C, Run, echo};
use jabber_dialect::{Delivery, Inbound, Redaction, StanzaError};
use jabber_jabberd20_component::{BindError, Config, Route, RouteType};
use jabber_xml::Element;

fn two_names() -> Config {
    echo().with_name("chat.localhost".parse().unwrap())
}

fn parsed(text: &str) -> Element {
    text.parse().unwrap()
}

fn route_of(delivery: &Delivery) -> Route {
    Route::of(delivery.envelope.as_ref().expect("an envelope")).expect("a route")
}

#[test]
fn stanzas_are_wrapped() {
    let mut run = Run::ready(&two_names());
    for (from, to, route) in [
        ("echo.localhost", "a@b.example/c", "to='b.example' from='echo.localhost'"),
        ("bot@chat.localhost/x", "b.example", "to='b.example' from='chat.localhost'"),
        ("Bot@CHAT.localhost", "B.Example", "to='b.example' from='chat.localhost'"),
        // From elsewhere, from nobody, from nonsense: the first name vouches for it.
        ("a@elsewhere", "b.example", "to='b.example' from='echo.localhost'"),
        ("", "b.example", "to='b.example' from='echo.localhost'"),
        ("@", "b.example", "to='b.example' from='echo.localhost'"),
        // To nobody: the router brings it back.
        ("chat.localhost", "", "from='chat.localhost'"),
        ("chat.localhost", "@", "from='chat.localhost'"),
    ] {
        let attribute = |name: &str, value: &str| match value {
            "" => String::new(),
            value => format!(" {name}='{value}'"),
        };
        let addresses = attribute("from", from) + &attribute("to", to);
        assert_eq!(
            run.outbound(&format!("<message{addresses}><body>a &amp; b</body></message>")),
            format!(
                "<route {route}><message xmlns='jabber:client'{addresses}>\
                 <body>a &amp; b</body></message></route>"
            )
        );
    }
}

/// What was received on another stream or in a route goes out as well; its own declarations stay.
#[test]
fn payloads_keep_their_namespaces() {
    let mut run = Run::ready(&echo());
    assert_eq!(
        run.outbound("<iq to='b'><query xmlns='urn:q'><x xmlns='jabber:client'/></query></iq>"),
        "<route to='b' from='echo.localhost'><iq xmlns='jabber:client' to='b'><query xmlns='urn:q'>\
         <x xmlns='jabber:client'/></query></iq></route>"
    );
    let delivery = run.delivered(&format!(
        "<route {C} to='echo.localhost' from='b'><iq xmlns='jabber:client' to='c'>\
         <p:q xmlns:p='urn:q'/></iq></route>"
    ));
    assert_eq!(
        run.outbound(&delivery.stanza.to_string()),
        "<route to='c' from='echo.localhost'><iq xmlns='jabber:client' to='c'>\
         <p:q xmlns:p='urn:q'/></iq></route>"
    );
}

#[test]
fn what_is_the_routers_goes_as_it_is() {
    let mut run = Run::ready(&echo());
    for text in [
        "<route to='a' from='b' type='broadcast' id='1'><message xmlns='jabber:client'/></route>",
        "<route><x xmlns='urn:x'/></route>",
        "<bind name='third.localhost' id='1'><log/></bind>",
        "<unbind name='third.localhost'/>",
        "<throttle/>",
        "<presence from='b'/>",
    ] {
        let name = &text[..text.find([' ', '>', '/']).unwrap()];
        let given = text.replacen(name, &format!("{name} {C}"), 1);
        assert_eq!(run.outbound(&given), text);
    }
}

#[test]
fn routes_are_unwrapped() {
    let mut run = Run::ready(&echo());
    for (attributes, kind, id) in [
        ("to='echo.localhost' from='sm'", RouteType::Unicast, None),
        ("to='echo.localhost' id='r1' from='sm'", RouteType::Unicast, Some("r1")),
        ("type='broadcast' from='sm'", RouteType::Broadcast, None),
    ] {
        let stanza = "<iq xmlns='jabber:client' type='get' to='echo.localhost' from='sm' id='1'>\
            <query xmlns='http://jabber.org/protocol/disco#info'></query></iq>";
        let delivery = run.delivered(&format!("<route {C} {attributes}>{stanza}</route>"));
        assert_eq!(delivery.stanza, parsed(stanza));
        assert!(delivery.stanza.is("iq", "jabber:client"));
        let route = route_of(&delivery);
        assert_eq!((route.kind, route.error, route.id.as_deref()), (kind, None, id));
        assert_eq!(route.from.as_deref(), Some("sm"));
        assert_eq!(route.to.is_some(), kind == RouteType::Unicast);
    }
    // Bare, as the router gives them to components of XEP-0114.
    let delivery = run.delivered("<message xmlns='jabber:client'/>");
    assert!(delivery.envelope.is_none() && delivery.stanza.name() == "message");
}

/// A copy is to somebody else: it stays in its route, and is no answer to anybody.
#[test]
fn what_stays_in_its_route() {
    let mut run = Run::ready(&echo());
    let stanza = "<iq xmlns='jabber:client' type='result' id='1' from='b' to='a'/>";
    for route in [
        format!("<route {C} type='log' to='a' from='b'>{stanza}</route>"),
        format!("<route {C} type='log' error='404' to='a' from='b'>{stanza}</route>"),
        format!("<route {C} type='of-the-future' to='a' from='b'>{stanza}</route>"),
        format!("<route {C} to='echo.localhost' from='b'/>"),
        format!("<route {C} to='echo.localhost' from='b'>text</route>"),
        format!("<route {C} to='echo.localhost' from='b'>{stanza}{stanza}</route>"),
        format!("<route {C} to='echo.localhost' from='b' error='404'/>"),
    ] {
        let delivery = run.delivered(&route);
        assert!(delivery.envelope.is_none(), "{route}");
        assert_eq!(delivery.stanza, parsed(&route));
    }
    let copy = run.delivered(&format!("<route {C} type='log' to='a' from='b'>{stanza}</route>"));
    let route = Route::of(&copy.stanza).expect("a route");
    assert_eq!(route.kind, RouteType::Log);
    assert_eq!((route.from.as_deref(), route.to.as_deref()), (Some("b"), Some("a")));
    assert_eq!(Route::content(&copy.stanza).map(|it| it.to_element()), Some(parsed(stanza)));
}

#[test]
fn bounces_are_errors_from_whom_they_were_to() {
    let mut run = Run::ready(&echo());
    for (code, condition, error) in [
        ("400", "bad-request", Some(400)),
        ("401", "not-authorized", Some(401)),
        ("404", "remote-server-not-found", Some(404)),
        ("500", "internal-server-error", Some(500)),
        ("x", "undefined-condition", Some(0)),
    ] {
        for stanza in [
            "<iq xmlns='jabber:client' type='get' from='echo.localhost' to='a@b' id='1'><q xmlns='urn:q'/></iq>",
            "<iq xmlns='jabber:client' type='set' from='echo.localhost' to='a@b' id='1'><q xmlns='urn:q'/></iq>",
            "<message xmlns='jabber:client' from='echo.localhost' to='a@b' id='1'><body>hi</body></message>",
            "<presence xmlns='jabber:client' type='probe' from='echo.localhost' to='a@b' id='1'/>",
        ] {
            let (delivery, failed) = run.replied(&format!(
                "<route {C} error='{code}' from='echo.localhost' to='b'>{stanza}</route>"
            ));
            assert!(failed);
            assert_eq!(route_of(&delivery).error, error);
            let sent = Route::content(delivery.envelope.as_ref().unwrap()).unwrap().to_element();
            assert_eq!(sent, parsed(stanza), "the route has it as it was");
            let answer = delivery.stanza;
            assert!(answer.is(sent.name(), "jabber:client"));
            for (name, value) in
                [("type", "error"), ("from", "a@b"), ("to", "echo.localhost"), ("id", "1")]
            {
                assert_eq!(answer.attribute(name).as_deref(), Some(value), "{answer}");
            }
            let said = StanzaError::of(answer.root()).expect("an error");
            assert_eq!(said.condition.as_str(), condition);
            assert_eq!(said.code, error);
        }
    }
}

/// Nobody waits for what becomes of an answer or of an error: it is no answer itself.
#[test]
fn bounced_answers_stay_in_their_route() {
    let mut run = Run::ready(&echo());
    for stanza in [
        "<iq xmlns='jabber:client' type='result' from='echo.localhost' to='a@b' id='1'/>",
        "<iq xmlns='jabber:client' type='error' from='echo.localhost' to='a@b' id='1'/>",
        "<iq xmlns='jabber:client' from='echo.localhost' to='a@b' id='1'/>",
        "<message xmlns='jabber:client' type='error' from='echo.localhost' to='a@b' id='1'/>",
        "<presence xmlns='jabber:client' type='error' to='a@b' id='1'/>",
        "<session xmlns='urn:x' id='1'/>",
        "<message xmlns='urn:x' id='1'/>",
    ] {
        let route = format!("<route {C} error='404' from='echo.localhost' to='b'>{stanza}</route>");
        let delivery = run.delivered(&route);
        assert!(delivery.envelope.is_none());
        assert_eq!(delivery.stanza, parsed(&route), "{stanza}");
    }
}

/// Names come and go, once for each of ours; each is told once.
#[test]
fn the_names_of_others() {
    let mut run = Run::ready(&two_names());
    let said = |run: &mut Run, text: &str| match run
        .inbound(&text.replace("<presence", &format!("<presence {C}")))
    {
        Inbound::Stanza(delivery) => {
            assert!(!delivery.stanza.is("presence", "jabber:client"), "not a presence of a user");
            true
        }
        Inbound::Control => false,
        other => panic!("{other:?}"),
    };
    let (come, gone) = ("<presence from='sm'/>", "<presence from='sm' type='unavailable'/>");
    for (text, news) in [
        (gone, false),
        (come, true),
        (come, false),
        ("<presence from='c2s'/>", true),
        (gone, true),
        (gone, false),
        (come, true),
        ("<presence/>", true),
        ("<presence from='sm' type='of-the-future'/>", true),
    ] {
        assert_eq!(said(&mut run, text), news, "{text}");
    }
}

#[test]
fn the_routers_answers() {
    let mut run = Run::ready(&echo());
    for (answer, failed, error) in [
        ("<bind id='1'/>", false, None),
        ("<bind id='1' error='409'/>", true, Some(BindError::Conflict)),
        ("<unbind id='1'/>", false, None),
        ("<unbind id='1' error='404'/>", true, Some(BindError::NotFound)),
        ("<throttle id='1'/>", false, None),
    ] {
        let text = answer.replacen(" id", &format!(" {C} id"), 1);
        let (delivery, error_said) = run.replied(&text);
        assert_eq!(error_said, failed, "{answer}");
        assert_eq!(delivery.stanza, parsed(&text));
        assert_eq!(BindError::of(&delivery.stanza), error);
        assert!(delivery.envelope.is_none());
    }
}

/// The router's answers do not say the name; it is remembered, with and without an id.
#[test]
fn bound_names_change() {
    let mut run = Run::ready(&echo());
    let from = |run: &mut Run, name: &str| {
        let sent = run.outbound(&format!("<message from='x@{name}' to='b'/>"));
        Route::of(&parsed(&sent.replacen("<route", &format!("<route {C}"), 1)))
            .and_then(|route| route.from)
            .expect("it is from somewhere")
    };
    run.outbound(&format!("<bind {C} name='b.localhost' id='1'/>"));
    run.outbound(&format!("<bind {C} name='c.localhost' id='2'/>"));
    run.outbound(&format!("<bind {C} name='d.localhost'/>"));
    assert_eq!(from(&mut run, "b.localhost"), "echo.localhost", "it is not confirmed");
    run.replied(&format!("<bind {C} id='2' error='409'/>"));
    run.replied(&format!("<bind {C} id='1'/>"));
    run.replied(&format!("<bind {C}/>"));
    run.replied(&format!("<bind {C} id='never asked'/>"));
    assert_eq!(from(&mut run, "b.localhost"), "b.localhost");
    assert_eq!(from(&mut run, "c.localhost"), "echo.localhost", "it was refused");
    assert_eq!(from(&mut run, "d.localhost"), "d.localhost");

    run.outbound(&format!("<unbind {C} name='echo.localhost' id='1'/>"));
    assert_eq!(from(&mut run, "echo.localhost"), "echo.localhost");
    run.replied(&format!("<unbind {C} id='1' error='404'/>"));
    assert_eq!(from(&mut run, "echo.localhost"), "echo.localhost");
    run.outbound(&format!("<unbind {C} name='echo.localhost' id='1'/>"));
    run.replied(&format!("<unbind {C} id='1'/>"));
    assert_eq!(from(&mut run, "echo.localhost"), "b.localhost", "the first that is left");
}

#[test]
fn what_can_be_a_request() {
    let run = Run::ready(&echo());
    for (text, expected) in [
        ("<iq/>", true),
        ("<message/>", true),
        ("<presence/>", true),
        ("<body/>", false),
        (&format!("<bind {C}/>"), true),
        (&format!("<unbind {C}/>"), true),
        (&format!("<throttle {C}/>"), true),
        // No answer repeats a route's id.
        (&format!("<route {C}/>"), false),
        (&format!("<iq {C}/>"), false),
        ("<bind/>", false),
    ] {
        assert_eq!(run.is_request(text), expected, "{text}");
    }
}

/// A password in a route is as secret as one outside of it.
#[test]
fn secrets_in_routes_are_not_shown() {
    let run = Run::ready(&echo());
    let register = "<iq xmlns='jabber:client'><query xmlns='jabber:iq:register'><password>x\
        </password></query></iq>";
    let routed = |inner: &str| format!("<route {C} to='a' from='b'>{inner}</route>");
    for (text, expected) in [
        (register.to_owned(), Redaction::Texts),
        (routed(register), Redaction::Texts),
        (routed(&format!("<x xmlns='urn:x'/>{register}")), Redaction::Texts),
        (routed("<message xmlns='jabber:client'><body>hi</body></message>"), Redaction::Nothing),
        (format!("<bind {C} id='1'/>"), Redaction::Nothing),
        ("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>x</auth>".into(), Redaction::Content),
    ] {
        assert_eq!(run.redaction(&text), expected, "{text}");
    }
}

#[test]
fn routes_read_as_they_are_written() {
    let message = parsed("<message to='a'/>");
    let mut with_error = Route::new("b", "a");
    with_error.error = Some(404);
    let mut log = Route::new("b", "a");
    log.kind = RouteType::Log;
    for route in [Route::new("b", "a").with_id("<'&>"), Route::broadcast("b"), with_error, log] {
        let element = route.wrap(&message).unwrap();
        assert_eq!(Route::of(&element), Some(route));
        assert_eq!(Route::content(&element).unwrap().to_element(), message);
    }
    assert!(Route::new("a\u{0}", "b").wrap(&message).is_err());
    assert_eq!(Route::of(&parsed("<route to='a' from='b'/>")), None, "in another namespace");
}
