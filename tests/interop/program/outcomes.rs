//! Sessions that go well.

use jabber_tests::{
    prosody::{
        ALICE, BOB, COMPONENT, COMPONENT_SECRET, OPTIONAL, Options, Prosody, REQUIRED, SPACEY, ZOE,
    },
    skip,
};

use super::{Told, connect, run::ca_file};
use crate::oracle::{early, recorded, told};

const VERSION: &str = "<iq type='get' to='localhost'><query xmlns='jabber:iq:version'/></iq>";

fn oracle(run: &Told, recording: &str) {
    let statuses = run
        .statuses()
        .map(|line| (super::told::kind(line), line["xml"].as_str().unwrap_or_default().to_owned()));
    let ours = told(recording, statuses);
    let theirs = recorded(recording);
    // What happens between INIT_FINISHED and the end is the other test's; here it is told in
    // another order, because `--purge-queue` comes before `--request`.
    for end in ["INIT_FINISHED", "SHUTDOWN_START"] {
        let place = |steps: &[(String, String)]| steps.iter().position(|step| step.0 == end);
        let (our, their) = (place(&ours).unwrap(), place(&theirs).unwrap());
        if end == "INIT_FINISHED" {
            assert_eq!(ours[..=our], theirs[..=their], "{run:?}");
        } else {
            assert_eq!(ours[our..], theirs[their..], "{run:?}");
        }
    }
}

#[test]
fn the_whole_life_of_a_client() {
    let Some(server) = Prosody::shared() else { return };
    let (ca, at) = (ca_file(server), server.c2s().to_string());
    for (domain, recording) in
        [(OPTIONAL, "prosody-xmpp-ok"), (REQUIRED, "prosody-xmpp-tlsrequired")]
    {
        let (jid, queue) = (format!("alice@{domain}/program"), early(domain));
        let run = connect("alice", ALICE.password, ["--jid", &jid, "--server", &at])
            .arg("--tls-ca")
            .arg(ca.path())
            .arg("--queue")
            .arg(&queue)
            .arg("--purge-queue")
            .arg("--request")
            .arg(VERSION.replace(OPTIONAL, domain))
            .run()
            .ends_with(0);
        oracle(&run, recording);
        assert_eq!(run.nodes("PCJ_NODEQUEUED"), [queue.as_str()]);
        let [answer] = run.answers()[..] else { panic!("{run:?}") };
        assert_eq!((&answer["request"], &answer["outcome"]), (&0.into(), &"result".into()));
        assert!(answer["xml"].as_str().unwrap().contains("<name>Prosody</name>"), "{answer}");
        let steps = run.steps();
        assert!(steps.contains("INIT_FINISHED RTS_START RTS_FINISH SHUTDOWN_START"), "{run:?}");
        assert_eq!(run.find("PCJ_INIT_FINISHED")["detail"], jid.as_str());
        assert_eq!(run.stderr, "");
    }
}

#[test]
fn each_way_in() {
    let Some(server) = Prosody::shared() else { return };
    let ca = ca_file(server);
    let (starttls, direct) = (server.c2s().to_string(), server.direct_tls().to_string());
    for (account, at, tls, mechanism) in [
        (ALICE, &starttls, "starttls", "SCRAM-SHA-256"),
        (ALICE, &direct, "direct", "SCRAM-SHA-1"),
        (BOB, &starttls, "off", "SCRAM-SHA-1"),
        (ZOE, &starttls, "starttls", "SCRAM-SHA-256"),
        (ZOE, &direct, "direct", "PLAIN"),
        (SPACEY, &starttls, "off", "PLAIN"),
        (SPACEY, &starttls, "starttls", "SCRAM-SHA-1"),
    ] {
        let jid = format!("{}@localhost/in", account.name);
        let options =
            ["--jid", &jid, "--server", at, "--tls", tls, "--mechanism", mechanism, "--send"];
        let run = connect(account.name, account.password, options)
            .arg("<presence/>")
            .arg("--tls-ca")
            .arg(ca.path())
            .run()
            .ends_with(0);
        let why = run.find("PCJ_AUTHNEGOTIATE")["detail"].as_str().unwrap();
        assert!(why.starts_with(mechanism), "{why}");
        assert_eq!(run.steps().contains("SSLSUCCESS"), tls != "off", "{run:?}");
    }
}

#[test]
fn the_password_is_the_first_line_of_a_file() {
    let Some(server) = Prosody::shared() else { return };
    let (ca, at) = (ca_file(server), server.c2s().to_string());
    for end in ["", "\n", "\r\n", "\nanother line\n"] {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), format!("{}{end}", SPACEY.password)).unwrap();
        connect("spacey", SPACEY.password, ["--jid", "spacey@localhost", "--server", &at])
            .without_password()
            .arg("--password-file")
            .arg(file.path())
            .arg("--tls-ca")
            .arg(ca.path())
            .arg("--linger=0")
            .run()
            .ends_with(0);
    }
}

#[test]
fn a_component() {
    let Some(server) = skip::unless_missing(Prosody::start(&Options::new())) else { return };
    let at = server.component().to_string();
    let queue = early(OPTIONAL).replace("<iq ", "<iq from='comp.localhost' ");
    let version = VERSION.replace("<iq ", "<iq from='comp.localhost' ");
    let options = ["--dialect", "component", "--jid", COMPONENT, "--server", &at];
    let run = connect("", COMPONENT_SECRET, options)
        .arg("--queue")
        .arg(queue)
        .arg("--purge-queue")
        .arg("--request")
        .arg(version)
        .run()
        .ends_with(0);
    oracle(&run, "prosody-j14-ok");
    assert_eq!(run.answers()[0]["outcome"], "result");
    assert!(run.nodes("PCJ_NODESENT").contains(&"<handshake>[redacted]</handshake>"), "{run:?}");
}

#[test]
fn messages_between_two_runs_and_lines_of_standard_input() {
    use std::io::Write;
    let Some(server) = Prosody::shared() else { return };
    let (ca, at) = (ca_file(server), server.c2s().to_string());
    let mut bob = connect("bob", BOB.password, ["--jid", "bob@localhost/lines", "--server", &at])
        .arg("--tls-ca")
        .arg(ca.path())
        .start();
    bob.until("PCJ_INIT_FINISHED");
    let mut alice = connect("alice", ALICE.password, ["--jid", "alice@localhost/lines", "--stdin"])
        .arg("--server")
        .arg(&at)
        .arg("--tls-ca")
        .arg(ca.path())
        .start();
    alice.until("PCJ_INIT_FINISHED");
    let mut stdin = alice.stdin.take().unwrap();
    for line in [
        "<message to='bob@localhost/lines' id='one'/>",
        "",
        "<message to='bob@localhost/lines'",
        "<message to='bob@localhost/lines' id='two'/>",
    ] {
        writeln!(stdin, "{line}").unwrap();
    }
    drop(stdin);
    // A bad line is told, and not sent; the others are.
    let alice = alice.end().ends_with(2);
    assert!(alice.stderr.contains("line 3"), "{alice:?}");
    let sent = alice.nodes("PCJ_NODESENT").iter().filter(|xml| xml.contains("<message")).count();
    assert_eq!(sent, 2, "{alice:?}");
    assert!(alice.steps().ends_with("SHUTDOWN_START STREAMEND SOCKETDISCONNECT SHUTDOWN_FINISH"));
    bob.until("id='one'");
    bob.until("id='two'");
    // Nothing was left to do but linger.
    bob.signal("INT");
    bob.end().ends_with(0);
}
