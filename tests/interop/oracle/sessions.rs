//! Real sessions of ours, each held against the recording of the same.

use jabber::{
    Session, SessionBuilder, component, jabberd20_component, legacy,
    sasl::{Mechanism, Policy},
    xmpp::{self, TlsPolicy},
};
use jabber_status::Lifecycle;
use jabber_tests::{
    ejabberd::{self, Ejabberd},
    jabberd2::{self, Jabberd2, ROUTER_REALM, ROUTER_SECRET, ROUTER_USER},
    prosody::{self, Prosody},
    server::{ALICE, Account, COMPONENT_SECRET, REQUIRED, Server},
    skip,
};

use super::{PAUSE, recording::Recording, replay::replay, rules, tcp};
use crate::{
    strangers,
    support::{Actor, address, jid},
};

/// How the client or the component logs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Login {
    /// As PCJ did, which knows PLAIN and DIGEST-MD5.
    AsRecorded,
    /// As we do if nobody says otherwise.
    ByDefault,
}

/// A server of its own: one component at a time may serve a name.
async fn hold_all(server: &dyn Server) {
    let mut held = 0;
    for recording in
        Recording::all().iter().filter(|it| it.server() == server.name().to_lowercase())
    {
        hold(recording, server, Login::AsRecorded).await;
        if recording.dialect() == "xmpp" && ended_well(recording) {
            hold(recording, server, Login::ByDefault).await;
        }
        held += 1;
    }
    assert!(held >= 4, "{held} recordings of {}", server.name());
}

async fn hold(recording: &Recording, server: &dyn Server, login: Login) {
    if recording.server() == "jabberd2" {
        tokio::time::sleep(PAUSE).await;
    }
    let mut ours = replay(recording, actor(recording, server, login)).await;
    let mut life = Lifecycle::of(recording.shape());
    for kind in ours.kinds() {
        life.check(kind).unwrap_or_else(|fault| panic!("{}: {fault}", recording.name));
    }
    let left_out: &[&str] = match login {
        Login::AsRecorded => &["mechanisms_differ_in_nodes"],
        Login::ByDefault => {
            rules::mechanisms_differ_in_nodes(&mut ours);
            &[]
        }
    };
    let (ours, theirs) = (ours.comparable(), recording.clone().into_ours_but(left_out));
    assert_eq!(ours.steps(), theirs.steps(), "{} {login:?}\n{ours}", recording.name);
}

fn ended_well(recording: &Recording) -> bool {
    recording.line("PCJ_READY").is_some()
}

fn actor(recording: &Recording, server: &dyn Server, login: Login) -> Actor {
    let who = recording.line("jid").map_or("alice@localhost/oracle", |line| line.arg());
    let who = jid(who);
    let header = recording.line("PCJ_STREAMSTART").map(|line| line.arg().to_owned());
    let version = header.as_deref().and_then(|header| {
        let (_, rest) = header.split_once(" version=\"")?;
        rest.split('"').next()
    });
    let tcp = tcp(server);
    match recording.dialect() {
        "xmpp" => {
            let (config, at) = client(recording, server, login, who);
            Actor::client(Session::builder(config).transport(tcp).server(address(at)), ALICE)
        }
        "legacy" => {
            let method = match recording.name.rsplit('-').next() {
                Some("digest") => legacy::LoginPolicy::DigestOnly,
                _ => legacy::LoginPolicy::PlaintextOnly,
            };
            let config = legacy::Config::new(who, ALICE.password).unwrap();
            let config = config.with_login(method).with_version(version.unwrap());
            let builder = Session::builder(config).server(address(server.c2s()));
            Actor::component(builder, ALICE.password)
        }
        "j14" => {
            let config = component::Config::new(who, COMPONENT_SECRET);
            let builder = Session::builder(config.with_version(version.unwrap()));
            Actor::component(builder.server(address(server.component())), COMPONENT_SECRET)
        }
        "j20" => {
            let config = jabberd20_component::Config::new(who, ROUTER_SECRET);
            let builder: SessionBuilder = Session::builder(config.with_username(ROUTER_USER));
            let builder = builder.transport(tcp).tls_name(jid(ROUTER_REALM));
            let user = Account { name: ROUTER_USER, password: ROUTER_SECRET };
            Actor::client(builder.server(address(server.component())), user)
        }
        other => panic!("{other}"),
    }
}

fn client(
    recording: &Recording,
    server: &dyn Server,
    login: Login,
    who: jabber::Jid,
) -> (xmpp::Config, std::net::SocketAddr) {
    let at = match (who.domain(), ended_well(recording)) {
        (_, false) => strangers::closed_port(),
        (REQUIRED, _) => server.c2s_required(),
        _ => server.c2s(),
    };
    let config = xmpp::Config::new(who, ALICE.password);
    // PLAIN, DIGEST-MD5: it says so where it is not redacted.
    let sent = recording.statuses().find(|line| line.node() == "auth");
    let config = match (sent.map(|line| line.arg()), login) {
        (Some(sent), Login::AsRecorded) => {
            let known = [Mechanism::Plain, Mechanism::DigestMd5];
            let same = known.into_iter().find(|it| sent.contains(it.name())).unwrap();
            config.with_policy(Policy::only(&[same]))
        }
        _ => config,
    };
    let config = if ended_well(recording) { config } else { config.with_tls(TlsPolicy::Off) };
    (config, at)
}

#[tokio::test]
async fn prosody() {
    let started = Prosody::start(&prosody::Options::new());
    let Some(server) = skip::unless_missing(started) else { return };
    hold_all(&server).await;
}

#[tokio::test]
async fn ejabberd() {
    let started = Ejabberd::start(&ejabberd::Options::new());
    let Some(server) = skip::unless_missing(started) else { return };
    hold_all(&server).await;
}

#[tokio::test]
async fn jabberd2() {
    let started = Jabberd2::start(&jabberd2::Options::new());
    let Some(server) = skip::unless_missing(started) else { return };
    hold_all(&server).await;
}
