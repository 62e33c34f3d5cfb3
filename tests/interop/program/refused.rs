//! Connections that fail: the error, its order, the exit status.

use jabber_tests::{
    pki::Authority,
    prosody::{ALICE, COMPONENT, Prosody},
};
use std::{net::SocketAddr, time::Duration};

use super::{Told, connect, run::ca_file};
use crate::strangers::{closed_port, stranger};

fn alice(server: &Prosody, jid: &str, password: &str) -> Told {
    let (ca, at) = (ca_file(server), server.c2s().to_string());
    let run = connect("alice", password, ["--jid", jid, "--server", &at]);
    run.arg("--tls-ca").arg(ca.path()).run()
}

#[test]
fn by_the_server() {
    let Some(server) = Prosody::shared() else { return };
    let run = alice(server, "alice@localhost", "looking-glass").ends_with(12);
    assert_eq!(run.find("PCJ_AUTHFAIL")["condition"], "not-authorized");
    assert!(run.steps().ends_with("AUTHNEGOTIATE AUTHFAIL STREAMEND SOCKETDISCONNECT"), "{run:?}");
    assert!(run.stderr.contains("try:"), "{run:?}");

    let run = alice(server, "alice@nowhere.test", ALICE.password).ends_with(16);
    assert_eq!(run.find("PCJ_SOCKETDISCONNECT")["condition"], "host-unknown");
    assert_eq!(run.find("PCJ_SOCKETDISCONNECT")["by"], "peer");

    let run = alice(server, "alice@uncovered.test", ALICE.password).ends_with(11);
    assert!(run.steps().ends_with("SSLNEGOTIATE SSLFAIL SOCKETDISCONNECT"), "{run:?}");
    let why = run.find("PCJ_SSLFAIL")["detail"].as_str().unwrap();
    assert!(why.contains("uncovered.test") && why.contains("certificate"), "{why}");
}

#[test]
fn by_us_because_of_the_certificate() {
    let Some(server) = Prosody::shared() else { return };
    let other = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(other.path(), Authority::new("Somebody").pem()).unwrap();
    for (mode, at) in [("starttls", server.c2s()), ("direct", server.direct_tls())] {
        let at = at.to_string();
        let options = ["--jid", "alice@localhost", "--server", &at, "--tls", mode, "--tls-ca"];
        let run = connect("alice", ALICE.password, options).arg(other.path()).run().ends_with(11);
        let why = run.find("PCJ_SSLFAIL")["detail"].as_str().unwrap();
        assert!(why.contains("authority"), "{why}");
    }
    let (ca, at) = (ca_file(server), server.c2s().to_string());
    let options = ["--jid", "alice@localhost", "--server", &at, "--tls-name", "elsewhere.test"];
    let run = connect("alice", ALICE.password, options).arg("--tls-ca").arg(ca.path()).run();
    run.ends_with(11);
}

#[test]
fn components() {
    let Some(server) = Prosody::shared() else { return };
    let at = server.component().to_string();
    let run = |jid: &str| {
        let options = ["--dialect", "component", "--jid", jid, "--server", &at];
        connect("", "a wrong secret", options).run()
    };
    let wrong = run(COMPONENT).ends_with(12);
    assert_eq!(wrong.find("PCJ_AUTHFAIL")["condition"], "not-authorized");
    let unknown = run("unknown.localhost").ends_with(16);
    assert_eq!(unknown.find("PCJ_SOCKETDISCONNECT")["condition"], "host-unknown");
}

fn at(address: SocketAddr, options: &[&str]) -> Told {
    let address = address.to_string();
    let run = connect("alice", ALICE.password, ["--jid", "alice@localhost", "--server", &address]);
    options.iter().fold(run, |run, option| run.arg(option)).run()
}

#[test]
fn by_strangers() {
    let run = at(closed_port(), &["--queue", "<presence/>"]).ends_with(10);
    assert_eq!(run.steps(), "NODEQUEUED CONNECT CONNECTING CONNECTFAIL");
    assert!(run.find("PCJ_CONNECTFAIL")["detail"].as_str().unwrap().contains("refused"), "{run:?}");

    let run = at(stranger(b"HTTP/1.1 400 Bad Request\r\n\r\n"), &[]).ends_with(15);
    let end = run.find("PCJ_SOCKETDISCONNECT");
    assert_eq!((&end["condition"], &end["by"]), (&"not-well-formed".into(), &"us".into()));

    at(stranger(b"HTTP/1.1 400 Bad Request\r\n\r\n"), &["--tls", "direct"]).ends_with(11);

    let run = at(stranger(b""), &["--timeout", "0.5"]).ends_with(17);
    let end = run.find("PCJ_SOCKETDISCONNECT");
    assert_eq!((&end["condition"], &end["by"]), (&"connection-timeout".into(), &"us".into()));
    assert!(run.took > Duration::from_millis(500) && run.took < Duration::from_secs(8), "{run:?}");
}

#[test]
fn requests() {
    let Some(server) = Prosody::shared() else { return };
    let (ca, address) = (ca_file(server), server.c2s().to_string());
    let ask = |jid: &str, request: &str| {
        let options = ["--jid", jid, "--server", &address, "--timeout", "1", "--request", request];
        connect("alice", ALICE.password, options).arg("--tls-ca").arg(ca.path()).run()
    };
    let unknown = "<iq type='get' to='localhost'><query xmlns='urn:example:unknown'/></iq>";
    let run = ask("alice@localhost/unknown", unknown).ends_with(18);
    assert_eq!(run.answers()[0]["outcome"], "error");
    assert!(run.steps().contains("RTS_START RTS_FINISH SHUTDOWN_START"), "an answer: {run:?}");
    // It asks itself, and does not answer.
    let run = ask(
        "alice@localhost/mute",
        "<iq type='get' to='alice@localhost/mute'><query xmlns='jabber:iq:version'/></iq>",
    )
    .ends_with(18);
    assert_eq!(run.answers()[0]["outcome"], "timeout");
    assert!(run.steps().contains("RTS_START REQUEST_ENDED SHUTDOWN_START"), "{run:?}");
}
