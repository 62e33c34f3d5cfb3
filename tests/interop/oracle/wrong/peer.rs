//! A peer that says what its script says, and hears the rest out.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    thread::{self, JoinHandle},
    time::Duration,
};

use crate::support::PATIENCE;

/// What a client's peer begins with.
pub(super) const HEADER: &str = "<?xml version='1.0'?><stream:stream xmlns='jabber:client' \
     xmlns:stream='http://etherx.jabber.org/streams' from='localhost' id='an-id' version='1.0'>";
/// What a router begins with.
pub(super) const ROUTER_HEADER: &str = "<?xml version='1.0'?><stream:stream \
     xmlns='http://jabberd.jabberstudio.org/ns/component/1.0' \
     xmlns:stream='http://etherx.jabber.org/streams' from='svc' id='an-id' version='1.0'>";
pub(super) const STARTTLS: &str = "<stream:features><starttls \
     xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>";
pub(super) const PROCEED: &str = "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
pub(super) const END: &str = "</stream:stream>";

/// One step: once it has read this, it writes that; `{id}` is the last id it heard. An empty answer: it
/// closes.
pub(super) type Step = (&'static str, String);

/// Serves one connection.
pub(super) struct Peer {
    pub(super) address: SocketAddr,
    heard: JoinHandle<String>,
}

impl Peer {
    pub(super) fn start(script: impl IntoIterator<Item = Step>) -> Self {
        Self::slow(script, Duration::ZERO)
    }

    /// It waits that long before its last answer.
    pub(super) fn slow(script: impl IntoIterator<Item = Step>, pause: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let script: Vec<Step> = script.into_iter().collect();
        let heard = thread::spawn(move || {
            let (stream, _) = listener.accept().unwrap();
            play(stream, &script, pause)
        });
        Self { address, heard }
    }

    /// What it heard until the connection was closed, on our side or by its script.
    pub(super) fn heard(self) -> String {
        self.heard.join().unwrap()
    }
}

fn play(mut stream: TcpStream, script: &[Step], pause: Duration) -> String {
    stream.set_read_timeout(Some(PATIENCE * 2)).unwrap();
    let (mut all, mut unread) = (String::new(), String::new());
    for (at, (awaited, answer)) in script.iter().enumerate() {
        while !unread.contains(awaited) {
            let piece = read(&mut stream);
            assert!(!piece.is_empty(), "it ended without {awaited}: {all}");
            unread += &piece;
            all += &piece;
        }
        unread.clear();
        if at + 1 == script.len() {
            thread::sleep(pause);
        }
        if answer.is_empty() {
            return all;
        }
        stream.write_all(answer.replace("{id}", id_in(&all)).as_bytes()).unwrap();
    }
    loop {
        match read(&mut stream) {
            rest if rest.is_empty() => break,
            rest => all += &rest,
        }
    }
    all
}

/// The last `id` that it heard.
fn id_in(heard: &str) -> &str {
    let last = heard.rsplit(" id='").next().filter(|rest| rest.len() < heard.len());
    last.and_then(|rest| rest.split('\'').next()).unwrap_or_default()
}

/// Empty at the end of the connection, however it ends.
fn read(stream: &mut TcpStream) -> String {
    let mut piece = [0; 4096];
    match stream.read(&mut piece) {
        Ok(length) => String::from_utf8_lossy(&piece[..length]).into_owned(),
        Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => String::new(),
        Err(error) => panic!("it is not closed: {error}"),
    }
}
