//! Every SASL mechanism that a server has and we speak, with every kind of password.

use jabber::{
    ErrorStatus, Retry, Status, TlsConfig, login,
    sasl::{Mechanism, Policy},
    xmpp,
};
use jabber_tests::{
    ejabberd::{self, Ejabberd},
    pki::{Authority, Identity},
    prosody::{self, Prosody},
    server::{ALICE, ANONYMOUS, REQUIRED, Release, SPACEY, ZOE},
    skip,
};

use super::{cells, each_server};
use crate::support::{Dialect, Pipe, Place, Setup, Trace, Which, chat, client, jid, row};

each_server!(each_with_each_password);

async fn each_with_each_password(place: Place) {
    for wanted in place.which.mechanisms() {
        for account in [ALICE, ZOE, SPACEY] {
            for tls in [xmpp::TlsPolicy::Required, xmpp::TlsPolicy::Off] {
                let _row =
                    row(format!("{} by {wanted}, TLS {tls:?}, on {}", account.name, place.which));
                let config = client(account, "mechanism").with_tls(tls);
                let config = config.with_policy(Policy::only(&[*wanted]));
                let jid = config.jid().clone();
                let trace = place.client(config, jid, account.password).visit().await;
                assert_eq!(used(&trace), *wanted, "{trace}");
                let why = trace.find(Status::AuthNegotiate).detail();
                assert!(why.starts_with(wanted.name()), "{why}");
                assert!(trace.secrets() > 2, "the exchange was seen: {}", trace.secrets());
            }
        }
    }
    // Left to itself it takes the strongest.
    for pipe in Dialect::Xmpp.pipes() {
        let trace = place.login(Dialect::Xmpp, *pipe).visit().await;
        assert_eq!(used(&trace), place.strongest(*pipe), "{pipe:?}\n{trace}");
    }
}

/// The mechanism by which we are in, by the typed event; whether the server has proved that it knows
/// the password, as SCRAM and DIGEST-MD5 have it do.
fn used(trace: &Trace) -> Mechanism {
    match trace.login(Status::AuthSuccess) {
        login::Detail::Authenticated(authenticated) => {
            let mechanism = authenticated.mechanism();
            let mutual = mechanism.is_scram() || mechanism == Mechanism::DigestMd5;
            assert_eq!(authenticated.is_mutual(), mutual, "{trace}");
            mechanism
        }
        other => panic!("{other:?}"),
    }
}

mod the_only_one_that_is_offered {
    use super::*;

    each_server!(is_taken_if_it_may_be);

    async fn is_taken_if_it_may_be(any: Place) {
        let scram = match any.release {
            Release::Stable => Mechanism::ScramSha1,
            Release::Backports => Mechanism::ScramSha1Plus,
        };
        for wanted in [scram, Mechanism::Plain] {
            let _row = row(format!("{wanted} on {}", any.which));
            let setup = Setup { mechanisms: Some(&[wanted.name()]), ..Setup::default() };
            let place = any.another(setup).unwrap();
            let config = client(ALICE, "only").with_policy(Policy::PLAIN_OVER_TLS);
            let jid = config.jid().clone();
            assert_eq!(used(&place.client(config, jid, ALICE.password).visit().await), wanted);
            let other = match wanted {
                Mechanism::Plain => Mechanism::ScramSha1,
                _ => Mechanism::Plain,
            };
            let config = client(ALICE, "other").with_policy(Policy::only(&[other]));
            let jid = config.jid().clone();
            let (error, trace) = place.client(config, jid, ALICE.password).fails().await;
            assert_eq!((error.status(), error.retry()), (ErrorStatus::AuthFail, Retry::Never));
            assert!(error.to_string().contains(wanted.name()), "{error}");
            // Nothing is begun.
            assert!(!trace.nodes(Status::NodeSent).iter().any(|it| it.contains("auth")), "{trace}");
            let end = "STREAMSTART AUTHFAIL STREAMEND SOCKETDISCONNECT";
            assert!(trace.steps().ends_with(end), "{trace}");
        }
    }
}

mod on_the_router {
    use super::*;

    cells! { it_is_digest_md5:
        jabberd2: Jabberd2;
    }

    async fn it_is_digest_md5(place: Place) {
        for pipe in [Pipe::Offered, Pipe::Open] {
            let trace = place.login(Dialect::Router, pipe).visit().await;
            // Its rspauth comes within <success/>.
            assert_eq!(used(&trace), Mechanism::DigestMd5, "{trace}");
            assert!(trace.secrets() > 3, "the exchange was seen: {}", trace.secrets());
        }
    }
}

mod anonymous {
    use super::*;

    each_server!(nobody_in_particular);

    async fn nobody_in_particular(place: Place) {
        for tls in [xmpp::TlsPolicy::Required, xmpp::TlsPolicy::Off] {
            let _row = row(format!("TLS {tls:?} on {}", place.which));
            let login = |resource: &str| {
                let jid = jid(&format!("{ANONYMOUS}/{resource}"));
                place.client(xmpp::Config::anonymous(jid.clone()).with_tls(tls), jid, "")
            };
            let (mut one, ones) = login("one").ready().await;
            let (two, twos) = login("two").ready().await;
            // The server gives each a name of its own, by which the other can write.
            assert_eq!((ones.jid.domain(), twos.jid.domain()), (ANONYMOUS, ANONYMOUS));
            assert!(ones.jid.local() != twos.jid.local() && ones.jid.local().is_some());
            let mut two = two;
            two.send(chat(ones.jid.as_str(), "hello")).await;
            let message = one.message().await;
            assert_eq!(message.attribute("from").unwrap(), twos.jid.as_str());
            let (trace, _) = tokio::join!(one.close(), two.close());
            assert_eq!(used(&trace), Mechanism::Anonymous, "{trace}");
        }
    }
}

mod external {
    use super::*;

    /// jabberd2 is not among them: it wants the bare user name as authorization identity, and binds nothing
    /// after its success (internal-server-error).
    #[tokio::test]
    async fn prosody() {
        on_prosody(Release::Stable).await;
    }

    #[tokio::test]
    async fn prosody13() {
        on_prosody(Release::Backports).await;
    }

    #[tokio::test]
    async fn ejabberd() {
        on_ejabberd(Release::Stable).await;
    }

    #[tokio::test]
    async fn ejabberd24() {
        on_ejabberd(Release::Backports).await;
    }

    async fn on_prosody(release: Release) {
        let options = prosody::Options::new().release(release).client_certificates(true);
        let Some(server) = skip::unless_missing(Prosody::start(&options)) else { return };
        by_certificate(Place { which: Which::Prosody, release, server: Box::new(server) }).await;
    }

    async fn on_ejabberd(release: Release) {
        let options = ejabberd::Options::new().release(release).client_certificates(true);
        let Some(server) = skip::unless_missing(Ejabberd::start(&options)) else { return };
        by_certificate(Place { which: Which::Ejabberd, release, server: Box::new(server) }).await;
    }

    async fn by_certificate(place: Place) {
        let alice = jid(&format!("alice@{REQUIRED}/external"));
        let authority = place.server.authority();
        let login = |shown: &Identity| {
            let tls = TlsConfig::builder().without_system_roots();
            let tls = tls.add_ca_pem(authority.pem().as_bytes()).unwrap();
            let (certificate, key) = (shown.certificate_pem.as_bytes(), shown.key_pem.as_bytes());
            let tls = tls.with_client_certificate_pem(certificate, key).unwrap().build().unwrap();
            let login = place.client(xmpp::Config::external(alice.clone()), alice.clone(), "");
            login.at(place.server.c2s_required()).trusting(tls)
        };
        let (actor, identity) =
            login(&authority.issue_client(&format!("alice@{REQUIRED}"))).ready().await;
        assert_eq!(identity.jid, alice);
        let trace = actor.close().await;
        assert_eq!(used(&trace), Mechanism::External, "{trace}");
        // Somebody else's certificate is no proof that we are Alice.
        let (error, trace) =
            login(&authority.issue_client(&format!("bob@{REQUIRED}"))).fails().await;
        assert_eq!(error.status(), ErrorStatus::AuthFail, "{trace}");
        // Nor is one with her name that anybody has made. Some end TLS over it, others offer no EXTERNAL.
        let made = Authority::new("Anybody").issue_client(&format!("alice@{REQUIRED}"));
        let (_, trace) = login(&made).fails().await;
        assert!(!trace.steps().contains("AUTHSUCCESS"), "{trace}");
    }
}
