//! TLS with each version of it, with a wrong authority and with a wrong name.

use jabber::{ErrorStatus, Extra, Retry, Security, Status, login, xmpp};
use jabber_connection::Detail;
use jabber_tcp::TlsVersion;
use jabber_tests::{
    jabberd2::ROUTER_REALM,
    pki::Authority,
    server::{ALICE, OPTIONAL, REQUIRED, Release, Tls, UNCOVERED},
};
use jabber_transport::{CertificateFault, TlsError, TlsFault};

use super::{cells, each_server};
use crate::support::{
    Dialect, Login, Pipe, Place, Setup, Trace, Which, client_at, jid, middle, row, tls,
};

const VERSIONS: [(TlsVersion, &str); 2] =
    [(TlsVersion::V1_2, "TLSv1.2"), (TlsVersion::V1_3, "TLSv1.3")];
const BOTH: &[TlsVersion] = &[TlsVersion::V1_2, TlsVersion::V1_3];

each_server!(every_way);

/// Every login that has TLS on this server, and a dialect's name for it.
async fn ways(place: &Place) -> Vec<(Dialect, Pipe, Login)> {
    let mut ways = Vec::new();
    for dialect in [Dialect::Xmpp, Dialect::Legacy, Dialect::Router] {
        if dialect == Dialect::Router && place.which != Which::Jabberd2 {
            continue;
        }
        for pipe in dialect.pipes().iter().filter(|pipe| **pipe != Pipe::Open) {
            ways.push((dialect, *pipe, place.login(dialect, *pipe)));
        }
    }
    // No server has direct TLS for components; whoever wants it puts something in front.
    let identity = place.server.authority().issue(&[OPTIONAL, ROUTER_REALM]);
    let front = middle::securing(place.server.component(), &identity).await;
    let component = place.usual(Dialect::Component).at(front).direct(true);
    ways.push((Dialect::Component, Pipe::Direct, component));
    if place.which == Which::Jabberd2 {
        // The router does not know of it, and offers STARTTLS: not to be taken a second time.
        let router = place.usual(Dialect::Router).at(front).direct(true);
        ways.push((Dialect::Router, Pipe::Direct, router));
    }
    ways
}

async fn every_way(place: Place) {
    let trusted = place.server.authority();
    for (dialect, pipe, login) in ways(&place).await {
        let _row = row(format!("{dialect:?} over {pipe:?} on {}", place.which));
        for (version, name) in VERSIONS {
            let _row = row(name);
            let trace = login.clone().trusting(tls(trusted, &[version])).visit().await;
            assert_eq!(version_of(&trace, dialect), name, "{trace}");
        }
        for (name, expected) in [
            ("Somebody", CertificateFault::UnknownIssuer),
            // An authority of the same name has another key.
            ("A test's authority", CertificateFault::BadSignature),
        ] {
            let other = tls(&Authority::new(name), BOTH);
            let (error, trace) = login.clone().trusting(other).fails().await;
            assert_eq!((error.status(), error.retry()), (ErrorStatus::SslFail, Retry::Never));
            assert_eq!(*fault(&trace, dialect), TlsFault::Certificate(expected), "{trace}");
        }
        let (error, trace) = login.clone().tls_name("elsewhere.test").fails().await;
        assert_eq!(error.status(), ErrorStatus::SslFail, "{trace}");
        match fault(&trace, dialect) {
            TlsFault::Certificate(CertificateFault::WrongName { presented }) => {
                assert!(presented.iter().any(|name| name.contains("localhost")), "{presented:?}");
            }
            // Prosody looks at the name that is asked for, where TLS comes first.
            TlsFault::Alert { name, .. } => {
                assert_eq!((place.which, pipe.is_direct()), (Which::Prosody, true));
                assert_eq!(name, "unrecognized_name");
            }
            other => panic!("{other:?}"),
        }
        assert!(error.to_string().contains("elsewhere.test"), "{error}");
    }
    // A domain that is served, and that the certificate is not for.
    let login = place.client(client_at(ALICE, UNCOVERED, "x"), jid("alice@uncovered.test"), "");
    let (error, _) = login.at(place.server.c2s_required()).fails().await;
    assert_eq!(error.status(), ErrorStatus::SslFail);
    assert!(error.to_string().contains(UNCOVERED), "{error}");
    // TLS is switched off here, and required there.
    let config = client_at(ALICE, REQUIRED, "off").with_tls(xmpp::TlsPolicy::Off);
    let alice = config.jid().clone();
    let login = place.client(config, alice, ALICE.password).at(place.server.c2s_required());
    let (error, trace) = login.fails().await;
    assert_eq!((error.status(), error.retry()), (ErrorStatus::AuthFail, Retry::Never));
    assert!(error.to_string().contains("no login without TLS"), "{error}");
    assert!(!trace.nodes(Status::NodeSent).join("").contains("<auth"), "{trace}");
}

fn version_of(trace: &Trace, dialect: Dialect) -> String {
    let security = match dialect {
        Dialect::Xmpp | Dialect::Router => match trace.login(Status::SslSuccess) {
            login::Detail::TlsEstablished(security) => security,
            other => panic!("{other:?}"),
        },
        Dialect::Legacy | Dialect::Component => {
            match trace.find(Extra::TlsEstablished).typed::<jabber_connection::Event>().typed() {
                Detail::Security(security) => security,
                other => panic!("{other:?}"),
            }
        }
    };
    match security {
        Security::Encrypted(facts) => facts.version.to_string(),
        other => panic!("{other:?}"),
    }
}

/// Nothing comes between TLS and its failure, and nothing after but the end.
fn fault(trace: &Trace, dialect: Dialect) -> &TlsFault {
    let end = match dialect {
        Dialect::Xmpp | Dialect::Router => "SSLNEGOTIATE SSLFAIL SOCKETDISCONNECT",
        // TLS is part of connecting there.
        Dialect::Legacy | Dialect::Component => "CONNECTED SSLFAIL SOCKETDISCONNECT",
    };
    assert!(trace.steps().ends_with(end), "{trace}");
    assert!(!trace.steps().contains("AUTHNEGOTIATE"), "{trace}");
    trace.find(ErrorStatus::SslFail).cause::<TlsError>().fault()
}

mod one_version_only {
    use super::*;

    cells! { the_servers:
        prosody: Prosody;
        ejabberd: Ejabberd;
        prosody13: Prosody13;
        ejabberd24: Ejabberd24;
    }

    /// The server speaks one version, whatever we speak.
    async fn the_servers(any: Place) {
        for (version, name, other) in
            [(Tls::V12, "TLSv1.2", TlsVersion::V1_3), (Tls::V13, "TLSv1.3", TlsVersion::V1_2)]
        {
            let setup = Setup { tls: Some(version), ..Setup::default() };
            let place = any.another(setup).unwrap();
            for (dialect, pipe) in [
                (Dialect::Xmpp, Pipe::Offered),
                (Dialect::Xmpp, Pipe::Direct),
                (Dialect::Legacy, Pipe::Direct),
            ] {
                let _row = row(format!("{dialect:?} over {pipe:?}, {name} on {}", place.which));
                let login = place.login(dialect, pipe);
                assert_eq!(version_of(&login.visit().await, dialect), name);
                let other = tls(place.server.authority(), &[other]);
                let (error, trace) = login.trusting(other).fails().await;
                assert_eq!(error.status(), ErrorStatus::SslFail, "{trace}");
                let told = fault(&trace, dialect);
                let fits = match (place.which, place.release) {
                    (Which::Ejabberd, Release::Stable) => matches!(told, TlsFault::HandshakeEof),
                    _ => matches!(told, TlsFault::Alert { code: 70, .. }),
                };
                assert!(fits, "{told:?}");
            }
        }
    }
}
