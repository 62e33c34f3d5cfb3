//! What the errors advise, and where their causes are found. That the steps end with them is seen in
//! the tests of the dialects.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{error::Error as _, io, sync::Arc};

use jabber_dialect::Retry;
use jabber_login::{Error, Failed, Incompatibility, Misbehaviour, Misuse, Peer, Rejection};
use jabber_sasl::{ChooseError, FailureCondition, LoginRefused, SaslError};
use jabber_status::ErrorStatus;
use jabber_xml::{StreamCondition, StreamError};

const GATE: &Peer = &Peer {
    name: "the gate",
    speaks: "the gate is of version",
    if_too_old: "build another",
    without_starttls: ": it never does",
};

fn refused(condition: &str) -> Error {
    let refused = LoginRefused::new(FailureCondition::from(condition));
    Rejection::Sasl { peer: GATE, refused }.into()
}

fn stream(condition: StreamCondition) -> Error {
    let error = StreamError::new(condition);
    Rejection::Stream { peer: GATE, error, awaiting: "nothing" }.into()
}

/// RFC 6120 §6.5: what is not about whom we logged in as is cured by no other credentials.
#[test]
fn what_is_worth_another_attempt() {
    for (error, retry) in [
        (refused("account-disabled"), Retry::NewCredentials),
        (refused("credentials-expired"), Retry::NewCredentials),
        (refused("invalid-authzid"), Retry::NewCredentials),
        (refused("not-authorized"), Retry::NewCredentials),
        (refused("of-the-future"), Retry::NewCredentials),
        (refused("aborted"), Retry::Never),
        (refused("encryption-required"), Retry::Never),
        (refused("incorrect-encoding"), Retry::Never),
        (refused("invalid-mechanism"), Retry::Never),
        (refused("malformed-request"), Retry::Never),
        (refused("mechanism-too-weak"), Retry::Never),
        (refused("temporary-auth-failure"), Retry::Later),
        (stream(StreamCondition::NotAuthorized), Retry::NewCredentials),
        (stream(StreamCondition::PolicyViolation), Retry::Never),
        (Rejection::Tls { peer: GATE }.into(), Retry::Later),
        (SaslError::Stale.into(), Retry::Later),
        (SaslError::Unwritable.into(), Retry::NewCredentials),
        (SaslError::WrongServerProof.into(), Retry::Never),
        (Incompatibility::Mechanisms(ChooseError::Password).into(), Retry::NewCredentials),
        (Incompatibility::Mechanisms(ChooseError::NothingOffered).into(), Retry::Never),
        (Incompatibility::NoStartTls { peer: GATE }.into(), Retry::Never),
        (Misuse::Plaintext.into(), Retry::Never),
    ] {
        assert_eq!(error.retry(), retry, "{error}");
        let failure = Failed::new(ErrorStatus::AuthFail, error).into_failure::<Error>();
        assert_eq!((failure.cause(), failure.retry()), (Some(ErrorStatus::AuthFail), retry));
        assert!(failure.error().is::<Error>());
    }
}

/// One downcast finds why, and no text is said twice.
#[test]
fn causes() {
    let source: Arc<dyn std::error::Error + Send + Sync> = Arc::new(io::Error::other("a hole"));
    let error = refused("not-authorized");
    let cause = error.source().unwrap().downcast_ref::<LoginRefused>().unwrap();
    assert_eq!(cause.condition, FailureCondition::NotAuthorized);
    assert!(error.to_string().ends_with(&cause.to_string()));
    let error = stream(StreamCondition::NotAuthorized);
    assert!(error.source().unwrap().is::<StreamError>());
    let error = Error::from(Misbehaviour::Base64 { peer: GATE, source });
    assert_eq!(error.source().unwrap().to_string(), "a hole");
}

#[test]
fn texts_call_the_peer_by_its_name() {
    let unexpected =
        Misbehaviour::Unexpected { peer: GATE, element: "x\u{9b}".into(), awaiting: "rain" };
    let version = |found: Option<&str>| Incompatibility::Version {
        peer: GATE,
        found: found.map(str::to_owned),
    };
    for (error, text) in [
        (unexpected.into(), "the gate sent <x\\u{9b}/> while we waited for rain"),
        (version(None).into(), "the gate is of version before 1.0; 1.0 is needed (build another)"),
        (
            version(Some("0.\n")).into(),
            "the gate is of version 0.\\n; 1.0 is needed (build another)",
        ),
        (
            Incompatibility::NoStartTls { peer: GATE }.into(),
            "TLS is required, and the gate does not offer STARTTLS: it never does",
        ),
        (refused("not-authorized"), "the gate refused the login: not-authorized"),
        (
            stream(StreamCondition::Conflict),
            "the gate ended the stream while we waited for nothing: stream error conflict",
        ),
    ] {
        let error: Error = error;
        assert_eq!(error.to_string(), text);
    }
}
