//! The harness itself: the server comes up, speaks on every port, ends when told, and leaves nothing.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::{
    fs,
    io::{Read, Write},
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use jabber_tests::{
    pki::Authority,
    prosody::{
        ACCOUNTS, Account, COMPONENT, OPTIONAL, Options, Prosody, REQUIRED, StartError, Tls,
        UNCOVERED,
    },
    skip,
    wire::{self, PATIENCE},
};
use rustls::{
    ProtocolVersion, SupportedProtocolVersion,
    version::{TLS12, TLS13},
};

const BOTH: &[&SupportedProtocolVersion] = &[&TLS12, &TLS13];

fn start(options: &Options) -> Option<Prosody> {
    skip::unless_missing(Prosody::start(options))
}

fn features(server: &Prosody, domain: &str) -> String {
    let mut stream = wire::open(server.c2s(), PATIENCE).unwrap();
    let header = wire::client_header(domain);
    wire::ask(&mut stream, &header, "</stream:features>", PATIENCE).unwrap()
}

fn mechanisms(features: &str) -> Vec<&str> {
    let mut names: Vec<&str> =
        features.split("<mechanism>").skip(1).map(|rest| rest.split('<').next().unwrap()).collect();
    names.sort_unstable();
    names
}

fn runs(pid: &str) -> bool {
    // What has ended and is not yet reaped by its parent has no command line any more.
    fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| !line.is_empty())
}

#[test]
fn each_port_speaks_its_protocol() {
    let Some(server) = Prosody::shared() else { return };
    let optional = features(server, OPTIONAL);
    assert!(optional.contains("urn:ietf:params:xml:ns:xmpp-tls"), "{optional}");
    assert!(!optional.contains("<required/>"), "{optional}");
    assert_eq!(mechanisms(&optional), ["PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256"]);
    let required = features(server, REQUIRED);
    assert!(required.contains("<required/>"), "{required}");
    assert_eq!(mechanisms(&required), [""; 0]);

    let mut stream = wire::open(server.component(), PATIENCE).unwrap();
    let header = wire::component_header(COMPONENT);
    let answer = wire::ask(&mut stream, &header, " id=", PATIENCE).unwrap();
    assert!(answer.contains("jabber:component:accept"), "{answer}");
    println!("started in {:?}", server.started_in());
}

#[test]
fn accounts_have_the_passwords_that_are_said() {
    let Some(server) = Prosody::shared() else { return };
    let login = |name: &str, password: &str| {
        let mut stream = wire::open(server.c2s(), PATIENCE).unwrap();
        let header = wire::client_header(OPTIONAL);
        wire::ask(&mut stream, &header, "</stream:features>", PATIENCE).unwrap();
        // XEP-0078: the one way to log in that needs neither base64 nor a hash.
        let iq = format!(
            "<iq type='set' id='login'><query xmlns='jabber:iq:auth'><username>{name}</username>\
             <password>{password}</password><resource>harness</resource></query></iq>"
        );
        let answer = wire::ask(&mut stream, &iq, "login", PATIENCE)
            .unwrap_or_else(|error| panic!("{name}: {error}\n{}", server.log()));
        answer.contains("type='result'")
    };
    for Account { name, password } in ACCOUNTS {
        assert!(login(name, password), "{name}\n{}", server.log());
        assert!(!login(name, password.get(..3).unwrap()), "{name}");
    }
    assert!(!login("alice", "wonder land"));
}

#[test]
fn an_unknown_account_is_refused() {
    let Some(server) = Prosody::shared() else { return };
    let mut stream = wire::open(server.c2s(), PATIENCE).unwrap();
    let header = wire::client_header(OPTIONAL);
    wire::ask(&mut stream, &header, "</stream:features>", PATIENCE).unwrap();
    // NUL "nobody" NUL "x". Not by XEP-0078: there Prosody 0.12.3 fails inside and never answers.
    let auth =
        "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AG5vYm9keQB4</auth>";
    let answer = wire::ask(&mut stream, auth, "</failure>", PATIENCE).unwrap();
    assert!(answer.contains("<not-authorized/>"), "{answer}");
}

#[test]
fn starttls_is_negotiated_by_hand() {
    let Some(server) = Prosody::shared() else { return };
    let mut stream = wire::open(server.c2s(), PATIENCE).unwrap();
    let header = wire::client_header(REQUIRED);
    wire::ask(&mut stream, &header, "</stream:features>", PATIENCE).unwrap();
    let starttls = "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
    wire::ask(&mut stream, starttls, "<proceed", PATIENCE).unwrap();
    let mut stream = wire::secure(stream, server.authority().client(BOTH), REQUIRED).unwrap();
    let features = wire::ask(&mut stream, &header, "</stream:features>", PATIENCE).unwrap();
    assert_eq!(mechanisms(&features), ["PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256"]);
}

#[test]
fn the_certificate_is_good_for_its_names_and_its_authority_only() {
    let Some(server) = Prosody::shared() else { return };
    let attempt = |authority: &Authority, name: &str| {
        let stream = wire::open(server.direct_tls(), PATIENCE).unwrap();
        wire::secure(stream, authority.client(BOTH), name).map(drop).map_err(|e| e.to_string())
    };
    attempt(server.authority(), OPTIONAL).unwrap();
    attempt(server.authority(), REQUIRED).unwrap();
    let error = attempt(server.authority(), UNCOVERED).unwrap_err();
    assert!(error.contains("not valid for name"), "{error}");
    // By its name it is the same authority; by its key it is another.
    let error = attempt(&Authority::new("A test's authority"), OPTIONAL).unwrap_err();
    assert!(error.contains("invalid peer certificate"), "{error}");
}

#[test]
fn versions_of_tls_are_those_that_were_asked_for() {
    for (tls, versions, wanted) in [
        (Tls::V12, BOTH, Some(ProtocolVersion::TLSv1_2)),
        (Tls::V12, &[&TLS13][..], None),
        (Tls::V13, BOTH, Some(ProtocolVersion::TLSv1_3)),
        (Tls::V13, &[&TLS12][..], None),
    ] {
        let Some(server) = start(&Options::new().tls(tls)) else { return };
        let stream = wire::open(server.direct_tls(), PATIENCE).unwrap();
        let got = wire::secure(stream, server.authority().client(versions), OPTIONAL);
        assert_eq!(got.ok().and_then(|stream| stream.conn.protocol_version()), wanted, "{tls:?}");
    }
}

#[test]
fn only_the_wanted_mechanisms_are_offered() {
    for wanted in ["PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256"] {
        let Some(server) = start(&Options::new().mechanisms(&[wanted])) else { return };
        assert_eq!(mechanisms(&features(&server, OPTIONAL)), [wanted]);
    }
    let Some(server) = start(&Options::new().plaintext_login(false)) else { return };
    assert_eq!(mechanisms(&features(&server, OPTIONAL)), ["SCRAM-SHA-1", "SCRAM-SHA-256"]);
}

#[test]
fn killed_it_is_gone_without_a_word() {
    let Some(mut server) = start(&Options::new()) else { return };
    let mut stream = wire::open(server.c2s(), PATIENCE).unwrap();
    let header = wire::client_header(OPTIONAL);
    wire::ask(&mut stream, &header, "</stream:features>", PATIENCE).unwrap();
    assert!(!server.kill().unwrap().success());
    let mut rest = String::new();
    assert_eq!(stream.read_to_string(&mut rest).unwrap(), 0, "{rest}");
    assert!(wire::open(server.c2s(), PATIENCE).is_err());
    server.kill().unwrap();
}

#[test]
fn dropped_it_is_gone_with_its_folder() {
    let Some(server) = start(&Options::new()) else { return };
    let (pid, folder) = (server.pid().to_string(), server.folder().to_owned());
    assert!(runs(&pid) && folder.is_dir());
    drop(server);
    assert!(!runs(&pid) && !folder.exists());
}

#[test]
fn stopped_it_says_goodbye() {
    let Some(mut server) = start(&Options::new()) else { return };
    let mut stream = wire::open(server.c2s(), PATIENCE).unwrap();
    let header = wire::client_header(OPTIONAL);
    wire::ask(&mut stream, &header, "</stream:features>", PATIENCE).unwrap();
    // Prosody waits until its streams have ended, so the client must answer.
    let client = thread::spawn(move || {
        let end = wire::ask(&mut stream, "", "</stream:stream>", PATIENCE).unwrap();
        stream.write_all(b"</stream:stream>").unwrap();
        end
    });
    assert!(server.stop().unwrap().success(), "{}", server.log());
    let end = client.join().unwrap();
    assert!(end.contains("<system-shutdown"), "{end}");
    assert!(server.stop().unwrap().success());
}

#[test]
fn two_at_once_do_not_meet() {
    let (one, two) = thread::scope(|scope| {
        let other = scope.spawn(|| Prosody::start(&Options::new()));
        (Prosody::start(&Options::new()), other.join().unwrap())
    });
    let (Some(mut one), Some(two)) = (skip::unless_missing(one), skip::unless_missing(two)) else {
        return;
    };
    assert_ne!(one.c2s(), two.c2s());
    one.kill().unwrap();
    assert!(features(&two, OPTIONAL).contains("starttls"));
}

#[test]
fn a_program_that_is_missing_or_fails_is_told_apart() {
    let missing = Prosody::start(&Options::new().program("prosody-that-is-not-there"));
    assert!(matches!(missing, Err(StartError::Missing { .. })), "{missing:?}");
    if Prosody::shared().is_none() {
        return;
    }
    let error = Prosody::start(&Options::new().program("/bin/false")).unwrap_err();
    assert!(matches!(error, StartError::Failed { .. }), "{error:?}");
    assert!(error.to_string().contains("ended while starting"), "{error}");
}

const ORPHAN: &str = "JABBER_TESTS_ORPHAN";

/// Not a test by itself: what `nothing_outlives_a_killed_test_process` runs and kills.
#[test]
fn orphan() {
    if std::env::var_os(ORPHAN).is_none() {
        return;
    }
    let server = Prosody::start(&Options::new()).unwrap();
    println!("orphan {} {}", server.pid(), server.folder().display());
    thread::sleep(Duration::from_secs(60));
}

#[test]
fn nothing_outlives_a_killed_test_process() {
    if Prosody::shared().is_none() {
        return;
    }
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "orphan", "--nocapture"])
        .env(ORPHAN, "1")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = Vec::new();
    let mut output = child.stdout.take().unwrap();
    let line = loop {
        let mut byte = [0];
        assert_eq!(output.read(&mut byte).unwrap(), 1, "{}", String::from_utf8_lossy(&said));
        said.push(byte[0]);
        let text = String::from_utf8_lossy(&said).into_owned();
        if let Some((_, line)) = text.split_once("orphan ").filter(|_| text.ends_with('\n'))
            && line.contains('/')
        {
            break line.trim().to_owned();
        }
    };
    let (pid, folder) = line.split_once(' ').unwrap();
    let folder = Path::new(folder);
    assert!(folder.is_dir(), "{line}");
    child.kill().unwrap();
    child.wait().unwrap();
    let end = Instant::now() + PATIENCE;
    while runs(pid) || folder.exists() {
        assert!(Instant::now() < end, "left behind: {line}");
        thread::sleep(Duration::from_millis(20));
    }
}
