//! Binding a name: STARTTLS and without, and every way in which the router refuses.

use jabber::{
    ErrorStatus, Retry, Status,
    jabberd20_component::{BindError, Config, Detail, Error, Event, Incompatibility, TlsPolicy},
};
use jabber_tests::{
    jabberd2::{self, Jabberd2, LIMITED_USER, LOGGER_USER, ROUTER_SECRET},
    server::Release,
    skip,
};

use super::{login, named, start};
use crate::support::{
    Login, Place, Which, jid,
    middle::{self, Whose},
    row,
};

#[tokio::test]
async fn a_user_may_bind_the_name_that_is_its_own() {
    let Some(place) = start() else { return };
    // It is the default for the user's name.
    let trace = login(&place, Config::new(jid(LIMITED_USER), ROUTER_SECRET)).visit().await;
    match trace.find(Status::BindSuccess).typed::<Event>().typed() {
        Detail::Bound(identity) => assert_eq!(identity.jid, jid(LIMITED_USER)),
        other => panic!("{other:?}"),
    }
}

async fn fails(login: Login, expected: BindError, code: u16, retry: Retry) {
    let (error, trace) = login.fails().await;
    assert_eq!((error.status(), error.retry()), (ErrorStatus::BindFail, retry), "{trace}");
    let cause = trace.find(ErrorStatus::BindFail).cause::<BindError>();
    assert_eq!((cause, cause.code()), (&expected, Some(code)));
    assert!(error.to_string().contains(&code.to_string()), "{error}");
    let end = "BINDNEGOTIATE BINDFAIL STREAMEND SOCKETDISCONNECT";
    assert!(trace.steps().ends_with(end), "{trace}");
}

#[tokio::test]
async fn every_error_of_a_bind_is_bindfail() {
    let Some(place) = start() else { return };
    let limited = |name: &str| Config::new(jid(name), ROUTER_SECRET).with_username(LIMITED_USER);
    for (what, config) in [
        ("a name that is not its own", limited("other.test")),
        ("a second name that is not its own", limited(LIMITED_USER).with_name(jid("other.test"))),
        ("copies", limited(LIMITED_USER).with_log()),
        ("the default", limited(LIMITED_USER).with_default()),
        (
            "the default, by who may have copies",
            Config::new(jid(LOGGER_USER), ROUTER_SECRET).with_default(),
        ),
    ] {
        let _row = row(what);
        fails(login(&place, config), BindError::Forbidden, 403, Retry::NewCredentials).await;
    }
    let (first, _) = login(&place, named("first.test").with_default()).ready().await;
    for (what, config) in [
        ("a name that is taken", named("first.test")),
        ("a second name that is taken", named("second.test").with_name(jid("first.test"))),
        ("a second default", named("second.test").with_default()),
        ("the session manager's", named("localhost")),
    ] {
        let _row = row(what);
        fails(login(&place, config), BindError::Conflict, 409, Retry::Later).await;
    }
    first.close().await;
    // No configuration has an empty name: somebody on the way takes it out.
    let port = place.server.component();
    let at = middle::changing(port, Whose::Ours, "name='first.test'", "name=''").await;
    let login = login(&place, named("first.test")).at(at);
    fails(login, BindError::BadRequest, 400, Retry::Never).await;
}

fn without_tls() -> Option<Place> {
    let started = Jabberd2::start(&jabberd2::Options::new().router_tls(false));
    let server = Box::new(skip::unless_missing(started)?);
    Some(Place { which: Which::Jabberd2, release: Release::Stable, server })
}

#[tokio::test]
async fn starttls_is_taken_where_it_is_offered_and_missed_where_it_is_required() {
    let (Some(with), Some(without)) = (start(), without_tls()) else { return };
    for (place, policy, secured) in [
        (&with, TlsPolicy::Required, Some(true)),
        (&with, TlsPolicy::WhenOffered, Some(true)),
        (&with, TlsPolicy::Off, Some(false)),
        (&without, TlsPolicy::Required, None),
        (&without, TlsPolicy::WhenOffered, Some(false)),
        (&without, TlsPolicy::Off, Some(false)),
    ] {
        let _row = row(format!("{policy:?}: {secured:?}"));
        let login = place.router(named("tls.test").with_tls(policy), ROUTER_SECRET);
        if let Some(secured) = secured {
            let trace = login.visit().await;
            assert_eq!(trace.steps().contains("SSLSUCCESS"), secured, "{trace}");
            continue;
        }
        let (error, trace) = login.fails().await;
        assert_eq!((error.status(), error.retry()), (ErrorStatus::SslFail, Retry::Never));
        assert!(matches!(
            trace.find(ErrorStatus::SslFail).cause(),
            Error::PeerIncompatible(Incompatibility::NoStartTls { .. })
        ));
        assert!(trace.steps().ends_with("STREAMSTART SSLFAIL STREAMEND SOCKETDISCONNECT"));
    }
}
