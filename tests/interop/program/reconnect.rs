//! Runs that connect again: what a reconnect makes good, and what it does not.

use std::{
    io,
    net::{SocketAddr, TcpListener, TcpStream},
    sync::mpsc::{Receiver, Sender, channel},
    thread,
    time::{Duration, Instant},
};

use jabber_tests::server::{COMPONENT, COMPONENT_SECRET};

use super::{Told, connect, run::Connect};
use crate::{
    strangers,
    support::{Place, Which, row},
};

/// Somebody on the way to a server, who passes connections on and cuts them when told.
struct Way {
    at: SocketAddr,
    cuts: Receiver<[TcpStream; 2]>,
}

impl Way {
    fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let at = listener.local_addr().unwrap();
        let (open, cuts) = channel();
        thread::spawn(move || while pass_on(&listener, server, &open).is_ok() {});
        Self { at, cuts }
    }

    /// Cuts the oldest connection that is not cut yet.
    fn cut(&self) {
        let ends = self.cuts.recv_timeout(Duration::from_secs(10)).unwrap();
        for end in ends {
            // It may be gone already.
            let _ = end.shutdown(std::net::Shutdown::Both);
        }
    }
}

fn pass_on(
    listener: &TcpListener,
    server: SocketAddr,
    open: &Sender<[TcpStream; 2]>,
) -> io::Result<()> {
    let (ours, _) = listener.accept()?;
    let theirs = TcpStream::connect(server)?;
    for (from, to) in [(&ours, &theirs), (&theirs, &ours)] {
        let (mut from, mut to) = (from.try_clone()?, to.try_clone()?);
        thread::spawn(move || {
            let _ = io::copy(&mut from, &mut to);
            let _ = to.shutdown(std::net::Shutdown::Both);
        });
    }
    open.send([ours, theirs]).map_err(io::Error::other)
}

fn component(at: SocketAddr, options: &[&str]) -> Connect {
    let run = connect("", COMPONENT_SECRET, ["--dialect", "component", "--jid", COMPONENT]);
    options.iter().fold(run.arg("--server").arg(at.to_string()), |run, option| run.arg(option))
}

fn prosody() -> Option<(Place, Way)> {
    let place = Which::Prosody.start()?;
    let way = Way::to(place.server.component());
    Some((place, way))
}

fn times(run: &Told, step: &str) -> usize {
    run.steps().split(' ').filter(|it| *it == step).count()
}

#[test]
fn a_loss_that_was_made_good_does_not_count() {
    let Some((_place, way)) = prosody() else { return };
    let mut run = component(way.at, &["--reconnect", "1", "--linger", "4"]).start();
    run.until("PCJ_INIT_FINISHED");
    way.cut();
    let run = run.end().ends_with(0);
    let end = "SOCKETDISCONNECT RECONNECT_WAIT CONNECT CONNECTING CONNECTED STREAMSTART \
               AUTHNEGOTIATE AUTHSUCCESS INIT_FINISHED SHUTDOWN_START STREAMEND SOCKETDISCONNECT \
               SHUTDOWN_FINISH";
    assert!(run.steps().ends_with(end), "{run:?}");
    assert_eq!(run.find("PCJ_RECONNECT_WAIT")["code"], 102);
    assert_eq!(run.stderr, "");
}

#[test]
fn a_loss_too_many_is_what_went_wrong() {
    let Some((_place, way)) = prosody() else { return };
    let mut run = component(way.at, &["--reconnect", "1", "--linger", "30"]).start();
    for _ in 0..2 {
        run.until("PCJ_INIT_FINISHED");
        way.cut();
    }
    let run = run.end().ends_with(16);
    assert!(run.steps().ends_with("SOCKETDISCONNECT RECONNECT_STOPPED"), "{run:?}");
    assert_eq!(run.find("PCJ_RECONNECT_STOPPED")["code"], 107);
}

/// A request is not asked again, so a reconnect does not make it good; what is left is done.
#[test]
fn a_request_that_was_lost_stays_lost() {
    let Some((_place, way)) = prosody() else { return };
    let mute =
        format!("<iq type='get' from='{COMPONENT}' to='nobody@{COMPONENT}'><x xmlns='a:b'/></iq>");
    let mut run = component(way.at, &["--reconnect", "1", "--request", &mute]).start();
    run.until("PCJ_RTS_START");
    thread::sleep(Duration::from_millis(100));
    way.cut();
    let run = run.end().ends_with(16);
    assert_eq!(run.answers()[0]["outcome"], "disconnected", "{run:?}");
    assert_eq!(times(&run, "INIT_FINISHED"), 2, "{run:?}");
    assert_eq!(times(&run, "RTS_START"), 1, "{run:?}");
    assert!(run.steps().ends_with("SHUTDOWN_FINISH"), "{run:?}");
}

#[test]
fn what_would_fail_again_is_not_tried_again() {
    let Some((place, _)) = prosody() else { return };
    let wrong = connect("", "another secret", ["--dialect", "component", "--reconnect", "5"]);
    let at = place.server.component().to_string();
    let run = wrong.arg("--jid").arg(COMPONENT).arg("--server").arg(&at).run().ends_with(12);
    assert_eq!((times(&run, "CONNECT"), times(&run, "RECONNECT_STOPPED")), (1, 1), "{run:?}");

    let unknown = connect("", "whatever it is", ["--dialect", "component", "--reconnect", "5"]);
    let run = unknown.arg("--jid").arg("unknown.localhost").arg("--server").arg(&at).run();
    let run = run.ends_with(16);
    assert_eq!(run.find("PCJ_SOCKETDISCONNECT")["condition"], "host-unknown");
    assert_eq!((times(&run, "CONNECT"), times(&run, "RECONNECT_STOPPED")), (1, 1), "{run:?}");
}

#[test]
fn nobody_listens() {
    let at = strangers::closed_port();
    let run = component(at, &["--reconnect", "1"]).run().ends_with(10);
    let attempt = "CONNECT CONNECTING CONNECTFAIL";
    assert_eq!(run.steps(), format!("{attempt} RECONNECT_WAIT {attempt} RECONNECT_STOPPED"));
    // Half of a second at least, and one at most.
    assert!(run.took > Duration::from_millis(500), "{:?}", run.took);
}

/// In the pause too. The connection that could not be made is what went wrong first.
#[test]
fn a_signal_in_the_pause_ends_it() {
    for (signal, queued) in [("INT", false), ("TERM", true)] {
        let _row = row(signal);
        let mut options = vec!["--reconnect", "9"];
        if queued {
            options.extend(["--queue", "<message to='a@localhost'/>"]);
        }
        let mut run = component(strangers::closed_port(), &options).start();
        run.until("PCJ_RECONNECT_WAIT");
        let start = Instant::now();
        run.signal(signal);
        let run = run.end().ends_with(10);
        assert!(start.elapsed() < Duration::from_secs(2), "{run:?}");
        assert!(run.steps().ends_with("RECONNECT_WAIT SHUTDOWN_START SHUTDOWN_FINISH"), "{run:?}");
    }
}
