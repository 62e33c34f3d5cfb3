//! The session against a server that lies: what the client does not believe, and what it does not say
//! to one. The names begin with the row of docs/security.md.
#![cfg(feature = "xmpp")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "test")]

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use futures_util::StreamExt as _;
use jabber::{
    ErrorStatus, Event, Extra, Jid, Kind, KindSet, Protocol, Session, Status, component,
    jabberd20_component, sasl::Mechanism, xmpp,
};
use jabber_status::Lifecycle;
use jabber_testkit::misbehaving::{self, Lie, Misbehaviour, Server, Step, Tls};
use jabber_transport::{BoxFuture, BoxPipe, ConnectError, Connected, Target, TlsError, Transport};
use jabber_xml::{Element, Item, ns};

const PASSWORD: &str = "wonderland";

fn alice() -> Jid {
    "alice@localhost/desk".parse().unwrap()
}

fn echo() -> Jid {
    "echo.localhost".parse().unwrap()
}

fn plain() -> Server {
    Server::xmpp(alice(), PASSWORD)
}

fn scram() -> Server {
    plain().with_mechanism(Mechanism::ScramSha256)
}

fn digest() -> Server {
    Server::jabberd20_component(echo(), PASSWORD)
}

/// What came of a session that ends once it is ready.
#[derive(Debug)]
struct Came {
    kinds: Vec<Kind>,
    heard: Vec<Element>,
}

impl Came {
    fn error(&self) -> Option<ErrorStatus> {
        self.kinds.iter().find_map(|kind| match kind {
            Kind::Error(status) => Some(*status),
            _ => None,
        })
    }

    fn has(&self, kind: impl Into<Kind>) -> bool {
        self.kinds.contains(&kind.into())
    }

    fn heard(&self, name: &str) -> bool {
        self.heard.iter().any(|element| element.name() == name)
    }
}

/// Every status goes through the grammar.
async fn kinds(
    protocol: impl Protocol + 'static,
    transport: impl Transport + 'static,
) -> Vec<Kind> {
    let mut life = Lifecycle::of(protocol.shape());
    let mut session = Session::builder(protocol).subscribe(KindSet::ALL).build_with(transport);
    session.connect().unwrap();
    let mut kinds = Vec::new();
    while let Some(event) = session.next().await {
        let Event::Status(status) = event else { continue };
        life.check_event(&*status).unwrap();
        kinds.push(status.kind());
        if status.kind() == Kind::Status(Status::InitFinished) {
            session.shutdown();
        }
    }
    life.finish().unwrap();
    kinds
}

async fn meets(protocol: impl Protocol + 'static, server: &Server) -> Came {
    let transport = server.transport();
    let kinds = kinds(protocol, transport.clone()).await;
    Came { kinds, heard: elements(&transport) }
}

fn elements(transport: &misbehaving::Transport) -> Vec<Element> {
    let heard = transport.heard().into_iter();
    heard
        .filter_map(|item| match item {
            Item::Element(element) => Some(element),
            _ => None,
        })
        .collect()
}

/// An account's client meets a server that lies there.
async fn lied_to(server: &Server, step: Step, lie: Lie) -> Came {
    assert!(server.can(step, &Misbehaviour::Lie(lie)), "{lie} at {step}");
    let server = server.clone().misbehaving(step, Misbehaviour::Lie(lie));
    meets(xmpp::Config::new(alice(), PASSWORD), &server).await
}

#[tokio::test(start_paused = true)]
async fn threat_01_without_starttls_nothing_of_a_login_goes_out() {
    for server in [plain(), scram()] {
        let came = lied_to(&server, Step::TlsFeatures, Lie::StartTlsStripped).await;
        assert_eq!(came.error(), Some(ErrorStatus::SslFail), "{came:?}");
        assert!(!came.has(Status::AuthNegotiate) && came.heard.is_empty(), "{came:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn threat_02_what_stands_behind_proceed_is_never_taken_in() {
    for lie in [Lie::FeaturesBehind, Lie::HalfBehind, Lie::SpaceBehind, Lie::NulBehind] {
        let came = lied_to(&plain(), Step::Proceed, lie).await;
        assert_eq!(came.error(), Some(ErrorStatus::SslFail), "{lie}: {came:?}");
        assert!(!came.has(Status::SslSuccess) && !came.heard("auth"), "{lie}: {came:?}");
    }
    for lie in [Lie::FeaturesLater, Lie::HalfLater, Lie::SpaceLater, Lie::NulLater] {
        let came = lied_to(&plain(), Step::Proceed, lie).await;
        assert_eq!(came.error(), Some(ErrorStatus::SslFail), "{lie}: {came:?}");
        assert!(!came.has(Status::SslSuccess) && !came.heard("auth"), "{lie}: {came:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn threat_11_a_success_without_the_servers_proof_is_no_login() {
    let lies = [
        Lie::ProofMissing,
        Lie::ProofEmpty,
        Lie::ProofWrong,
        Lie::ProofTruncated,
        Lie::ProofWrongInChallenge,
        Lie::ErrorInSuccess,
    ];
    for lie in lies {
        let came = lied_to(&scram(), Step::Success, lie).await;
        assert_eq!(came.error(), Some(ErrorStatus::AuthFail), "{lie}: {came:?}");
        assert!(!came.has(Status::AuthSuccess), "{lie}: {came:?}");
    }
    // Lawful, if rare.
    let came = lied_to(&scram(), Step::Success, Lie::ProofInChallenge).await;
    assert!(came.has(Status::InitFinished), "{came:?}");
}

#[tokio::test(start_paused = true)]
async fn threat_17_challenges_without_end_and_successes_before_their_time() {
    let lies = [
        (Step::Challenge, Lie::Challenges),
        (Step::Challenge, Lie::SuccessEarly),
        (Step::Challenge, Lie::SuccessEarlyWithData),
        (Step::AuthFeatures, Lie::SuccessUnasked),
        (Step::Success, Lie::ChallengeAgain),
    ];
    for (step, lie) in lies {
        let came = lied_to(&scram(), step, lie).await;
        assert_eq!(came.error(), Some(ErrorStatus::AuthFail), "{lie}: {came:?}");
        assert!(!came.has(Status::AuthSuccess), "{lie}: {came:?}");
        let router = digest().misbehaving(step, Misbehaviour::Lie(lie));
        let came = meets(jabberd20_component::Config::new(echo(), PASSWORD), &router).await;
        assert_eq!(came.error(), Some(ErrorStatus::AuthFail), "{lie}: {came:?}");
        assert!(!came.has(Status::AuthSuccess), "{lie}: {came:?}");
    }
}

/// The first connection redirects, the others end at another server.
#[derive(Debug)]
struct Redirecting {
    first: misbehaving::Transport,
    others: misbehaving::Transport,
    connections: Arc<AtomicUsize>,
    targets: Arc<Mutex<Vec<Target>>>,
}

impl Redirecting {
    fn new(first: &Server, others: &Server) -> Self {
        Self {
            first: first.transport(),
            others: others.transport(),
            connections: Arc::default(),
            targets: Arc::default(),
        }
    }
}

impl Transport for Redirecting {
    fn connect<'a>(&'a self, target: &'a Target) -> BoxFuture<'a, Result<Connected, ConnectError>> {
        self.targets.lock().unwrap().push(target.clone());
        match self.connections.fetch_add(1, Ordering::Relaxed) {
            0 => self.first.connect(target),
            _ => self.others.connect(target),
        }
    }

    fn start_tls<'a>(
        &'a self,
        pipe: BoxPipe,
        target: &'a Target,
    ) -> BoxFuture<'a, Result<Connected, TlsError>> {
        self.first.start_tls(pipe, target)
    }
}

#[tokio::test(start_paused = true)]
async fn threat_28_a_redirect_keeps_the_tls_rules_and_the_name() {
    for step in [Step::TlsFeatures, Step::AuthFeatures, Step::Bind, Step::Stanza] {
        let redirects = plain().misbehaving(step, Misbehaviour::Lie(Lie::RedirectOther));
        let strips =
            plain().misbehaving(Step::TlsFeatures, Misbehaviour::Lie(Lie::StartTlsStripped));
        let transport = Redirecting::new(&redirects, &strips);
        let (others, targets) = (transport.others.clone(), Arc::clone(&transport.targets));
        let kinds = kinds(xmpp::Config::new(alice(), PASSWORD), transport).await;
        let targets = targets.lock().unwrap().clone();
        if step == Step::Stanza {
            // The session was closing by then: nobody goes anywhere.
            assert_eq!(targets.len(), 1, "{kinds:?}");
            continue;
        }
        assert!(kinds.contains(&Kind::Extra(Extra::Redirect)), "{step}: {kinds:?}");
        assert!(kinds.contains(&Kind::Error(ErrorStatus::SslFail)), "{step}: {kinds:?}");
        assert!(elements(&others).is_empty(), "{step}: {:?}", others.heard());
        let [_, second] = &*targets else { panic!("{step}: {targets:?}") };
        assert_eq!(second.domain, "localhost", "{step}");
        assert_eq!(second.address().to_string(), "elsewhere.example:5269", "{step}");
    }
}

#[tokio::test(start_paused = true)]
async fn threat_28_redirects_in_a_circle_come_to_an_end() {
    for step in [Step::TlsHeader, Step::AuthFeatures, Step::Success, Step::Bind] {
        let server = plain().misbehaving(step, Misbehaviour::Lie(Lie::RedirectItself));
        let transport = server.transport();
        let kinds = kinds(xmpp::Config::new(alice(), PASSWORD), transport.clone()).await;
        // docs/cli.md: five of them are followed.
        assert_eq!(transport.connections(), 6, "{step}");
        assert!(kinds.contains(&Kind::Extra(Extra::ReconnectStopped)), "{step}: {kinds:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn threat_28_what_is_no_address_is_not_connected_to() {
    let lies = [Lie::RedirectEmpty, Lie::RedirectPort, Lie::RedirectBracket, Lie::RedirectHuge];
    for lie in lies {
        let server = plain().misbehaving(Step::AuthFeatures, Misbehaviour::Lie(lie));
        let transport = server.transport();
        let kinds = kinds(xmpp::Config::new(alice(), PASSWORD), transport.clone()).await;
        assert_eq!(transport.connections(), 1, "{lie}: {kinds:?}");
        assert!(!kinds.contains(&Kind::Status(Status::AuthSuccess)), "{lie}: {kinds:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn threat_30_nobody_is_logged_in_without_a_login() {
    for server in [plain(), scram()] {
        let came = lied_to(&server, Step::AuthFeatures, Lie::LoginSkipped).await;
        assert_eq!(came.error(), Some(ErrorStatus::AuthFail), "{came:?}");
        assert!(!came.heard("iq") && !came.has(Status::AuthSuccess), "{came:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn threat_30_a_success_in_another_namespace_is_none() {
    for step in [Step::AuthFeatures, Step::Success] {
        let server = plain().misbehaving(step, Misbehaviour::WrongNamespace);
        let came = meets(xmpp::Config::new(alice(), PASSWORD), &server).await;
        assert!(came.error().is_some() && !came.has(Status::AuthSuccess), "{step}: {came:?}");
    }
    let server = Server::component(echo(), PASSWORD).with_tls(Tls::Off);
    let server = server.misbehaving(Step::Accept, Misbehaviour::WrongNamespace);
    let came = meets(component::Config::new(echo(), PASSWORD), &server).await;
    assert!(came.error().is_some() && !came.has(Status::AuthSuccess), "{came:?}");
}

#[tokio::test(start_paused = true)]
async fn threat_39_compression_that_is_offered_is_not_asked_for() {
    for step in [Step::TlsFeatures, Step::AuthFeatures, Step::BindFeatures] {
        let came = lied_to(&plain(), step, Lie::Extensions).await;
        assert!(came.has(Status::InitFinished), "{step}: {came:?}");
        assert!(!came.heard("compress"), "{step}: {came:?}");
    }
}

/// What is offered is not asked for, and who asks without being asked is not answered: the user may.
#[tokio::test(start_paused = true)]
async fn threat_40_nothing_beyond_the_core_goes_out_by_itself() {
    let mut server = plain();
    for step in [Step::TlsFeatures, Step::AuthFeatures, Step::BindFeatures] {
        server = server.misbehaving(step, Misbehaviour::Lie(Lie::Extensions));
    }
    for step in [Step::Bind, Step::Session] {
        server = server.misbehaving(step, Misbehaviour::Lie(Lie::RequestFirst));
    }
    let came = meets(xmpp::Config::new(alice(), PASSWORD), &server).await;
    assert!(came.has(Status::InitFinished), "{came:?}");
    let said = |element: &Element| {
        let inner = element.children().next().map(|it| it.namespace().to_owned());
        (element.name().to_owned(), inner)
    };
    let said: Vec<_> = came.heard.iter().map(said).collect();
    let core = [
        ("starttls".to_owned(), None),
        ("auth".to_owned(), None),
        ("response".to_owned(), None),
        ("iq".to_owned(), Some(ns::BIND.to_owned())),
        ("iq".to_owned(), Some(ns::SESSION.to_owned())),
    ];
    assert_eq!(said, core);
}
