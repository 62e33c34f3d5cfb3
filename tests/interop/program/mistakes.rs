//! Mistakes on the command line: exit status 2 with the place and the reason, before anything is
//! connected. These tests need no server.

use std::{
    io::ErrorKind,
    net::{SocketAddr, TcpListener},
};

use super::{Told, connect};

/// Somebody who notes whether there was a visitor.
struct Watch(TcpListener, SocketAddr);

impl Watch {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        Self(listener, address)
    }

    fn nobody_came(&self) {
        match self.0.accept() {
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            visit => panic!("{visit:?}"),
        }
    }
}

/// Exit status 2, nothing printed, nothing connected, all of this said.
#[track_caller]
fn refused(options: &[&str], said: &[&str]) -> Told {
    let watch = Watch::new();
    let at = watch.1.to_string();
    let mut run = connect("alice", "wonderland", []);
    if !options.contains(&"--jid") {
        run = run.arg("--jid").arg("alice@localhost");
    }
    if !options.contains(&"--server") {
        run = run.arg("--server").arg(&at);
    }
    let told = options.iter().fold(run, |run, option| run.arg(option)).run().ends_with(2);
    watch.nobody_came();
    assert!(told.lines.is_empty(), "{options:?}: {told:?}");
    for text in said {
        assert!(told.stderr.contains(text), "{options:?}: {text:?} is not in {:?}", told.stderr);
    }
    told
}

#[test]
fn addresses() {
    for jid in ["@localhost", "alice@", "alice@localhost/", "al ice@localhost", "a@b@c", ""] {
        refused(&["--jid", jid], &["--jid", jid]);
    }
    refused(&["--jid", "localhost"], &["--jid", "has no user"]);
    let component = ["--dialect", "component", "--jid", "alice@localhost"];
    refused(&component, &["--jid", "domain"]);
    for server in ["localhost", "localhost:", ":5222", "localhost:99999", "[::1", "::1:5222"] {
        refused(&["--server", server], &["--server", server, "HOST:PORT"]);
    }
    refused(&["--tls-name", "alice@localhost"], &["--tls-name"]);
}

#[test]
fn threat_37_xml_that_would_leave_its_place() {
    for option in ["--send", "--queue", "--request"] {
        for bad in [
            "<message",
            "<message></presence>",
            "<message/><message/>",
            "</stream:stream>",
            "<message/></stream:stream>",
            "<message>\u{1}</message>",
            "text",
            "",
            "<!-- c --><message/>",
            "<message><!-- c --></message>",
            "<message><?pi x?></message>",
            "<?xml version='1.0'?><message/>",
            "<!DOCTYPE message><message/>",
            "<message><x:y/></message>",
            "<message x:y='1'/>",
            "<message a='1' a='2'/>",
            "<message>&nbsp;</message>",
        ] {
            refused(&[option, bad], &[option]);
        }
    }
    let told = refused(&["--send", "<message><body>&nbsp;</body></message>"], &[]);
    // The place.
    assert!(told.stderr.contains("line 1"), "{told:?}");
    refused(&["--request", "<foo xmlns='urn:example:foo'/>"], &["--request", "foo"]);
    refused(&["--request", "<iq type='get' to='@'/>"], &["--request", "to"]);
}

#[test]
fn files() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let path = file.path().to_str().unwrap();
    refused(&["--tls-ca", "/nowhere/ca.pem"], &["--tls-ca", "/nowhere/ca.pem", "No such file"]);
    refused(&["--tls-ca", path], &["--tls-ca", path, "certificate"]);
    refused(&["--tls-ca", "/"], &["--tls-ca"]);
    refused(&["--password-file", "/nowhere/it"], &["/nowhere/it", "No such file"]);
}

#[test]
fn options() {
    refused(&["--mechanism", "ROT13"], &["--mechanism", "ROT13"]);
    refused(&["--unknown"], &["--unknown"]);
    refused(&["--tls", "maybe"], &["--tls", "maybe"]);
    refused(&["--timeout", "soon"], &["--timeout", "soon"]);
    refused(&["--timeout=-1"], &["--timeout"]);
    refused(&["--linger", "nan"], &["--linger"]);
    refused(&["--events", "xml"], &["--events"]);
    refused(&["--max-stanza", "big"], &["--max-stanza"]);
    refused(&["--dialect", "irc"], &["--dialect", "irc"]);
    for without in ["legacy", "component"] {
        let options = ["--dialect", without, "--jid", "b", "--mechanism", "PLAIN"];
        refused(&options, &["--mechanism", without]);
    }
    let legacy = ["--dialect", "legacy", "--jid", "a@b", "--tls", "starttls"];
    refused(&legacy, &["--tls", "legacy"]);
    let component = ["--dialect", "component", "--jid", "echo.localhost", "--tls", "starttls"];
    refused(&component, &["--tls", "component"]);
}

#[test]
fn passwords() {
    let watch = Watch::new();
    let at = watch.1.to_string();
    let run = connect("alice", "wonderland", ["--jid", "alice@localhost", "--server", &at]);
    let told = run.without_password().run().ends_with(2);
    watch.nobody_came();
    assert!(told.stderr.contains("--password-file"), "{told:?}");
    assert!(told.stderr.contains("JABBER_PASSWORD"), "{told:?}");
    // Never an argument; and what was given there is not shown once more.
    refused(&["--password", "wonderland"], &["--password-file"]);
}
