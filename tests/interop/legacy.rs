//! XEP-0078 on each server: methods, versions of the stream header, forms, resources.

use jabber::{
    ErrorStatus, Jid, Retry, StanzaCondition, Status, StreamCondition, StreamError,
    legacy::{self, LoginPolicy, Method},
};
use jabber_tests::server::{ALICE, OPTIONAL};

use crate::{
    matrix::each_server,
    support::{
        Dialect, Login, Pipe, Place, Trace, Which, chat, jid,
        middle::{self, Whose},
        row,
    },
};

fn alice(
    place: &Place,
    resource: &str,
    set_up: impl Fn(legacy::Config) -> legacy::Config,
) -> Login {
    let jid = jid(&format!("alice@{OPTIONAL}/{resource}"));
    let config = set_up(legacy::Config::new(jid.clone(), ALICE.password).unwrap());
    place.client(config, jid, ALICE.password)
}

/// Who is in, and by what.
fn logged_in(trace: &Trace) -> (Jid, Method) {
    match trace.find(Status::AuthSuccess).typed::<legacy::Event>().typed() {
        legacy::Detail::Authenticated { jid, method } => (jid.clone(), *method),
        other => panic!("{other:?}"),
    }
}

mod methods {
    use super::*;

    each_server!(each);

    async fn each(place: Place) {
        for (policy, expected) in [
            (LoginPolicy::DigestPreferred, place.which.has_digest().then_some(Method::Digest)),
            (LoginPolicy::DigestOnly, place.which.has_digest().then_some(Method::Digest)),
            (LoginPolicy::PlaintextOnly, Some(Method::Plaintext)),
        ] {
            let _row = row(format!("{policy:?} on {}", place.which));
            let login = alice(&place, "method", |config| config.with_login(policy));
            match (policy, expected) {
                (LoginPolicy::DigestOnly, None) => nothing_is_sent(&login).await,
                (_, expected) => {
                    let method = expected.unwrap_or(Method::Plaintext);
                    let trace = login.visit().await;
                    assert_eq!(logged_in(&trace).1, method, "{trace}");
                    let sent = trace.nodes(Status::NodeSent).join("");
                    assert_eq!(sent.contains("<password>"), method == Method::Plaintext, "{sent}");
                }
            }
        }
    }

    /// Prosody does not list the digest in its form.
    async fn nothing_is_sent(login: &Login) {
        let (error, trace) = login.fails().await;
        assert_eq!((error.status(), error.retry()), (ErrorStatus::AuthFail, Retry::Never));
        let cause = trace.find(ErrorStatus::AuthFail).cause::<legacy::NoMethod>();
        assert_eq!(cause.digest, legacy::PassedOver::NotOffered);
        assert_eq!(cause.plaintext, legacy::PassedOver::Forbidden);
        assert!(!trace.nodes(Status::NodeSent).join("").contains("type='set'"), "{trace}");
    }
}

mod a_form_again {
    use super::*;

    /// Somebody on the way adds the digest to Prosody's form; Prosody does not know it and answers
    /// with the form again, as a result. Nobody is logged in then.
    #[tokio::test]
    async fn is_no_success_on_prosody() {
        let Some(place) = Which::Prosody.start() else { return };
        let (before, after) = ("<password/>", "<password/><digest/>");
        let at = middle::changing(place.server.c2s(), Whose::Theirs, before, after).await;
        let (error, trace) = alice(&place, "again", |config| config).at(at).fails().await;
        assert_eq!((error.status(), error.retry()), (ErrorStatus::AuthFail, Retry::Never));
        let cause = trace.find(ErrorStatus::AuthFail).cause::<legacy::Error>();
        let again = legacy::Misbehaviour::FormAgain;
        assert!(
            matches!(cause, legacy::Error::PeerMisbehaved(it) if it.to_string() == again.to_string()),
            "{cause:?}"
        );
        let sent = trace.nodes(Status::NodeSent).join("");
        assert!(sent.contains("<digest>") && !sent.contains("<password>"), "{sent}");
    }
}

mod versions_of_the_header {
    use super::*;

    each_server!(each);

    async fn each(place: Place) {
        for version in [None, Some("0.9"), Some("1.0")] {
            let _row = row(format!("{version:?} on {}", place.which));
            let login = alice(&place, "version", |config| match version {
                Some(version) => config.with_version(version),
                None => config,
            });
            if (place.which, version) == (Which::Jabberd2, Some("0.9")) {
                refused(&login).await;
                continue;
            }
            let trace = login.visit().await;
            let method = if place.which.has_digest() { Method::Digest } else { Method::Plaintext };
            assert_eq!(logged_in(&trace).1, method);
            let header = &trace.nodes(Status::NodeSent)[0];
            let said = version.is_some_and(|it| header.contains(&format!("version='{it}'>")));
            assert_eq!(said, version.is_some(), "{header}");
            // What of features comes is nothing to us, and is not waited for.
            let features = trace.nodes(Status::NodeReceived).join("").contains("features");
            let expected = match (place.which, version) {
                // It always sends them.
                (Which::Prosody, _) | (_, Some("1.0")) => true,
                (Which::Ejabberd | Which::Jabberd2, _) => false,
            };
            assert_eq!(features, expected, "{trace}");
        }
    }

    /// jabberd2 answers with a header without id, and an error in it.
    async fn refused(login: &Login) {
        let (error, trace) = login.fails().await;
        assert_eq!(error.retry(), Retry::Never, "{trace}");
        let stream = trace.find(ErrorStatus::SocketDisconnect).cause::<StreamError>();
        assert_eq!(stream.condition(), StreamCondition::UnsupportedVersion, "{trace}");
        assert!(!trace.nodes(Status::NodeSent).join("").contains("<password>"), "{trace}");
    }
}

mod the_resource {
    use super::*;

    each_server!(is_kept);

    async fn is_kept(place: Place) {
        for resource in ["desk", "two words", "Ω & more", "UPPER"] {
            let _row = row(format!("{resource} on {}", place.which));
            let login = alice(&place, resource, |config| config);
            let (mut actor, identity) = login.ready().await;
            assert_eq!(identity.jid.resource(), login.jid.resource());
            // It is who the server takes us for, too.
            let message = chat("x", "to myself").with_attribute("to", identity.jid.as_str());
            actor.send(message.unwrap()).await;
            let message = actor.message().await;
            assert_eq!(message.attribute("from").unwrap(), identity.jid.as_str());
            let trace = actor.close().await;
            assert_eq!(logged_in(&trace).0, identity.jid);
        }
    }
}

mod where_tls_is_required {
    use super::*;

    each_server!(nothing_secret_is_sent);

    /// Without STARTTLS this dialect cannot have it there; each server says so in its way.
    async fn nothing_secret_is_sent(place: Place) {
        let (error, trace) = place.login(Dialect::Legacy, Pipe::Required).fails().await;
        assert_eq!((error.status(), error.retry()), (ErrorStatus::AuthFail, Retry::Never));
        let cause = trace.find(ErrorStatus::AuthFail).cause::<legacy::Error>();
        let fits = match (place.which, cause) {
            (Which::Prosody, legacy::Error::Rejected(legacy::Rejection::Form(error))) => {
                error.condition == StanzaCondition::NotAcceptable
            }
            (_, legacy::Error::Rejected(legacy::Rejection::Stream { error, .. })) => {
                error.condition() == StreamCondition::PolicyViolation
            }
            _ => false,
        };
        assert!(fits, "{cause:?}");
        // What it comes from is told, and once.
        let text = error.to_string();
        let told = ["not-acceptable", "policy-violation"].map(|it| text.matches(it).count());
        assert_eq!(told.iter().sum::<usize>(), 1, "{text}");
        assert!(!trace.nodes(Status::NodeSent).join("").contains("type='set'"), "{trace}");
    }
}
