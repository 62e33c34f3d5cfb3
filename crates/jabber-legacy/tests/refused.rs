//! What is refused, and what is no answer.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod common;

use common::{BOTH, HEADER, PLAIN, Run, alice, stream_error};
use jabber_dialect::Retry;
use jabber_legacy::{
    Config, Error, Incompatibility, LoginPolicy, Misbehaviour, Misuse, NoMethod, PassedOver,
    Rejection,
};
use jabber_security::Security;
use jabber_status::ErrorStatus::AuthFail;

const STANZAS: &str = "urn:ietf:params:xml:ns:xmpp-stanzas";

/// What the servers send and what XEP-0078 has, by code and condition.
#[test]
fn refusals_keep_code_and_condition() {
    let condition = |kind: &str, name: &str| {
        format!("<error type='{kind}'><{name} xmlns='{STANZAS}'/></error>")
    };
    let query = "<query xmlns='jabber:iq:auth'><password>Calli0pe</password></query>";
    for (error, code, name, retry) in [
        // Prosody; ejabberd; jabberd2.
        (condition("auth", "not-authorized"), None, "not-authorized", Retry::NewCredentials),
        (
            format!("{query}{}", condition("auth", "not-authorized")),
            None,
            "not-authorized",
            Retry::NewCredentials,
        ),
        (format!("<error code='401'/>{query}"), Some(401), "not-authorized", Retry::NewCredentials),
        // XEP-0078 §3, and careless types.
        (
            format!("<error code='406' type='modify'><not-acceptable xmlns='{STANZAS}'/></error>"),
            Some(406),
            "not-acceptable",
            Retry::Never,
        ),
        (
            format!("<error code='409' type='cancel'><conflict xmlns='{STANZAS}'/></error>"),
            Some(409),
            "conflict",
            Retry::Later,
        ),
        ("<error code='409'>Conflict</error>".into(), Some(409), "conflict", Retry::Later),
        ("<error code='500'/>".into(), Some(500), "internal-server-error", Retry::Later),
        (condition("cancel", "not-authorized"), None, "not-authorized", Retry::NewCredentials),
        (condition("wait", "service-unavailable"), None, "service-unavailable", Retry::Later),
        (condition("cancel", "service-unavailable"), None, "service-unavailable", Retry::Never),
        (condition("auth", "x-new"), None, "x-new", Retry::NewCredentials),
        (String::new(), None, "undefined-condition", Retry::Never),
    ] {
        for at_form in [true, false] {
            let mut run = if at_form { Run::asking(&alice()) } else { Run::logging_in(&alice()) };
            run.error(&error);
            let (failure, typed) = run.failure();
            assert_eq!(failure.cause(), Some(AuthFail));
            assert_eq!(failure.retry(), retry, "{error}");
            let kept = match typed {
                Error::Rejected(Rejection::Form(kept)) if at_form => kept,
                Error::Rejected(Rejection::Login(kept)) if !at_form => kept,
                other => panic!("{other}"),
            };
            assert_eq!((kept.code, kept.condition.as_str()), (code, name), "{error}");
            assert!(!failure.to_string().contains("Calli0pe"));
            assert!(!run.lines().contains("AUTHSUCCESS"));
            run.end();
        }
    }
}

/// Prosody answers a digest that it does not offer with the form again, whatever the password.
#[test]
fn a_form_is_no_success() {
    for inner in [
        "<query xmlns='jabber:iq:auth'><username/><password/><resource/></query>",
        "<query xmlns='jabber:iq:auth'/>",
        "<query/>",
        "<username xmlns='jabber:iq:auth'/>",
    ] {
        let mut run = Run::logging_in(&alice());
        run.result(inner);
        let (failure, error) = run.failure();
        assert_eq!((failure.cause(), failure.retry()), (Some(AuthFail), Retry::Never));
        assert!(matches!(error, Error::PeerMisbehaved(Misbehaviour::FormAgain)), "{inner}");
        assert!(!run.lines().contains("AUTHSUCCESS"));
        run.end();
    }
}

/// XEP-0078 §3: nothing but an empty result is a success.
#[test]
fn a_result_that_is_not_empty_is_no_success() {
    let mut run = Run::logging_in(&alice());
    run.result("<x xmlns='urn:jabber:nowhere'/>");
    let (failure, error) = run.failure();
    assert_eq!((failure.cause(), failure.retry()), (Some(AuthFail), Retry::Never));
    assert!(matches!(error, Error::PeerMisbehaved(Misbehaviour::NotEmpty)));
    assert!(!run.lines().contains("AUTHSUCCESS"));
    run.end();
}

#[test]
fn a_result_without_a_form_is_none() {
    for inner in ["", "<query/>", "<query xmlns='jabber:iq:register'><password/></query>"] {
        let mut run = Run::asking(&alice());
        run.result(inner);
        assert!(matches!(run.failure().1, Error::PeerMisbehaved(Misbehaviour::NoForm)), "{inner}");
        assert!(!run.lines().contains("type='set'"));
        run.end();
    }
}

#[test]
fn why_no_method_is_left() {
    use PassedOver::{Forbidden, NoStreamId, NotOffered, Unprotected};
    for (policy, header, fields, digest, plaintext) in [
        (LoginPolicy::DigestPreferred, HEADER, PLAIN, NotOffered, Unprotected),
        (LoginPolicy::PlaintextOnly, HEADER, BOTH, Forbidden, Unprotected),
        (LoginPolicy::DigestOnly, HEADER, PLAIN, NotOffered, Forbidden),
        (LoginPolicy::DigestPreferred, HEADER, &["username"], NotOffered, NotOffered),
        (
            LoginPolicy::DigestPreferred,
            &HEADER.replace(" id='3EE948B0'", ""),
            BOTH,
            NoStreamId,
            Unprotected,
        ),
        (
            LoginPolicy::DigestPreferred,
            &HEADER.replace("3EE948B0", ""),
            BOTH,
            NoStreamId,
            Unprotected,
        ),
    ] {
        let mut run = Run::start(&alice().with_login(policy), &Security::Open, false);
        run.server(header).form(fields);
        let (failure, error) = run.failure();
        assert_eq!((failure.cause(), failure.retry()), (Some(AuthFail), Retry::Never));
        let Error::PeerIncompatible(Incompatibility::Methods(NoMethod {
            digest: no_digest,
            plaintext: no_plaintext,
            ..
        })) = error
        else {
            panic!("{error}")
        };
        assert_eq!((*no_digest, *no_plaintext), (digest, plaintext));
        run.end();
    }
}

/// By id, type and sender (RFC 6120 §8.1.2.1, §8.2.3).
#[test]
fn only_the_servers_answer_counts() {
    for at_form in [true, false] {
        let mut run = if at_form { Run::asking(&alice()) } else { Run::logging_in(&alice()) };
        let (id, awaiting, lines) = (run.id(), run.awaiting(), run.lines());
        for forged in [
            format!("<iq type='result' id='{id}' from='eve@localhost'/>"),
            format!("<iq type='result' id='{id}' from='localhost/eve'/>"),
            format!("<iq type='result' id='{id}' from='alice@localhost/other'/>"),
            format!("<iq type='error' id='{id}' from='elsewhere'/>"),
            format!("<iq type='result' id='{id}' from='@'/>"),
            "<iq type='result' id='other'/>".into(),
            "<iq type='result'/>".into(),
            format!("<iq type='get' id='{id}'/>"),
            format!("<iq type='set' id='{id}'/>"),
            format!("<iq id='{id}'/>"),
            format!("<message type='result' id='{id}'/>"),
            format!("<iq xmlns='urn:x' type='result' id='{id}'/>"),
            format!("<x xmlns='urn:x'><iq xmlns='jabber:client' type='result' id='{id}'/></x>"),
            "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>".into(),
            "<handshake/>".into(),
        ] {
            run.server(&forged);
            assert!(run.is_open(), "{forged}");
            assert_eq!((run.awaiting(), run.lines()), (awaiting, lines.clone()), "{forged}");
        }
        run.end();
    }
}

/// The answer to the form is none to the login.
#[test]
fn an_earlier_answer_does_not_count() {
    let mut run = Run::asking(&alice());
    let early = format!("<iq type='result' id='{}'/>", run.id());
    run.form(BOTH).server(&early);
    assert!(run.is_open(), "{}", run.lines());
    run.result("");
    assert!(run.end().ends_with("= ready as alice@localhost/desk"));
}

#[test]
fn another_account_is_refused() {
    for to in ["bob@localhost/desk", "alice@elsewhere/desk", "localhost/desk"] {
        let mut run = Run::logging_in(&alice());
        run.server(&format!("<iq type='result' id='{}' to='{to}'/>", run.id()));
        let foreign = matches!(
            run.failure().1,
            Error::PeerMisbehaved(Misbehaviour::ForeignJid { jid, .. }) if jid.as_str() == to
        );
        assert!(foreign, "{to}");
        assert!(!run.lines().contains("AUTHSUCCESS"));
        run.end();
    }
}

#[test]
fn stream_errors_about_the_login() {
    for (condition, retry) in
        [("not-authorized", Retry::NewCredentials), ("policy-violation", Retry::Never)]
    {
        for at_form in [true, false] {
            let mut run = if at_form { Run::asking(&alice()) } else { Run::logging_in(&alice()) };
            run.server(&stream_error(condition));
            let (failure, error) = run.failure();
            assert_eq!((failure.cause(), failure.retry()), (Some(AuthFail), retry));
            assert!(matches!(error, Error::Rejected(Rejection::Stream { .. })));
            run.end();
        }
    }
    for condition in ["unsupported-version", "host-unknown", "conflict", "system-shutdown"] {
        let mut run = Run::asking(&alice());
        run.server(&stream_error(condition));
        assert!(run.is_open(), "{condition} is not about the login");
        run.end();
    }
}

#[test]
fn nothing_is_sent_where_tls_comes_first() {
    let run = Run::start(&alice(), &Security::TlsNext, true);
    assert!(matches!(run.failure().1, Error::Misuse(Misuse::TlsFirst)));
    assert!(!run.lines().contains("C "));
    run.end();
}

#[test]
fn what_xml_cannot_say_is_misuse() {
    let config = Config::new("alice@localhost/desk".parse().unwrap(), "a\u{0}b").unwrap();
    let mut run = Run::asking(&config.clone().with_login(LoginPolicy::PlaintextOnly));
    run.form(BOTH);
    assert!(matches!(run.failure().1, Error::Misuse(Misuse::Unwritable(_))));
    // A digest is over any password.
    let mut run = Run::asking(&config);
    run.form(BOTH).result("");
    assert!(run.end().contains("= ready"));
}
