//! Wrong passwords and secrets, unknown accounts; and those with spaces and other than ASCII.

use std::time::Duration;

use jabber::{
    ConnectionError, ErrorStatus, Retry, StanzaCondition, StanzaError, StreamCondition,
    StreamError, component, legacy,
    sasl::{FailureCondition, LoginRefused, Mechanism, Policy},
};
use jabber_tests::{
    jabberd2::ROUTER_USER,
    server::{Account, COMPONENT_SECRET, SPACEY, ZOE},
};

use super::whole_matrix;
use crate::support::{Dialect, Login, Pipe, Place, Trace, Which, client, jid, row};

whole_matrix!(wrong_and_odd_ones);

const WRONG: Account = Account { name: "alice", password: "looking-glass" };
const NOBODY: Account = Account { name: "nobody", password: "looking-glass" };
/// Nearly hers.
const NEARLY: Account = Account { name: "zoe", password: "pässwörd-Ω-密" };

async fn wrong_and_odd_ones(place: Place, dialect: Dialect) {
    match dialect {
        Dialect::Xmpp => xmpp(&place).await,
        Dialect::Legacy => legacy(&place).await,
        Dialect::Component => component(&place).await,
        Dialect::Router => router(&place).await,
    }
}

async fn xmpp(place: &Place) {
    for mechanism in place.which.mechanisms() {
        for account in [WRONG, NOBODY, NEARLY] {
            let _row = row(format!("{} by {mechanism} on {}", account.name, place.which));
            let (error, trace) = by(place, account, *mechanism).fails().await;
            assert_eq!(error.status(), ErrorStatus::AuthFail, "{trace}");
            assert_eq!(error.retry(), Retry::NewCredentials, "{trace}");
            is_not_authorized(&trace);
            ends_after_authfail(&trace.steps());
        }
    }
}

/// That account by that mechanism alone, over STARTTLS.
fn by(place: &Place, account: Account, mechanism: Mechanism) -> Login {
    let config = client(account, "passwords").with_policy(Policy::only(&[mechanism]));
    let jid = config.jid().clone();
    place.client(config, jid, account.password)
}

/// The condition of SASL, from the typed cause.
fn is_not_authorized(trace: &Trace) {
    let refused = trace.find(ErrorStatus::AuthFail).cause::<LoginRefused>();
    assert_eq!(refused.condition, FailureCondition::NotAuthorized, "{trace}");
}

fn ends_after_authfail(steps: &str) {
    let end = "AUTHNEGOTIATE AUTHFAIL STREAMEND SOCKETDISCONNECT";
    assert!(steps.ends_with(end), "{steps}");
}

async fn legacy(place: &Place) {
    let policies = [legacy::LoginPolicy::DigestPreferred, legacy::LoginPolicy::PlaintextOnly];
    for policy in policies {
        let login = |account: Account| {
            let jid = jid(&format!("{}@localhost/passwords", account.name));
            let config = legacy::Config::new(jid.clone(), account.password).unwrap();
            place.client(config.with_login(policy), jid, account.password)
        };
        for account in [ZOE, SPACEY] {
            let _row = row(format!("{} by {policy:?} on {}", account.name, place.which));
            let (actor, identity) = login(account).ready().await;
            assert_eq!(identity.jid.local(), Some(account.name));
            actor.close().await;
        }
        for account in [WRONG, NOBODY, NEARLY] {
            let _row = row(format!("wrong {} by {policy:?} on {}", account.name, place.which));
            if place.which == Which::Prosody && account == NOBODY {
                is_silent(login(account)).await;
                continue;
            }
            let (error, trace) = login(account).fails().await;
            assert_eq!(error.status(), ErrorStatus::AuthFail, "{trace}");
            let why = trace.find(ErrorStatus::AuthFail).cause::<StanzaError>();
            assert_eq!(error.retry(), Retry::NewCredentials, "{why:?}\n{trace}");
            assert_eq!(why.condition, StanzaCondition::NotAuthorized, "{trace}");
            // Condition and code as they came.
            let code = match place.which {
                Which::Prosody | Which::Ejabberd => None,
                Which::Jabberd2 => Some(401),
            };
            assert_eq!(why.code, code, "{why:?}");
            ends_after_authfail(&trace.steps());
        }
    }
}

/// Prosody 0.12 trips over an account that is not there, and never answers the login.
async fn is_silent(login: Login) {
    let (error, trace) = login.step_within(Duration::from_millis(500)).fails().await;
    assert_eq!((error.status(), error.retry()), (ErrorStatus::SocketDisconnect, Retry::Later));
    match trace.find(ErrorStatus::SocketDisconnect).cause::<ConnectionError>() {
        ConnectionError::Deadline { awaiting } => assert_eq!(*awaiting, "the answer to the login"),
        other => panic!("{other:?}"),
    }
}

async fn component(place: &Place) {
    assert!(COMPONENT_SECRET.contains("  ") && !COMPONENT_SECRET.is_ascii());
    place.usual(Dialect::Component).visit().await;
    let nearly = COMPONENT_SECRET.replace("  ", " ");
    for secret in ["a wrong secret", "", &nearly] {
        let _row = row(format!("{secret:?} on {}", place.which));
        let config = component::Config::new(jid("comp.localhost"), secret);
        let (error, trace) = place.component(config, secret).fails().await;
        assert_eq!(error.status(), ErrorStatus::AuthFail, "{trace}");
        assert_eq!(error.retry(), Retry::NewCredentials);
        let line = trace.find(ErrorStatus::AuthFail);
        assert!(matches!(
            line.cause(),
            component::Error::Rejected(component::Rejection::Handshake(_))
        ));
        assert_eq!(line.cause::<StreamError>().condition(), StreamCondition::NotAuthorized);
        ends_after_authfail(&trace.steps());
    }
}

async fn router(place: &Place) {
    for pipe in [Pipe::Offered, Pipe::Open] {
        // Spaces, and a character that is not ASCII.
        place.login(Dialect::Router, pipe).visit().await;
        for account in [
            Account { name: ROUTER_USER, password: "a wrong secret" },
            Account { name: "nobody", password: "a wrong secret" },
        ] {
            let _row = row(format!("{} over {pipe:?}", account.name));
            let (error, trace) = place.login_as(Dialect::Router, pipe, account).fails().await;
            assert_eq!(error.status(), ErrorStatus::AuthFail, "{trace}");
            assert_eq!(error.retry(), Retry::NewCredentials);
            is_not_authorized(&trace);
            ends_after_authfail(&trace.steps());
        }
    }
}
