//! Logins bound to the TLS channel, and lists of mechanisms that the server signs: the newer releases have
//! both.

use jabber::{
    ErrorStatus, Status, login,
    sasl::{BindingType, Mechanism, Policy},
    xmpp,
};
use jabber_tcp::TlsVersion;
use jabber_tests::server::ALICE;

use super::cells;
use crate::support::{Dialect, Pipe, Place, Setup, Trace, Which, client, jid, row, tls};

cells! { to_the_channel:
    prosody13: Prosody13;
    ejabberd24: Ejabberd24;
}

async fn to_the_channel(place: Place) {
    use Mechanism::{ScramSha1Plus, ScramSha256Plus, ScramSha512Plus};
    let mechanisms: &[_] = match place.which {
        Which::Prosody => &[ScramSha1Plus, ScramSha256Plus],
        _ => &[ScramSha1Plus, ScramSha256Plus, ScramSha512Plus],
    };
    for version in [TlsVersion::V1_2, TlsVersion::V1_3] {
        // Prosody has no tls-exporter on TLS 1.2.
        let expected = match (place.which, version) {
            (Which::Prosody, TlsVersion::V1_2) => BindingType::TlsServerEndPoint,
            _ => BindingType::TlsExporter,
        };
        for (pipe, mechanism) in [Pipe::Offered, Pipe::Required, Pipe::Direct, Pipe::DirectRequired]
            .into_iter()
            .flat_map(|pipe| mechanisms.iter().map(move |mechanism| (pipe, *mechanism)))
        {
            let _row = row(format!("{mechanism} by {expected} over {pipe:?}, {version:?}"));
            let jid = jid(&format!("alice@{}/bound", pipe.domain()));
            let config = xmpp::Config::new(jid.clone(), ALICE.password)
                .with_policy(Policy::only(&[mechanism]));
            let login = place.client(config, jid, ALICE.password);
            let login = login.at(place.address(Dialect::Xmpp, pipe)).direct(pipe.is_direct());
            let trusted = tls(place.server.authority(), &[version]);
            let trace = login.trusting(trusted).visit().await;
            let by = authenticated(&trace);
            assert_eq!((by.mechanism(), by.is_mutual()), (mechanism, true), "{trace}");
            assert_eq!(by.channel_binding(), Some(expected), "{trace}");
            assert!(by.is_downgrade_protected(), "{trace}");
        }
    }
}

mod threat_15_without_its_offer {
    use jabber::sasl::LoginRefused;

    use super::*;

    cells! { threat_15_who_saw_no_offer_of_it_is_refused:
        prosody13: Prosody13;
        ejabberd24: Ejabberd24;
    }

    /// As if somebody had taken the `-PLUS` out of the list: we say that we would have bound the channel
    /// (gs2 `y`, RFC 5802 §6), and the server, which can, knows that there is somebody.
    async fn threat_15_who_saw_no_offer_of_it_is_refused(any: Place) {
        let setup = Setup { mechanisms: Some(&["SCRAM-SHA-1"]), ..Setup::default() };
        let (error, trace) = any.another(setup).unwrap().usual(Dialect::Xmpp).fails().await;
        assert_eq!(error.status(), ErrorStatus::AuthFail, "{trace}");
        assert!(!trace.steps().contains("AUTHSUCCESS"), "{trace}");
        let refused = trace.find(ErrorStatus::AuthFail).cause::<LoginRefused>();
        assert!(refused.may_be_downgrade(), "{refused}");
    }
}

mod without_binding {
    use super::*;

    cells! { the_list_is_signed_all_the_same:
        prosody13: Prosody13;
        ejabberd24: Ejabberd24;
    }

    async fn the_list_is_signed_all_the_same(place: Place) {
        for policy in [xmpp::TlsPolicy::Required, xmpp::TlsPolicy::Off] {
            let _row = row(format!("TLS {policy:?} on {}", place.which));
            let config = client(ALICE, "signed").with_tls(policy);
            let config = config.with_policy(Policy::only(&[Mechanism::ScramSha256]));
            let jid = config.jid().clone();
            let trace = place.client(config, jid, ALICE.password).visit().await;
            let authenticated = authenticated(&trace);
            assert_eq!(authenticated.channel_binding(), None, "{trace}");
            assert!(authenticated.is_downgrade_protected(), "{trace}");
        }
    }
}

mod threat_15_a_list_that_was_shortened {
    use jabber::sasl::SaslError;

    use super::*;
    use crate::support::middle::{self, Whose};

    cells! { threat_15_is_noticed_by_the_signature:
        prosody13: Prosody13;
        ejabberd24: Ejabberd24;
    }

    /// Somebody on the way takes the strongest mechanism out of the list, where TLS does not keep
    /// him off (XEP-0474). Our proof is not sent then.
    async fn threat_15_is_noticed_by_the_signature(place: Place) {
        let strongest = match place.which {
            Which::Prosody => "<mechanism>SCRAM-SHA-256</mechanism>",
            _ => "<mechanism>SCRAM-SHA-512</mechanism>",
        };
        let at = middle::changing(place.server.c2s(), Whose::Theirs, strongest, "").await;
        let (error, trace) = place.login(Dialect::Xmpp, Pipe::Open).at(at).fails().await;
        assert_eq!(error.status(), ErrorStatus::AuthFail, "{trace}");
        let cause = trace.find(ErrorStatus::AuthFail).cause::<SaslError>();
        assert!(matches!(cause, SaslError::Downgraded), "{cause:?}");
        let sent = trace.nodes(Status::NodeSent).join("");
        assert!(!sent.contains("<response"), "{sent}");
    }
}

mod threat_15_somebody_with_a_good_certificate {
    use jabber::sasl::LoginRefused;
    use jabber_tests::server::OPTIONAL;

    use super::*;
    use crate::support::middle;

    cells! { threat_15_is_kept_out_by_the_binding:
        prosody13: Prosody13;
        ejabberd24: Ejabberd24;
    }

    /// He ends our TLS and begins one of his own: what we are bound to is his, and the server
    /// refuses it. Without binding the same login passes through his hands.
    async fn threat_15_is_kept_out_by_the_binding(place: Place) {
        let authority = place.server.authority();
        let his = authority.issue(&[OPTIONAL]);
        let usual = Policy::default();
        for policy in [usual, Policy::only(&[Mechanism::ScramSha256])] {
            let at = middle::reading(place.server.direct_tls(), &his, authority).await;
            let config = client(ALICE, "read").with_policy(policy);
            let jid = config.jid().clone();
            let login = place.client(config, jid, ALICE.password).at(at).direct(true);
            if policy != usual {
                login.visit().await;
                continue;
            }
            let (error, trace) = login.fails().await;
            assert_eq!(error.status(), ErrorStatus::AuthFail, "{trace}");
            trace.find(ErrorStatus::AuthFail).cause::<LoginRefused>();
        }
    }
}

fn authenticated(trace: &Trace) -> &jabber::sasl::Authenticated {
    match trace.login(Status::AuthSuccess) {
        login::Detail::Authenticated(authenticated) => authenticated,
        other => panic!("{other:?}"),
    }
}
