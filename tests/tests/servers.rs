//! The harness of ejabberd and jabberd2, as `harness.rs` is of Prosody's: each comes up, speaks on
//! every port, ends when told, and leaves nothing.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::{
    fs,
    io::Read,
    net::{SocketAddr, TcpStream},
    path::Path,
    process::{Command, Stdio},
    thread,
    time::Instant,
};

use jabber_tests::{
    ejabberd::{self, Ejabberd},
    jabberd2::{self, Jabberd2, ROUTER_REALM},
    pki::Authority,
    server::{
        ACCOUNTS, Account, COMPONENT, OPTIONAL, REQUIRED, Server, StartError, Tls, UNCOVERED,
    },
    skip,
    wire::{self, PATIENCE},
};
use rustls::{
    ProtocolVersion, SupportedProtocolVersion,
    version::{TLS12, TLS13},
};

const BOTH: &[&SupportedProtocolVersion] = &[&TLS12, &TLS13];
const STARTTLS: &str = "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";

fn stream(address: SocketAddr, domain: &str) -> (TcpStream, String) {
    let opened = wire::again(|| {
        let mut stream = wire::open(address, PATIENCE)?;
        let header = wire::client_header(domain);
        let features = wire::ask(&mut stream, &header, "</stream:features>", PATIENCE)?;
        Ok((stream, features))
    });
    opened.unwrap()
}

fn features(address: SocketAddr, domain: &str) -> String {
    stream(address, domain).1
}

fn mechanisms(features: &str) -> Vec<&str> {
    let mut names: Vec<&str> =
        features.split("<mechanism>").skip(1).map(|rest| rest.split('<').next().unwrap()).collect();
    names.sort_unstable();
    names
}

fn runs(pid: u32) -> bool {
    // What has ended and is not yet reaped by its parent has no command line any more.
    fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| !line.is_empty())
}

fn answers_on_every_port(server: &dyn Server, expected: &[&str]) {
    let optional = features(server.c2s(), OPTIONAL);
    assert!(optional.contains("urn:ietf:params:xml:ns:xmpp-tls"), "{optional}");
    assert!(!optional.contains("<required"), "{optional}");
    assert_eq!(mechanisms(&optional), expected);

    let (mut stream, required) = stream(server.c2s_required(), REQUIRED);
    assert!(required.contains("<required"), "{required}");
    assert_eq!(mechanisms(&required), [""; 0]);
    wire::ask(&mut stream, STARTTLS, "<proceed", PATIENCE).unwrap();
    let mut stream = wire::secure(stream, server.authority().client(BOTH), REQUIRED).unwrap();
    let header = wire::client_header(REQUIRED);
    let secured = wire::ask(&mut stream, &header, "</stream:features>", PATIENCE).unwrap();
    assert!(expected.iter().all(|name| mechanisms(&secured).contains(name)), "{secured}");
    wire::leave(&mut stream).unwrap();

    let mut stream = wire::open(server.component(), PATIENCE).unwrap();
    let header = wire::component_header(COMPONENT);
    let answer = wire::ask(&mut stream, &header, " id=", PATIENCE).unwrap();
    assert!(answer.contains("jabber:component:accept"), "{answer}");
    wire::leave(&mut stream).unwrap();
    // 1 s or 2 on an idle machine; a harness that begins to wait in vain is to be seen.
    let took = server.started_in();
    assert!(!took.is_zero() && took < PATIENCE * 2, "{} started in {took:?}", server.name());
}

fn login(server: &dyn Server, name: &str, password: &str) -> (TcpStream, String) {
    // XEP-0078: the one way to log in that needs neither base64 nor a hash.
    let iq = format!(
        "<iq type='set' id='login'><query xmlns='jabber:iq:auth'><username>{name}</username>\
         <password>{password}</password><resource>harness</resource></query></iq>"
    );
    let answered = wire::again(|| {
        let (mut stream, _) = stream(server.c2s(), OPTIONAL);
        let answer = wire::ask(&mut stream, &iq, "login", PATIENCE)?;
        Ok((stream, answer))
    });
    answered.unwrap_or_else(|error| panic!("{name}: {error}\n{}", server.log()))
}

fn accounts_have_their_passwords(server: &dyn Server) {
    let login =
        |name: &str, password: &str| login(server, name, password).1.contains("type='result'");
    for Account { name, password } in ACCOUNTS {
        assert!(login(name, password), "{name}\n{}", server.log());
        assert!(!login(name, password.get(..3).unwrap()), "{name}");
    }
    assert!(!login("alice", "wonder land"));
    assert!(!login("nobody", "wonderland"));
}

fn certificate_is_good_for_its_names_only(server: &dyn Server) {
    let attempt = |authority: &Authority, name: &str| {
        let stream = wire::open(server.direct_tls(), PATIENCE).unwrap();
        wire::secure(stream, authority.client(BOTH), name).map(drop)
    };
    attempt(server.authority(), OPTIONAL).unwrap();
    attempt(server.authority(), REQUIRED).unwrap();
    let error = attempt(server.authority(), UNCOVERED).unwrap_err().to_string();
    assert!(error.contains("not valid for name"), "{error}");
    // By its name it is the same authority; by its key it is another.
    let error = attempt(&Authority::new("A test's authority"), OPTIONAL).unwrap_err().to_string();
    assert!(error.contains("invalid peer certificate"), "{error}");
}

fn two_at_once_then_killed_dropped_stopped(
    farewell: &str,
    start: impl Fn() -> Option<Box<dyn Server>> + Sync,
) {
    let (one, two) = thread::scope(|scope| {
        let other = scope.spawn(&start);
        (start(), other.join().unwrap())
    });
    let (Some(mut one), Some(mut two)) = (one, two) else { return };
    assert_ne!(one.c2s(), two.c2s());

    let (mut stream, _) = stream(one.c2s(), OPTIONAL);
    one.kill().unwrap();
    let mut rest = String::new();
    assert_eq!(stream.read_to_string(&mut rest).unwrap(), 0, "{rest}");
    assert!(wire::open(one.c2s(), PATIENCE).is_err());
    assert!(wire::open(one.component(), PATIENCE).is_err());
    one.kill().unwrap();
    let folder = one.folder().to_owned();
    assert!(folder.is_dir());
    drop(one);
    assert!(!folder.exists());

    // The other one has not noticed.
    assert!(features(two.c2s(), OPTIONAL).contains("starttls"));
    let (mut stream, _) = login(&*two, "alice", "wonderland");
    two.stop().unwrap_or_else(|error| panic!("{error}\n{}", two.log()));
    // ejabberd says goodbye, but now and then the connection ends before that.
    wire::ask(&mut stream, "", farewell, PATIENCE).unwrap();
    assert!(wire::open(two.c2s(), PATIENCE).is_err());
    two.stop().unwrap();
}

#[test]
fn ejabberd_answers_on_every_port() {
    let Some(server) = Ejabberd::shared() else { return };
    let names = ["DIGEST-MD5", "PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-512"];
    let mut expected = names.to_vec();
    expected.push("X-OAUTH2");
    answers_on_every_port(server, &expected);
}

#[test]
fn jabberd2_answers_on_every_port() {
    let Some(server) = Jabberd2::shared() else { return };
    let names = ["ANONYMOUS", "CRAM-MD5", "DIGEST-MD5", "PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256"];
    answers_on_every_port(server, &names);
}

#[test]
fn ejabberd_has_the_accounts() {
    let Some(server) = Ejabberd::shared() else { return };
    accounts_have_their_passwords(server);
}

#[test]
fn jabberd2_has_the_accounts() {
    let Some(server) = Jabberd2::shared() else { return };
    accounts_have_their_passwords(server);
}

#[test]
fn ejabberd_has_a_good_certificate() {
    let Some(server) = Ejabberd::shared() else { return };
    certificate_is_good_for_its_names_only(server);
}

#[test]
fn jabberd2_has_a_good_certificate() {
    let Some(server) = Jabberd2::shared() else { return };
    certificate_is_good_for_its_names_only(server);
}

#[test]
fn two_of_ejabberd() {
    two_at_once_then_killed_dropped_stopped("", || {
        let server = skip::unless_missing(Ejabberd::start(&ejabberd::Options::new()))?;
        Some(Box::new(server))
    });
}

#[test]
fn two_of_jabberd2() {
    two_at_once_then_killed_dropped_stopped("</stream:stream>", || {
        let server = skip::unless_missing(Jabberd2::start(&jabberd2::Options::new()))?;
        Some(Box::new(server))
    });
}

/// jabberd 2.0's component protocol.
fn router_features(stream: &mut (impl Read + std::io::Write)) -> String {
    let header = "<?xml version='1.0'?><stream:stream to='any' version='1.0' \
                  xmlns='http://jabberd.jabberstudio.org/ns/component/1.0' \
                  xmlns:stream='http://etherx.jabber.org/streams'>";
    wire::ask(stream, header, "</stream:features>", PATIENCE).unwrap()
}

#[test]
fn the_router_speaks_its_protocol() {
    let Some(server) = Jabberd2::shared() else { return };
    let mut stream = wire::open(server.router(), PATIENCE).unwrap();
    let features = router_features(&mut stream);
    assert!(features.contains("urn:ietf:params:xml:ns:xmpp-tls"), "{features}");
    assert_eq!(mechanisms(&features), ["DIGEST-MD5"]);
    wire::ask(&mut stream, STARTTLS, "<proceed", PATIENCE).unwrap();
    let mut stream = wire::secure(stream, server.authority().client(BOTH), ROUTER_REALM).unwrap();
    assert_eq!(mechanisms(&router_features(&mut stream)), ["DIGEST-MD5"]);
    wire::leave(&mut stream).unwrap();
}

#[test]
fn jabberd2_is_set_up_as_asked_for() {
    let options = jabberd2::Options::new().mechanisms(&["SCRAM-SHA-1"]).router_tls(false);
    let Some(server) = skip::unless_missing(Jabberd2::start(&options)) else { return };
    assert_eq!(mechanisms(&features(server.c2s(), OPTIONAL)), ["SCRAM-SHA-1"]);
    let mut stream = wire::open(server.router(), PATIENCE).unwrap();
    assert!(!router_features(&mut stream).contains("starttls"));
}

#[test]
fn ejabberd_is_set_up_as_asked_for() {
    let options = ejabberd::Options::new().mechanisms(&["DIGEST-MD5"]).tls(Tls::V12);
    let Some(server) = skip::unless_missing(Ejabberd::start(&options)) else { return };
    assert_eq!(mechanisms(&features(server.c2s(), OPTIONAL)), ["DIGEST-MD5"]);
    for (versions, wanted) in [(BOTH, Some(ProtocolVersion::TLSv1_2)), (&[&TLS13][..], None)] {
        let stream = wire::open(server.direct_tls(), PATIENCE).unwrap();
        let got = wire::secure(stream, server.authority().client(versions), OPTIONAL);
        assert_eq!(got.ok().and_then(|stream| stream.conn.protocol_version()), wanted);
    }
}

#[test]
fn what_is_missing_or_fails_is_told_apart() {
    let missing = Ejabberd::start(&ejabberd::Options::new().program("erl-that-is-not-there"));
    assert!(matches!(missing, Err(StartError::Missing { .. })), "{missing:?}");
    let missing = Jabberd2::start(&jabberd2::Options::new().programs("/nonexistent"));
    assert!(matches!(missing, Err(StartError::Missing { .. })), "{missing:?}");
    if Ejabberd::shared().is_none() {
        return;
    }
    let error = Ejabberd::start(&ejabberd::Options::new().program("/bin/false")).unwrap_err();
    assert!(matches!(error, StartError::Failed { .. }), "{error:?}");
    assert!(error.to_string().contains("ejabberd ended while starting"), "{error}");
}

const ORPHAN: &str = "JABBER_TESTS_ORPHAN_SERVER";

/// Not a test by itself: what `nothing_outlives_a_killed_test_process` runs and kills.
#[test]
fn orphan() {
    if std::env::var_os(ORPHAN).is_none() {
        return;
    }
    let ejabberd = Ejabberd::start(&ejabberd::Options::new()).unwrap();
    let jabberd2 = Jabberd2::start(&jabberd2::Options::new()).unwrap();
    let mut pids = jabberd2.pids();
    pids.push(ejabberd.pid());
    let pids: Vec<String> = pids.iter().map(u32::to_string).collect();
    let folders = [ejabberd.folder(), jabberd2.folder()].map(|folder| folder.display().to_string());
    println!("orphan {}:{}.", pids.join(" "), folders.join(" "));
    thread::sleep(PATIENCE * 6);
}

#[test]
fn nothing_outlives_a_killed_test_process() {
    if Ejabberd::shared().is_none() || Jabberd2::shared().is_none() {
        return;
    }
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "orphan", "--nocapture"])
        .env(ORPHAN, "1")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    let mut output = child.stdout.take().unwrap();
    while !said.contains("orphan ") || !said.ends_with(".\n") {
        let mut byte = [0];
        assert_eq!(output.read(&mut byte).unwrap(), 1, "{said}");
        said.push(char::from(byte[0]));
    }
    let (_, line) = said.trim_end_matches(".\n").rsplit_once("orphan ").unwrap();
    let (pids, folders) = line.split_once(':').unwrap();
    let pids: Vec<u32> = pids.split(' ').map(|pid| pid.parse().unwrap()).collect();
    let folders: Vec<&Path> = folders.split(' ').map(Path::new).collect();
    assert_eq!((pids.len(), folders.len()), (5, 2), "{line}");
    assert!(folders.iter().all(|folder| folder.is_dir()) && pids.iter().all(|&pid| runs(pid)));
    child.kill().unwrap();
    child.wait().unwrap();
    let end = Instant::now() + PATIENCE;
    while pids.iter().any(|&pid| runs(pid)) || folders.iter().any(|folder| folder.exists()) {
        assert!(Instant::now() < end, "left behind: {line}");
        thread::sleep(PATIENCE / 500);
    }
}
