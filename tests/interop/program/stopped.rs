//! Runs that something from outside ends.

use std::time::{Duration, Instant};

use jabber_tests::{
    prosody::{ALICE, BOB, Options, Prosody},
    skip,
};

use super::{Running, connect, run::ca_file};
use crate::{strangers, support::row};

fn running<S: AsRef<str>>(server: &Prosody, options: &[S]) -> Running {
    let (ca, at) = (ca_file(server), server.c2s().to_string());
    let run = connect("alice", ALICE.password, ["--server", &at]).arg("--tls-ca").arg(ca.path());
    let mut running = options.iter().fold(run, |run, option| run.arg(option.as_ref())).start();
    running.until("PCJ_INIT_FINISHED");
    running
}

/// Asks somebody who is there and never answers: itself.
fn mute(jid: &str) -> [String; 4] {
    let request = format!("<iq type='get' to='{jid}'><query xmlns='jabber:iq:version'/></iq>");
    ["--jid".to_owned(), jid.to_owned(), "--request".to_owned(), request]
}

#[test]
fn by_signals() {
    let Some(server) = Prosody::shared() else { return };
    for (signal, exit) in [("INT", 130), ("TERM", 143)] {
        let mut run = running(server, &mute("alice@localhost/signal"));
        run.until("PCJ_RTS_START");
        let start = Instant::now();
        run.signal(signal);
        let run = run.end().ends_with(exit);
        assert!(start.elapsed() < Duration::from_secs(4), "{run:?}");
        assert!(run.steps().ends_with("SOCKETDISCONNECT SHUTDOWN_FINISH"), "{run:?}");
        assert!(run.steps().contains("SHUTDOWN_START STREAMEND"), "{run:?}");
        assert_eq!(run.answers()[0]["outcome"], "disconnected", "{run:?}");
    }
    // What is left is only to linger.
    for (signal, options) in [
        ("INT", &["--jid", "alice@localhost/a"][..]),
        ("TERM", &["--jid", "alice@localhost/b", "--send", "<presence/>", "--linger", "60"]),
    ] {
        let run = running(server, options);
        // The event is printed a moment before what is to be done has been done.
        std::thread::sleep(Duration::from_millis(200));
        run.signal(signal);
        run.end().ends_with(0);
    }
}

/// Before anything is there: while it connects (a TLS handshake that nobody answers is part of that in
/// the component dialect), and while it negotiates.
#[test]
fn threat_38_by_signals_before_it_is_ready() {
    let silent = strangers::stranger(b"").to_string();
    for (dialect, jid, tls, reached) in [
        ("component", "echo.localhost", "direct", "PCJ_CONNECTING"),
        ("xmpp", "alice@localhost", "starttls", "PCJ_STREAMSTART"),
        ("xmpp", "alice@localhost", "direct", "PCJ_SSLNEGOTIATE"),
        ("legacy", "alice@localhost", "off", "PCJ_STREAMSTART"),
        ("jabberd20-component", "echo.localhost", "off", "PCJ_STREAMSTART"),
    ] {
        for (signal, exit) in [("INT", 130), ("TERM", 143)] {
            let _row = row(format!("{dialect} {tls} {signal}"));
            let options = ["--dialect", dialect, "--jid", jid, "--tls", tls, "--server", &silent];
            let mut run = connect("alice", "a secret of alice's", options).start();
            run.until(reached);
            let start = Instant::now();
            run.signal(signal);
            let run = run.end().ends_with(exit);
            assert!(start.elapsed() < Duration::from_secs(3), "{run:?}");
            assert!(run.steps().contains("SHUTDOWN_START"), "{run:?}");
            assert!(run.steps().ends_with("SHUTDOWN_FINISH"), "{run:?}");
        }
    }
}

/// The same of who reads what it prints: it is noticed with the next line.
#[test]
fn by_a_reader_who_leaves_before_it_is_ready() {
    let silent = strangers::stranger(b"").to_string();
    let options = ["--jid", "alice@localhost", "--server", &silent, "--timeout", "1"];
    let mut run = connect("alice", "a secret of alice's", options).start();
    run.until("PCJ_STREAMSTART");
    let start = Instant::now();
    let (exit, _) = run.close_stdout();
    assert_eq!(exit, 1);
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

#[test]
fn by_who_reads_what_it_prints() {
    let Some(server) = Prosody::shared() else { return };
    let ask = mute("alice@localhost/pipe");
    let run = running(server, &[&ask[..], &["--timeout".to_owned(), "1".to_owned()]].concat());
    let start = Instant::now();
    // It is noticed when something is printed, when the request's time is over at the latest.
    let (exit, _) = run.close_stdout();
    assert_eq!(exit, 1);
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}

#[test]
fn by_the_server_that_dies_or_stops() {
    for stop in [false, true] {
        let Some(mut server) = skip::unless_missing(Prosody::start(&Options::new())) else {
            return;
        };
        let mut run = running(&server, &mute("alice@localhost/lost"));
        run.until("PCJ_RTS_START");
        std::thread::sleep(Duration::from_millis(100));
        if stop {
            assert!(server.stop().unwrap().success());
        } else {
            server.kill().unwrap();
        }
        let run = run.end().ends_with(16);
        let end = run.find("PCJ_SOCKETDISCONNECT");
        assert_eq!(end["by"], "peer", "{run:?}");
        assert_eq!(run.answers()[0]["outcome"], "disconnected", "{run:?}");
        if stop {
            assert_eq!(end["condition"], "system-shutdown", "{run:?}");
            assert!(run.steps().ends_with("STREAMEND REQUEST_ENDED SOCKETDISCONNECT"), "{run:?}");
        } else {
            assert!(run.steps().ends_with("RTS_START REQUEST_ENDED SOCKETDISCONNECT"), "{run:?}");
        }
    }
}

#[test]
fn by_another_with_the_same_resource() {
    let Some(server) = Prosody::shared() else { return };
    let (ca, at) = (ca_file(server), server.c2s().to_string());
    let login = || {
        let options = ["--jid", "bob@localhost/twice", "--server", &at];
        let mut run = connect("bob", BOB.password, options).arg("--tls-ca").arg(ca.path()).start();
        run.until("PCJ_INIT_FINISHED");
        run
    };
    let (first, second) = (login(), login());
    let first = first.end().ends_with(16);
    assert_eq!(first.find("PCJ_SOCKETDISCONNECT")["condition"], "conflict");
    second.signal("INT");
    second.end().ends_with(0);
}
