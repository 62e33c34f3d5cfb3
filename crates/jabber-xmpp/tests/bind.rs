//! Bind and session: answers, refusals, forgeries, stanzas that come too early.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod common;

use std::collections::BTreeSet;

use common::{BIND, HEADER, Run, SESSION, SUCCESS, features, mechanisms, stream_error};
use jabber_dialect::Retry;
use jabber_sasl::Credentials;
use jabber_security::Security;
use jabber_status::ErrorStatus::{BindFail, SessionFail};
use jabber_xmpp::{Config, Error, Incompatibility, Misbehaviour, OnConflict, Rejection};

const ERRORS: &str = "urn:ietf:params:xml:ns:xmpp-stanzas";

fn alice() -> Config {
    Config::new("alice@localhost/desk".parse().unwrap(), "wonderland")
        .with_policy(jabber_sasl::Policy::PLAIN_OVER_TLS)
}

/// Logged in, with the header of the stream that the bind takes place on.
fn logged_in(config: &Config) -> Run {
    let mut run = Run::start(config, &Security::TlsNext, false);
    run.tls().server(HEADER).server(&mechanisms(&["PLAIN"])).server(SUCCESS).server(HEADER);
    run
}

fn binding(config: &Config) -> Run {
    let mut run = logged_in(config);
    run.server(&features(&format!("{BIND}{SESSION}")));
    run
}

fn result(run: &Run, jid: &str) -> String {
    format!(
        "<iq type='result' id='{}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>\
         <jid>{jid}</jid></bind></iq>",
        run.id()
    )
}

fn error(run: &Run, kind: &str, condition: &str) -> String {
    format!(
        "<iq type='error' id='{}'><error type='{kind}'><{condition} xmlns='{ERRORS}'/></error></iq>",
        run.id()
    )
}

fn typed(run: &Run) -> &Error {
    run.failure().error().downcast_ref().expect("our error")
}

#[test]
fn the_bind_is_not_offered() {
    let mut run = logged_in(&alice());
    run.server(&features(SESSION));
    assert_eq!(run.failure().cause(), Some(BindFail));
    assert!(matches!(typed(&run), Error::PeerIncompatible(Incompatibility::NoBind)));
    assert!(!run.lines().contains("BINDNEGOTIATE"));
    run.end();
}

/// RFC 6120 §7.7.1: the server's resource is taken over.
#[test]
fn another_resource_is_taken_over() {
    let mut run = binding(&alice());
    run.server(&result(&run, "alice@LOCALHOST/given"));
    assert!(run.lines().contains("! BINDSUCCESS: alice@localhost/given"), "{}", run.lines());
}

#[test]
fn threat_29_another_account_is_refused_unless_allowed() {
    let as_bob = |authzid: &str| {
        let credentials = Credentials::new("alice", "wonderland".into()).with_authzid(authzid);
        alice().with_credentials(credentials)
    };
    for (config, bound, accepted) in [
        (alice(), "bob@localhost/desk", false),
        (alice(), "alice@elsewhere/desk", false),
        (alice(), "localhost/desk", false),
        (alice().with_any_jid(), "bob@localhost/desk", true),
        (as_bob("bob@localhost"), "bob@localhost/desk", true),
        (as_bob("bob@localhost"), "alice@localhost/desk", false),
        (as_bob("bob@localhost"), "eve@localhost/desk", false),
        (as_bob("bob"), "bob@localhost/desk", true),
    ] {
        let mut run = binding(&config);
        run.server(&result(&run, bound));
        assert_eq!(run.is_open(), accepted, "{bound}: {}", run.lines());
        if !accepted {
            assert_eq!(run.failure().cause(), Some(BindFail));
            let foreign = matches!(
                typed(&run),
                Error::PeerMisbehaved(Misbehaviour::ForeignJid { bound: it, .. })
                    if it.as_str() == bound
            );
            assert!(foreign, "{}", run.failure());
            assert!(!run.lines().contains("BINDSUCCESS"));
            run.end();
        }
    }
}

/// None, nonsense, or more than one.
#[test]
fn threat_29_a_result_without_one_full_jid_is_refused() {
    let iq = |inner: &str, id: &str| format!("<iq type='result' id='{id}'>{inner}</iq>");
    for inner in [
        "",
        BIND,
        "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid/></bind>",
        "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>alice@localhost</jid></bind>",
        "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>a@b@c/d</jid></bind>",
        "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>alice@localhost/</jid></bind>",
        "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>alice@localhost/d&#x2028;k</jid></bind>",
        "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>a&#x200b;lice@localhost/d</jid></bind>",
        "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>alice@localhost/d</jid><jid>bob@localhost/d</jid></bind>",
        "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>alice@localhost/d</jid></bind>\
         <bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>bob@localhost/d</jid></bind>",
        "<jid>alice@localhost/desk</jid>",
        "<bind xmlns='urn:x'><jid>alice@localhost/desk</jid></bind>",
        "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid xmlns='urn:x'>alice@localhost/d</jid></bind>",
    ] {
        let mut run = binding(&alice());
        run.server(&iq(inner, &run.id()));
        assert_eq!(run.failure().cause(), Some(BindFail), "{inner}");
        assert!(matches!(typed(&run), Error::PeerMisbehaved(Misbehaviour::BindWithoutJid)));
        run.end();
    }
}

#[test]
fn refusals_of_the_bind_are_typed() {
    for (kind, condition, retry) in [
        ("modify", "bad-request", Retry::Never),
        ("cancel", "not-allowed", Retry::Never),
        ("wait", "resource-constraint", Retry::Later),
        ("auth", "not-authorized", Retry::NewCredentials),
        ("", "internal-server-error", Retry::Later),
    ] {
        let mut run = binding(&alice());
        run.server(&error(&run, kind, condition));
        assert_eq!(run.failure().cause(), Some(BindFail));
        assert_eq!(run.failure().retry(), retry, "{condition}");
        let Error::Rejected(Rejection::Bind(error)) = typed(&run) else { panic!() };
        assert_eq!(error.condition.as_str(), condition);
        run.end();
    }
    for condition in ["not-authorized", "policy-violation", "conflict"] {
        let mut run = binding(&alice());
        run.server(&stream_error(condition));
        assert_eq!(run.failure().cause(), Some(BindFail), "{condition}");
        run.end();
    }
}

#[test]
fn a_conflict_is_tried_three_times_with_fresh_resources() {
    let mut run = binding(&alice());
    let resource = |run: &Run| {
        let bind = run.sent().children().next().expect("a bind");
        bind.children().next().expect("a resource").text().into_owned()
    };
    let mut asked = vec![(resource(&run), run.id())];
    for _ in 0..3 {
        run.server(&error(&run, "modify", "conflict"));
        assert!(run.is_open());
        asked.push((resource(&run), run.id()));
    }
    assert_eq!(run.lines().matches("BINDNEGOTIATE").count(), 1);
    assert_eq!(asked[0].0, "desk");
    let (resources, ids): (BTreeSet<_>, BTreeSet<_>) = asked.into_iter().unzip();
    assert_eq!((resources.len(), ids.len()), (4, 4), "{resources:?} {ids:?}");

    // The answer to an earlier request is none to the last one.
    let mut other = binding(&alice());
    let early = result(&other, "alice@localhost/desk");
    other.server(&error(&other, "modify", "conflict"));
    other.server(&early);
    assert!(!other.lines().contains("BINDSUCCESS"));
    other.server(&result(&other, "alice@localhost/fresh"));
    assert!(other.lines().contains("BINDSUCCESS: alice@localhost/fresh"));

    run.server(&error(&run, "modify", "conflict"));
    assert_eq!(run.failure().cause(), Some(BindFail));
    run.end();
}

#[test]
fn a_conflict_may_be_final() {
    let mut run = binding(&alice().with_on_conflict(OnConflict::Fail));
    run.server(&error(&run, "cancel", "conflict"));
    assert_eq!(run.failure().cause(), Some(BindFail));
    assert_eq!(run.failure().retry(), Retry::Never);
    run.end();
}

/// By id, type and sender; a forgery is a stanza like any other.
#[test]
fn threat_19_only_the_servers_answer_to_the_bind_counts() {
    let mut run = binding(&alice());
    let id = run.id();
    let answer =
        "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>alice@localhost/x</jid></bind>";
    let forged = [
        format!("<iq type='result' id='{id}' from='eve@localhost'>{answer}</iq>"),
        format!("<iq type='result' id='{id}' from='localhost/eve'>{answer}</iq>"),
        format!("<iq type='result' id='{id}' from='@'>{answer}</iq>"),
        format!("<iq type='result' id='other'>{answer}</iq>"),
        format!("<iq type='result'>{answer}</iq>"),
        format!("<iq type='get' id='{id}'>{answer}</iq>"),
        format!("<iq type='set' id='{id}'>{answer}</iq>"),
        format!("<iq id='{id}'>{answer}</iq>"),
        format!("<message type='result' id='{id}'>{answer}</message>"),
    ];
    for forgery in &forged {
        run.server(forgery);
        assert_eq!(run.awaiting(), "the answer to the bind", "{forgery}");
    }
    run.server(&format!("<x xmlns='urn:x' type='result' id='{id}'>{answer}</x>"));
    assert_eq!(run.held().len(), forged.len(), "stanzas are kept for the user, in order");
    assert!(run.held().iter().zip(&forged).all(|(held, sent)| *held == sent.parse().unwrap()));

    run.server(&result(&run, "alice@localhost/given"));
    let id = run.id();
    run.server(&format!("<iq type='result' id='{id}' from='alice@localhost/desk'/>"));
    assert!(run.is_open(), "that resource was not bound: it is somebody else's");
    run.server(&format!("<iq type='result' id='{id}' from='alice@localhost/given'/>"));
    assert!(run.end().ends_with("= ready as alice@localhost/given"));
}

#[test]
fn who_may_answer() {
    for from in
        ["", " from='alice@localhost'", " from='LOCALHOST'", " from='alice@localhost/given'"]
    {
        let mut run = binding(&alice());
        let bound = result(&run, "alice@localhost/given").replace("<iq", &format!("<iq{from}"));
        run.server(&bound);
        assert!(run.lines().contains("BINDSUCCESS"), "{from}");
        run.server(&format!("<iq type='result' id='{}'{from}/>", run.id()));
        assert!(run.lines().contains("SESSIONSUCCESS"), "{from}");
        run.end();
    }
}

#[test]
fn refusals_of_the_session_are_typed() {
    for (kind, condition, retry) in [
        ("wait", "internal-server-error", Retry::Later),
        ("auth", "forbidden", Retry::NewCredentials),
        ("cancel", "conflict", Retry::Never),
    ] {
        let mut run = binding(&alice());
        run.server(&result(&run, "alice@localhost/desk"));
        run.server(&error(&run, kind, condition));
        assert_eq!(run.failure().cause(), Some(SessionFail));
        assert_eq!(run.failure().retry(), retry, "{condition}");
        assert!(matches!(typed(&run), Error::Rejected(Rejection::Session(_))));
        run.end();
    }
}

/// Elements of steps that are over.
#[test]
fn wrong_order_after_the_login() {
    for element in [SUCCESS, common::PROCEED] {
        let mut run = logged_in(&alice());
        run.server(element);
        assert_eq!(run.failure().cause(), Some(BindFail));
        run.end();

        let mut run = binding(&alice());
        run.server(element);
        assert_eq!(run.failure().cause(), Some(BindFail));
        run.end();

        let mut run = binding(&alice());
        run.server(&result(&run, "alice@localhost/desk"));
        run.server(element);
        assert_eq!(run.failure().cause(), Some(SessionFail));
        run.end();
    }
}

#[test]
fn stanzas_before_ready_are_kept_in_order() {
    let mut run = logged_in(&alice());
    run.server("<message id='1'/>").server(&features(&format!("{BIND}{SESSION}")));
    run.server("<presence id='2'/>");
    run.server(&result(&run, "alice@localhost/desk"));
    run.server("<message id='3'/>").server("<x xmlns='urn:x' id='4'/>");
    let session = format!("<iq type='result' id='{}'/>", run.id());
    run.server(&session);
    let ids: Vec<_> = run.held().iter().map(|held| held.attribute("id").unwrap()).collect();
    assert_eq!(ids, ["1", "2", "3"]);
    drop(ids);
    assert!(run.end().ends_with("= ready as alice@localhost/desk"));
}
