//! Logins bound to the TLS channel, our client with our server over real sockets: what is agreed on, and what
//! becomes of somebody in the middle whose certificate is as good as the server's.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test")]

mod middle;

use std::{error::Error, net::SocketAddr, time::Duration};

use futures_util::StreamExt as _;
use jabber::{
    Event, Kind, KindSet, Session, Status, StatusEvent, Tcp, TlsConfig, login,
    sasl::{
        Authenticated, BindingType, FailureCondition, LoginRefused, Mechanism, Policy, SaslError,
    },
    xmpp,
};
use jabber_server::{Builder, Server, StartTls};
use jabber_status::{Lifecycle, Shape};
use jabber_tcp::TlsVersion;
use jabber_tests::{causes, pki::Authority};
use tokio::time::timeout;

const PASSWORD: &str = "wonderland";
const PATIENCE: Duration = Duration::from_secs(20);

fn server() -> Builder {
    Server::builder().user("alice", PASSWORD)
}

fn alice() -> xmpp::Config {
    xmpp::Config::new("alice@localhost/desk".parse().unwrap(), PASSWORD)
}

/// How we come to a server.
struct Way {
    at: SocketAddr,
    direct: bool,
    versions: Vec<TlsVersion>,
}

impl Way {
    fn direct(at: SocketAddr) -> Self {
        Self { at, direct: true, versions: vec![TlsVersion::V1_2, TlsVersion::V1_3] }
    }
}

/// One attempt, until it is ready or has failed. What it told.
async fn told(config: xmpp::Config, way: &Way, trusted: &[&str]) -> Vec<Box<dyn StatusEvent>> {
    let tls = TlsConfig::builder().without_system_roots().with_versions(&way.versions);
    let tls = trusted.iter().fold(tls, |tls, pem| tls.add_ca_pem(pem.as_bytes()).unwrap());
    let mut session = Session::builder(config)
        .transport(Tcp::new(tls.build().unwrap()))
        .server(way.at.to_string().parse().unwrap())
        .direct_tls(way.direct)
        .subscribe(KindSet::ALL)
        .build();
    session.connect().unwrap();
    let shape = Shape::new().with_tls().with_restart().with_bind().with_session();
    let mut life = Lifecycle::of(shape);
    let mut told = Vec::new();
    while let Some(event) = timeout(PATIENCE, session.next()).await.unwrap() {
        let Event::Status(status) = event else { continue };
        life.check_event(&*status).unwrap_or_else(|fault| panic!("{fault} in {told:#?}"));
        if status.kind() == Kind::Status(Status::InitFinished) {
            session.shutdown();
        }
        told.push(status);
    }
    life.finish().unwrap_or_else(|fault| panic!("{fault} in {told:#?}"));
    told
}

fn proof(told: &[Box<dyn StatusEvent>]) -> &Authenticated {
    let details = told.iter().filter_map(|it| it.as_any().downcast_ref::<xmpp::Event>());
    let mut proofs = details.filter_map(|event| match event.typed() {
        xmpp::Detail::Login(login::Detail::Authenticated(proof)) => Some(proof),
        _ => None,
    });
    proofs.next().unwrap_or_else(|| panic!("no login in {told:#?}"))
}

/// The error of AUTHFAIL of that type. Nobody was logged in before it.
fn cause<T: Error + 'static>(told: &[Box<dyn StatusEvent>]) -> &T {
    assert!(!told.iter().any(|it| it.kind() == Kind::Status(Status::AuthSuccess)), "{told:#?}");
    let failed = told.iter().find(|it| it.kind() == Kind::Error(jabber::ErrorStatus::AuthFail));
    let failed = failed.unwrap_or_else(|| panic!("no AUTHFAIL in {told:#?}"));
    causes::find(failed.error()).unwrap_or_else(|| panic!("another error in {told:#?}"))
}

#[tokio::test]
async fn by_the_best_type_that_both_have() {
    use BindingType::{TlsExporter, TlsServerEndPoint};
    use TlsVersion::{V1_2, V1_3};
    let both = [TlsExporter, TlsServerEndPoint];
    for (offered, version, expected) in [
        (&both[..], V1_3, TlsExporter),
        // What is forced: the better type is there, and is not offered.
        (&[TlsServerEndPoint][..], V1_3, TlsServerEndPoint),
        (&[TlsServerEndPoint][..], V1_2, TlsServerEndPoint),
        // RFC 9266 §4.2: the server offers no exporter there.
        (&both[..], V1_2, TlsServerEndPoint),
    ] {
        let server = server().channel_bindings(offered).start().await.unwrap();
        for mechanism in [Mechanism::ScramSha256Plus, Mechanism::ScramSha1Plus] {
            for (at, direct) in [(server.c2s(), false), (server.direct_tls(), true)] {
                let way = Way { at, direct, versions: vec![version] };
                // Alone the default policy takes the strongest.
                let policy = match mechanism {
                    Mechanism::ScramSha256Plus => Policy::default(),
                    weaker => Policy::only(&[weaker]),
                };
                let told = told(alice().with_policy(policy), &way, &[server.ca_pem()]).await;
                let proof = proof(&told);
                assert_eq!(proof.mechanism(), mechanism, "{version:?}");
                assert_eq!(proof.channel_binding(), Some(expected), "{version:?}");
                assert!(proof.is_mutual() && proof.is_downgrade_protected());
            }
        }
    }
}

#[tokio::test]
async fn without_a_type_there_is_no_plus_and_the_list_is_signed_all_the_same() {
    let server = server().channel_bindings(&[]).start().await.unwrap();
    let told = told(alice(), &Way::direct(server.direct_tls()), &[server.ca_pem()]).await;
    let proof = proof(&told);
    assert_eq!((proof.mechanism(), proof.channel_binding()), (Mechanism::ScramSha256, None));
    assert!(proof.is_downgrade_protected());
}

/// Both certificates are trusted, so TLS keeps nobody out. What is bound is his channel, not the server's.
#[tokio::test]
async fn threat_15_a_middle_man_with_a_trusted_certificate_is_refused() {
    let his = Authority::new("Somebody whom we trust");
    for types in [&BindingType::ALL[..], &[BindingType::TlsServerEndPoint]] {
        let server = server().channel_bindings(types).start().await.unwrap();
        let trusted = [server.ca_pem(), &his.pem()];
        let way = Way::direct(middle::reading(&server, &his, &[]).await);
        let told = told(alice(), &way, &trusted).await;
        let refused = cause::<LoginRefused>(&told);
        assert_eq!(refused.condition, FailureCondition::NotAuthorized);

        // He is as good as the server where nothing is bound.
        let unbound = alice().with_policy(Policy::only(&[Mechanism::ScramSha256]));
        let way = Way::direct(middle::reading(&server, &his, &[]).await);
        assert_eq!(proof(&self::told(unbound, &way, &trusted).await).channel_binding(), None);
    }
}

/// He takes every `-PLUS` out of the list: we say that we could have bound the channel (gs2 `y`), and the
/// server knows that it offered to.
#[tokio::test]
async fn threat_15_a_middle_man_who_hides_plus_is_refused_by_the_server() {
    let his = Authority::new("Somebody whom we trust");
    let server = server().start().await.unwrap();
    let hides = [
        ("<mechanism>SCRAM-SHA-256-PLUS</mechanism>", ""),
        ("<mechanism>SCRAM-SHA-1-PLUS</mechanism>", ""),
    ];
    let way = Way::direct(middle::reading(&server, &his, &hides).await);
    let told = told(alice(), &way, &[server.ca_pem(), &his.pem()]).await;
    let refused = cause::<LoginRefused>(&told);
    assert_eq!(refused.condition, FailureCondition::NotAuthorized);
    assert!(refused.may_be_downgrade(), "{refused}");
}

/// The same, and he says `n` for us: the server goes on, and its hash of what it offered tells us.
#[tokio::test]
async fn threat_15_a_middle_man_who_speaks_for_us_is_found_by_the_hash() {
    let his = Authority::new("Somebody whom we trust");
    let server = server().start().await.unwrap();
    let speaks = [
        ("<mechanism>SCRAM-SHA-256-PLUS</mechanism>", ""),
        ("<mechanism>SCRAM-SHA-1-PLUS</mechanism>", ""),
        // Base64 of `y,,` and `n,,`.
        ("'>eSws", "'>biws"),
    ];
    let way = Way::direct(middle::reading(&server, &his, &speaks).await);
    let told = told(alice(), &way, &[server.ca_pem(), &his.pem()]).await;
    assert!(matches!(cause::<SaslError>(&told), SaslError::Downgraded));
    assert!(!sent_a_response(&told), "the proof was sent");
}

/// XEP-0474: each list that is shorter than the server's, the types of XEP-0440 included.
#[tokio::test]
async fn threat_15_a_shortened_list_is_found_by_the_hash() {
    let his = Authority::new("Somebody whom we trust");
    let unbound = Policy::only(&[Mechanism::ScramSha256, Mechanism::ScramSha1]);
    for (policy, hidden) in [
        (Policy::default(), "<mechanism>SCRAM-SHA-256-PLUS</mechanism>"),
        (Policy::default(), "<channel-binding type='tls-exporter'/>"),
        (unbound, "<mechanism>SCRAM-SHA-256</mechanism>"),
        (unbound, "<mechanism>PLAIN</mechanism>"),
    ] {
        let server = server().starttls(StartTls::Optional).start().await.unwrap();
        let way = Way::direct(middle::reading(&server, &his, &[(hidden, "")]).await);
        let told = told(alice().with_policy(policy), &way, &[server.ca_pem(), &his.pem()]).await;
        assert!(matches!(cause::<SaslError>(&told), SaslError::Downgraded), "{hidden}");
        assert!(!sent_a_response(&told), "the proof was sent without {hidden}");
    }
}

fn sent_a_response(told: &[Box<dyn StatusEvent>]) -> bool {
    let sent = told.iter().filter(|it| it.kind() == Kind::Status(Status::NodeSent));
    sent.filter_map(|it| it.node()).any(|node| node.to_string().contains("<response"))
}
