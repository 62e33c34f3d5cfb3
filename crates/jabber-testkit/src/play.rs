use std::{io, sync::Arc, time::Duration};

use bytes::BytesMut;
use jabber_connection::{Config, Connection};
use jabber_dialect::Protocol;
use jabber_status::Phase;

use crate::{
    Input, Split,
    fixed::{Scripted, encrypted},
    recorder::Recorder,
};

/// Lets `inputs` happen to a fresh connection of that dialect and gives, for each, the lines that
/// came of it. A violation of the lifecycle's grammar is a line of its own, with the mark `?`.
pub fn play(protocol: &Arc<dyn Protocol>, inputs: &[Input], split: Split) -> Vec<Vec<String>> {
    let mut player = Player {
        connection: Connection::new(Arc::clone(protocol), Config::default()),
        recorder: Recorder::new(protocol.shape()),
        input: BytesMut::new(),
        now: Duration::ZERO,
        received: 0,
    };
    let mut came = Vec::with_capacity(inputs.len());
    for input in inputs {
        player.feed(input, split);
        came.push(std::mem::take(&mut player.recorder.lines));
    }
    if let (Some(violation), Some(last)) = (player.recorder.violation, came.last_mut()) {
        last.push(format!("? {violation}"));
    }
    came
}

struct Player {
    connection: Connection,
    recorder: Recorder,
    input: BytesMut,
    now: Duration,
    received: usize,
}

impl Player {
    fn feed(&mut self, input: &Input, split: Split) {
        let (now, recorder) = (self.now, &mut self.recorder);
        let connection = &mut self.connection;
        match input {
            Input::Connect(security) => {
                // Refused while an attempt lives: then nothing comes of it, and that shows.
                if connection.connect(now, recorder).is_ok() {
                    connection.connected(security.clone(), now, recorder);
                }
            }
            Input::Refused => {
                if connection.connect(now, recorder).is_ok() {
                    let error = Scripted("connection refused").shared();
                    connection.connect_failed(error, now, recorder);
                }
            }
            Input::Server(text) => return self.receive(text.as_bytes(), split),
            Input::Tls => connection.tls_established(encrypted(), now, recorder),
            Input::TlsFails => {
                let error = Scripted("the certificate is not trusted").shared();
                connection.tls_failed(error, now, recorder);
            }
            Input::End => connection.ended(now, recorder),
            Input::Reset => {
                let error = io::ErrorKind::ConnectionReset.into();
                connection.socket_failed("read", error, now, recorder);
            }
            Input::Send(stanza) => {
                if let Err(error) = connection.send(stanza.clone(), now, recorder) {
                    recorder.lines.push(format!("! refused: {error}"));
                }
            }
            Input::Request(stanza) => {
                let timeout = Duration::from_secs(10);
                match connection.request(stanza.clone(), timeout, now, recorder) {
                    Ok(request) => recorder.requests.push(request),
                    Err(error) => recorder.lines.push(format!("! refused: {error}")),
                }
            }
            Input::Purge => {
                if let Err(error) = connection.purge_queue(now, recorder) {
                    recorder.lines.push(format!("! refused: {error}"));
                }
            }
            Input::Shutdown => connection.shutdown(now, recorder),
            Input::Halt => connection.halt(now, recorder),
            Input::Wait(time) => return self.wait(*time),
        }
        self.settle();
    }

    fn receive(&mut self, bytes: &[u8], split: Split) {
        for read in split.cut(bytes, self.received) {
            self.input.extend_from_slice(read);
            self.connection.receive(&mut self.input, self.now, &mut self.recorder);
            self.settle();
        }
        self.received += bytes.len();
    }

    fn wait(&mut self, time: Duration) {
        let until = self.now + time;
        while let Some(deadline) = self.connection.next_deadline().filter(|it| *it <= until) {
            self.now = self.now.max(deadline);
            self.connection.tick(self.now, &mut self.recorder);
            self.settle();
        }
        self.now = until;
    }

    /// Does what a driver does before it waits: derives keys, writes and flushes.
    fn settle(&mut self) {
        loop {
            if let Some(job) = self.recorder.jobs.pop() {
                self.connection.derived(job.run(), self.now, &mut self.recorder);
            } else if self.recorder.take_transmitted() || self.owes_flush() {
                self.connection.flushed(self.now, &mut self.recorder);
            } else {
                break;
            }
        }
    }

    /// What was written before a line of another kind is flushed as well.
    fn owes_flush(&mut self) -> bool {
        let before = self.recorder.lines.len();
        if self.connection.phase() == Phase::Closing {
            self.connection.flushed(self.now, &mut self.recorder);
        }
        self.recorder.lines.len() > before
    }
}
