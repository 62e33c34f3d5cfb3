//! Every SASL mechanism that a server has and we speak, with every kind of password.

use jabber::{
    Status, jabberd20_component as router,
    sasl::{Mechanism, Policy},
    xmpp,
};
use jabber_tests::server::{ALICE, SPACEY, ZOE};

use super::{cells, each_server};
use crate::support::{Dialect, Pipe, Place, Trace, client, row};

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
    // Left to itself it takes the strongest, and never DIGEST-MD5.
    for pipe in Dialect::Xmpp.pipes() {
        let trace = place.login(Dialect::Xmpp, *pipe).visit().await;
        assert_eq!(used(&trace), place.which.mechanisms()[0], "{pipe:?}\n{trace}");
    }
}

/// The mechanism by which we are in, by the typed event; PLAIN alone lets the server prove nothing.
fn used(trace: &Trace) -> Mechanism {
    match trace.find(Status::AuthSuccess).typed::<xmpp::Event>().typed() {
        xmpp::Detail::Authenticated(authenticated) => {
            let mechanism = authenticated.mechanism();
            assert_eq!(authenticated.is_mutual(), mechanism > Mechanism::Plain, "{trace}");
            mechanism
        }
        other => panic!("{other:?}"),
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
            match trace.find(Status::AuthSuccess).typed::<router::Event>().typed() {
                router::Detail::Authenticated(authenticated) => {
                    assert_eq!(authenticated.mechanism(), Mechanism::DigestMd5);
                    // Its rspauth comes within <success/>.
                    assert!(authenticated.is_mutual());
                }
                other => panic!("{other:?}"),
            }
            assert!(trace.secrets() > 3, "the exchange was seen: {}", trace.secrets());
        }
    }
}
