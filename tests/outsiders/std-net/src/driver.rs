//! A blocking driver: it does over `std::net` what a `Connection` wants done.
//!
//! Copy this file. What is yours to decide are `status` and `stanza`; STARTTLS is where your TLS
//! library comes in.

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::BytesMut;
use jabber_connection::{Connection, Effects, Receipt, RequestEnd, RequestId, Returned};
use jabber_dialect::{Delivery, Protocol};
use jabber_security::{Entropy, KeyDerivation, Security};
use jabber_status::{KindSet, Phase, StatusEvent};
use jabber_xml::Element;

/// How many bytes are read at once.
const READ: usize = 8 << 10;
/// How long a write may wait for the server to read.
const WRITE: Duration = Duration::from_secs(10);

/// One connection, its socket, and what is waiting to be done.
pub struct Driver {
    pub connection: Connection,
    effects: Wanted,
    socket: Option<TcpStream>,
    input: BytesMut,
    start: Instant,
}

/// The connection writes down here what it wants done; the driver does it in between its calls.
#[derive(Default)]
struct Wanted {
    transmit: BytesMut,
    jobs: Vec<KeyDerivation>,
    stanzas: Vec<Element>,
    start_tls: bool,
    close: bool,
}

impl Effects for Wanted {
    /// All but the nodes. Nothing is computed for what is left out.
    fn interests(&self) -> KindSet {
        KindSet::LIFECYCLE
    }

    fn status(&mut self, event: &dyn StatusEvent) {
        let detail = event.detail().map(|detail| format!(": {detail}")).unwrap_or_default();
        println!("{:<11} {}{detail}", event.phase(), event.kind());
    }

    fn stanza(&mut self, delivery: Delivery) {
        self.stanzas.push(delivery.stanza);
    }

    /// This program asks nothing.
    fn request_ended(&mut self, _: RequestId, _: RequestEnd) {}

    fn returned(&mut self, _: Receipt, returned: Returned) {
        println!("not sent: {}", returned.stanza);
    }

    /// This program connects by hand, and does so once.
    fn connect(&mut self, _: Option<&str>) {}

    fn transmit(&mut self) -> &mut BytesMut {
        &mut self.transmit
    }

    fn start_tls(&mut self) {
        self.start_tls = true;
    }

    fn derive(&mut self, job: KeyDerivation) {
        self.jobs.push(job);
    }

    fn close(&mut self) {
        self.close = true;
    }

    fn entropy(&mut self) -> &mut dyn Entropy {
        self
    }
}

impl Entropy for Wanted {
    fn fill(&mut self, bytes: &mut [u8]) {
        // Without randomness there is no safe way on.
        getrandom::fill(bytes).expect("the operating system has randomness");
    }
}

impl Driver {
    pub fn new(protocol: impl Protocol + 'static) -> Self {
        Self {
            connection: Connection::new(Arc::new(protocol), jabber_connection::Config::default()),
            effects: Wanted::default(),
            socket: None,
            input: BytesMut::new(),
            start: Instant::now(),
        }
    }

    /// Connects, and says how the connection is protected: what leads to this machine itself is
    /// private. The attempt is on its way when this returns; whether it gets there, statuses tell.
    pub fn connect(&mut self, address: &str) -> Result<(), jabber_connection::AlreadyConnected> {
        self.connection.connect(self.start.elapsed(), &mut self.effects)?;
        self.input.clear();
        let now = self.start.elapsed();
        match TcpStream::connect(address) {
            Ok(socket) => {
                // A server that does not read must not hold us up for ever; without one who reads
                // at the same time, this is all that a single thread can do.
                let _ = socket.set_write_timeout(Some(WRITE));
                let private = socket.peer_addr().is_ok_and(|peer| peer.ip().is_loopback());
                let security = if private { Security::Private } else { Security::Open };
                self.socket = Some(socket);
                self.connection.connected(security, now, &mut self.effects);
            }
            Err(error) => {
                self.connection.connect_failed(Arc::new(error), now, &mut self.effects);
            }
        }
        self.settle();
        Ok(())
    }

    /// Waits for something to happen, until a deadline at the most. Gives the stanzas that came;
    /// `None` once the connection is over.
    pub fn turn(&mut self) -> Option<Vec<Element>> {
        if self.connection.phase() == Phase::Idle {
            return None;
        }
        self.read();
        self.connection.tick(self.start.elapsed(), &mut self.effects);
        self.settle();
        Some(std::mem::take(&mut self.effects.stanzas))
    }

    pub fn send(&mut self, stanza: Element) -> Result<(), jabber_connection::SendError> {
        self.connection.send(stanza, self.start.elapsed(), &mut self.effects)?;
        self.settle();
        Ok(())
    }

    pub fn shutdown(&mut self) {
        self.connection.shutdown(self.start.elapsed(), &mut self.effects);
        self.settle();
    }

    fn read(&mut self) {
        let Some(mut socket) = self.socket.as_ref() else { return };
        // A time-out of zero is an error to std.
        let wait = self.connection.next_deadline().map(|deadline| {
            deadline.saturating_sub(self.start.elapsed()).max(Duration::from_millis(1))
        });
        let mut bytes = [0; READ];
        let read = socket.set_read_timeout(wait).and_then(|()| socket.read(&mut bytes));
        let now = self.start.elapsed();
        match read {
            Ok(0) => self.connection.ended(now, &mut self.effects),
            Ok(count) => {
                self.input.extend_from_slice(&bytes[..count]);
                self.connection.receive(&mut self.input, now, &mut self.effects);
            }
            // The deadline has come, or a signal: `tick` sees to it.
            Err(error) if is_pause(&error) => {}
            Err(error) => self.connection.socket_failed("read", error, now, &mut self.effects),
        }
    }

    /// Does what is wanted, until nothing is. A step often wants the next one.
    fn settle(&mut self) {
        loop {
            let now = self.start.elapsed();
            if !self.effects.transmit.is_empty() {
                self.write();
            } else if let Some(job) = self.effects.jobs.pop() {
                // It takes some milliseconds; here nobody else waits for this thread.
                self.connection.derived(job.run(), now, &mut self.effects);
            } else if std::mem::take(&mut self.effects.start_tls) {
                // A TLS library would take the socket here, and the connection would be told
                // `tls_established` with what the handshake came to.
                let error = Arc::new(io::Error::from(ErrorKind::Unsupported));
                self.connection.tls_failed(error, now, &mut self.effects);
            } else {
                break;
            }
        }
        if std::mem::take(&mut self.effects.close) {
            self.socket = None;
        }
    }

    fn write(&mut self) {
        let bytes = self.effects.transmit.split();
        // What is wanted on a connection that is over is of no use any more.
        let Some(mut socket) = self.socket.as_ref() else { return };
        let written = socket.write_all(&bytes).and_then(|()| socket.flush());
        let now = self.start.elapsed();
        match written {
            Ok(()) => {
                self.connection.wrote(bytes.len(), &mut self.effects);
                self.connection.flushed(now, &mut self.effects);
            }
            Err(error) => self.connection.socket_failed("write", error, now, &mut self.effects),
        }
    }
}

fn is_pause(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted)
}
