use std::{
    any::Any,
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Duration,
};

use bytes::BytesMut;
use jabber_connection::{Config, Connection};
use jabber_dialect::Protocol;
use jabber_security::DerivedKey;

use crate::{
    Input, Split,
    fixed::{Scripted, encrypted},
    recorder::{Pipe, Recorder},
};

/// How long a transcript's requests wait for their answers.
const REQUEST: Duration = Duration::from_secs(10);

/// Lets `inputs` happen to a fresh connection of that dialect and gives, for each, the lines that
/// came of it, as in a transcript.
///
/// A breach of the lifecycle's grammar is a line with the mark `?`. So is a panic; nothing comes of
/// the inputs after it.
///
/// # Examples
/// ```
/// use std::sync::Arc;
/// use jabber_testkit::{Input, Split, play};
///
/// let config = jabber_component::Config::new("echo.localhost".parse()?, "secret");
/// let came = play(&(Arc::new(config) as _), &[Input::Refused, Input::Shutdown], Split::None);
/// assert_eq!(came[1], ["! PCJ_SHUTDOWN_START", "L", "! PCJ_SHUTDOWN_FINISH"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn play(protocol: &Arc<dyn Protocol>, inputs: &[Input], split: Split) -> Vec<Vec<String>> {
    replay(protocol, inputs, split, &mut Vec::new()).lines
}

/// What came of a script.
pub(crate) struct Played {
    /// For each input.
    pub(crate) lines: Vec<Vec<String>>,
    /// How many bytes the server has sent in the longest attempt.
    pub(crate) bytes: usize,
}

/// `keys` are those that were derived when the same was played before: deriving them is all that
/// takes long, and the same job gives the same key.
pub(crate) fn replay(
    protocol: &Arc<dyn Protocol>,
    inputs: &[Input],
    split: Split,
    keys: &mut Vec<DerivedKey>,
) -> Played {
    let mut player = Player::new(protocol, keys);
    let mut lines = Vec::with_capacity(inputs.len());
    let mut panicked = false;
    for input in inputs {
        if !panicked {
            let fed = catch_unwind(AssertUnwindSafe(|| player.feed(input, split)));
            if let Err(panic) = fed {
                panicked = true;
                player.recorder.take_transmitted();
                player.recorder.fault(&format!("panicked: {}", message(&*panic)));
            }
        }
        lines.push(std::mem::take(&mut player.recorder.lines));
    }
    Played { lines, bytes: player.longest }
}

pub(crate) fn message(panic: &(dyn Any + Send)) -> &str {
    let literal = panic.downcast_ref::<&str>().copied();
    literal.or(panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}

/// A connection, and the driver and server that it has in a transcript.
pub(crate) struct Player<'a> {
    pub(crate) connection: Connection,
    pub(crate) recorder: Recorder,
    /// Keys are derived when somebody says so, not at once.
    pub(crate) defers: bool,
    input: BytesMut,
    pub(crate) now: Duration,
    /// In this attempt.
    received: usize,
    longest: usize,
    stalled: bool,
    keys: &'a mut Vec<DerivedKey>,
    derived: usize,
}

impl<'a> Player<'a> {
    pub(crate) fn new(protocol: &Arc<dyn Protocol>, keys: &'a mut Vec<DerivedKey>) -> Self {
        Self {
            connection: Connection::new(Arc::clone(protocol), Config::default().with_redirects(0)),
            recorder: Recorder::new(protocol.shape()),
            defers: false,
            input: BytesMut::new(),
            now: Duration::ZERO,
            received: 0,
            longest: 0,
            stalled: false,
            keys,
            derived: 0,
        }
    }

    pub(crate) fn feed(&mut self, input: &Input, split: Split) {
        let (now, recorder) = (self.now, &mut self.recorder);
        let connection = &mut self.connection;
        match input {
            Input::Connect(security) => {
                if self.dial() {
                    self.connection.connected(security.clone(), now, &mut self.recorder);
                }
            }
            Input::Refused => {
                if self.dial() {
                    let error = Scripted("connection refused").shared();
                    self.connection.connect_failed(error, now, &mut self.recorder);
                }
            }
            Input::Dial => {
                self.dial();
            }
            Input::Server(text) => return self.receive(text, split),
            Input::Packet(text) => return self.receive(text, Split::None),
            Input::Tls => {
                recorder.pipe = Pipe::Open;
                connection.tls_established(encrypted(), now, recorder);
            }
            Input::TlsFails => {
                recorder.pipe = Pipe::Open;
                let error = Scripted("the certificate is not trusted").shared();
                connection.tls_failed(error, now, recorder);
            }
            Input::End => connection.ended(now, recorder),
            Input::Reset => self.fail(io::ErrorKind::ConnectionReset),
            Input::Truncate => self.fail(io::ErrorKind::UnexpectedEof),
            Input::Send(stanza) => {
                if let Err(error) = connection.send(stanza.clone(), now, recorder) {
                    recorder.refused(&error);
                }
            }
            Input::Request(stanza) => {
                match connection.request(stanza.clone(), REQUEST, now, recorder) {
                    Ok(request) => recorder.requests.push(request),
                    Err(error) => recorder.refused(&error),
                }
            }
            Input::Purge => {
                if let Err(error) = connection.purge_queue(now, recorder) {
                    recorder.refused(&error);
                }
            }
            Input::Shutdown => connection.shutdown(now, recorder),
            Input::Halt => connection.halt(now, recorder),
            Input::Wait(time) => return self.wait(*time),
            Input::Stall => self.stalled = true,
            Input::Drain => self.stalled = false,
        }
        self.settle();
    }

    /// True where an attempt begins; it is refused while one lives.
    fn dial(&mut self) -> bool {
        self.recorder.dials = true;
        let begun = self.connection.connect(self.now, &mut self.recorder);
        self.recorder.dials = false;
        match begun {
            Ok(()) => {
                self.input.clear();
                self.received = 0;
                self.stalled = false;
                self.recorder.unflushed = false;
                self.recorder.unwritten = 0;
                self.recorder.jobs.clear();
                self.recorder.pipe = Pipe::Open;
                true
            }
            Err(error) => {
                self.recorder.refused(&error);
                false
            }
        }
    }

    fn fail(&mut self, kind: io::ErrorKind) {
        self.connection.socket_failed("read", kind.into(), self.now, &mut self.recorder);
    }

    fn receive(&mut self, text: &str, split: Split) {
        let bytes = match self.recorder.server.says(text) {
            Ok(bytes) => bytes,
            Err(fault) => return self.recorder.fault(&fault),
        };
        for read in split.cut(&bytes, self.received) {
            self.input.extend_from_slice(read);
            self.connection.receive(&mut self.input, self.now, &mut self.recorder);
            self.settle();
        }
        self.received += bytes.len();
        self.longest = self.longest.max(self.received);
    }

    fn wait(&mut self, time: Duration) {
        let until = self.now + time;
        while let Some(deadline) = self.connection.next_deadline().filter(|it| *it <= until) {
            let late = deadline < self.now;
            self.now = self.now.max(deadline);
            self.connection.tick(self.now, &mut self.recorder);
            self.settle();
            if late || self.connection.next_deadline() == Some(deadline) {
                return self.recorder.fault("a deadline has passed, and nothing was done about it");
            }
        }
        self.now = until;
    }

    /// Does what a driver does before it waits: derives keys, writes and flushes.
    pub(crate) fn settle(&mut self) {
        loop {
            self.recorder.take_transmitted();
            let job = if self.defers { None } else { self.recorder.jobs.pop_front() };
            if let Some(job) = job {
                let key = self.keys.get(self.derived).cloned().unwrap_or_else(|| job.run());
                if self.keys.len() == self.derived {
                    self.keys.push(key.clone());
                }
                self.derived += 1;
                self.connection.derived(key, self.now, &mut self.recorder);
            } else if self.recorder.unflushed && !self.stalled {
                self.recorder.unflushed = false;
                let written = std::mem::take(&mut self.recorder.unwritten);
                self.connection.wrote(written, &mut self.recorder);
                self.connection.flushed(self.now, &mut self.recorder);
            } else {
                break;
            }
        }
    }
}
