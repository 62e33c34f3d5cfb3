//! Binds that are refused.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod common;

use common::{C, EMPTY, HEADER, PROCEED, Run, SUCCESS, echo, mechanisms, sasl, stream_error};
use jabber_dialect::Retry;
use jabber_jabberd20_component::{BindError, Error, Misbehaviour, Rejection, TlsPolicy};
use jabber_login as login;
use jabber_security::Security;
use jabber_status::ErrorStatus::BindFail;

/// Logged in; the bind of the second of two names is awaited where `second` says so.
fn binding(second: bool) -> Run {
    let config = echo().with_name("chat.localhost".parse().unwrap()).with_tls(TlsPolicy::Off);
    let mut run = Run::start(&config, &Security::Private, true);
    run.server(HEADER).server(&mechanisms(&["PLAIN"])).server(SUCCESS).server(HEADER);
    run.server(EMPTY);
    if second {
        run.bound();
    }
    run
}

#[test]
fn every_code_is_typed() {
    for (code, expected, number, retry) in [
        ("400", BindError::BadRequest, Some(400), Retry::Never),
        ("401", BindError::NotAuthorized, Some(401), Retry::NewCredentials),
        ("403", BindError::Forbidden, Some(403), Retry::NewCredentials),
        ("404", BindError::NotFound, Some(404), Retry::Never),
        ("409", BindError::Conflict, Some(409), Retry::Later),
        ("500", BindError::Other("500".into()), Some(500), Retry::Never),
        ("", BindError::Other(String::new()), None, Retry::Never),
        ("\u{9b}31m", BindError::Other("\u{9b}31m".into()), None, Retry::Never),
    ] {
        for second in [false, true] {
            let mut run = binding(second);
            // The router gives everything back but the name, save where the name is empty.
            let id = run.id();
            run.server(&format!(
                "<bind {C} name='' multi='to' id='{id}' error='{code}'><log/></bind>"
            ));
            assert_eq!(run.failure().cause(), Some(BindFail));
            assert_eq!(run.failure().retry(), retry, "{code}");
            let Error::Rejected(Rejection::Bind { name, error }) = run.error() else {
                panic!("{}", run.lines())
            };
            assert_eq!(name.as_str(), if second { "chat.localhost" } else { "echo.localhost" });
            assert_eq!((error, error.code()), (&expected, number));
            assert!(!run.failure().to_string().contains('\u{9b}'));
            assert!(!run.lines().contains("BINDSUCCESS"));
            run.end();
        }
    }
}

#[test]
fn stream_errors_about_the_bind() {
    for condition in ["not-authorized", "policy-violation", "conflict"] {
        let mut run = binding(false);
        run.server(&stream_error(condition));
        assert_eq!(run.failure().cause(), Some(BindFail), "{condition}");
        assert!(matches!(
            run.error(),
            Error::Rejected(Rejection::Login(login::Rejection::Stream { .. }))
        ));
        run.end();
    }
    let mut run = binding(true);
    run.server(&stream_error("system-shutdown"));
    assert!(run.is_open());
}

/// Elements of steps that are over.
#[test]
fn wrong_order_after_the_login() {
    for element in [SUCCESS, PROCEED, &sasl("failure", "")] {
        for (mut run, before) in [(binding(false), false), (binding(true), true)] {
            run.server(element);
            assert_eq!(run.failure().cause(), Some(BindFail), "{before}");
            assert!(
                matches!(run.error(), Error::PeerMisbehaved(Misbehaviour::Unexpected { .. })),
                "{element}"
            );
            run.end();
        }
        let config = echo().with_tls(TlsPolicy::Off);
        let mut run = Run::start(&config, &Security::Private, true);
        run.server(HEADER).server(&mechanisms(&["PLAIN"])).server(SUCCESS).server(HEADER);
        run.server(element);
        assert_eq!(run.failure().cause(), Some(BindFail));
        run.end();
    }
}
