//! One way through a dialect: a connection, and what happens to it.

use std::{
    collections::HashMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Duration,
};

use jabber_security::DerivedKey;
use jabber_status::{Phase, Status};

use super::{
    Case,
    alphabet::{Act, Letter},
    node::Node,
    outcome::without_ids,
    secret::Forms,
    watch::{Seen, Watched},
};
use crate::{
    Input,
    escape::unescape,
    play::{Player, message},
    recorder::Pipe,
    server::Server,
};

/// Longer than any deadline.
pub(crate) const SILENCE: Duration = Duration::from_secs(600);

/// What stays from one run to the next of the same case.
pub(crate) struct Memory {
    forms: Forms,
    /// By what the server was sent and has said: deriving a key is all that takes long.
    keys: HashMap<(String, String), DerivedKey>,
}

impl Memory {
    pub(crate) fn of(case: &Case) -> Self {
        Self { forms: Forms::of(&case.password), keys: HashMap::new() }
    }
}

pub(crate) struct Run<'a> {
    case: &'a Case,
    memory: &'a mut Memory,
    watched: Arc<Watched>,
    player: Player<'a>,
    /// What the server said last.
    said: String,
    panicked: bool,
    /// What happens is looked at; on the way to a known state it was before.
    pub(crate) checks: bool,
    pub(crate) faults: Vec<String>,
}

/// Where a connection stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) life: Life,
    pub(crate) node: Node,
    /// All that decides on what comes.
    pub(crate) fingerprint: String,
    /// Nothing that the server says is read.
    pub(crate) deaf: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Life {
    Negotiating,
    Ready,
    Closing,
    Over,
}

impl<'a> Run<'a> {
    /// `none` has to be empty.
    pub(crate) fn start(
        case: &'a Case,
        memory: &'a mut Memory,
        none: &'a mut Vec<DerivedKey>,
    ) -> Self {
        let watched = Arc::new(Watched::new(case));
        let protocol: Arc<dyn jabber_dialect::Protocol> = Arc::<Watched>::clone(&watched);
        let mut player = Player::new(&protocol, none);
        player.defers = true;
        player.recorder.server = Server::knowing(&case.password).improvising();
        let (said, faults) = (String::new(), Vec::new());
        let (panicked, checks) = (false, true);
        let mut run = Self { case, memory, watched, player, said, panicked, checks, faults };
        run.feed(&Input::Connect(case.security.clone()));
        run
    }

    /// Lets it happen, and gives the lines that came of it, as in a transcript.
    pub(crate) fn say(&mut self, letter: &Letter) -> Vec<String> {
        let mut lines = Vec::new();
        for act in &letter.acts {
            match act {
                Act::Input(input) => self.feed(input),
                Act::Derived => self.guarded(Self::derive),
            }
            lines.append(&mut self.player.recorder.lines);
        }
        self.check(&lines);
        lines
    }

    /// The lines that came of connecting.
    pub(crate) fn connected(&mut self) -> Vec<String> {
        let lines = std::mem::take(&mut self.player.recorder.lines);
        self.check(&lines);
        lines
    }

    pub(crate) fn feed(&mut self, input: &Input) {
        if let Input::Server(text) | Input::Packet(text) = input {
            self.said.clone_from(text);
        }
        self.guarded(|run| run.player.feed(input, crate::Split::None));
    }

    fn guarded(&mut self, act: impl FnOnce(&mut Self)) {
        if self.panicked {
            return;
        }
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| act(self))) {
            self.panicked = true;
            self.faults.push(format!("it panicked: {}", message(&*panic)));
        }
    }

    fn derive(&mut self) {
        let Some(job) = self.player.recorder.jobs.pop_front() else { return };
        let auth = self.player.recorder.server.sasl().map(|it| it.as_str().to_owned());
        let known = self.memory.keys.entry((auth.unwrap_or_default(), self.said.clone()));
        let key = known.or_insert_with(|| job.run()).clone();
        let now = self.player.now;
        self.player.connection.derived(key, now, &mut self.player.recorder);
        self.player.settle();
    }

    /// What must never be, whatever the answer was.
    fn check(&mut self, lines: &[String]) {
        if !self.checks {
            return self.watched.seen().witness.forget();
        }
        let faults = lines.iter().filter_map(|line| line.strip_prefix("? "));
        self.faults.extend(faults.map(str::to_owned));
        let mut seen = self.watched.seen();
        self.faults.append(&mut seen.witness.faults);
        if std::mem::take(&mut seen.witness.wants_proof)
            && !self.player.recorder.server.has_proved()
        {
            let fault = "AUTHSUCCESS was fired, and the server has not proved itself";
            self.faults.push(fault.into());
        }
        let allowed = self.case.crossing.allows_password(&seen.witness.pipe);
        if self.memory.forms.are_in(seen.debug().as_bytes()) {
            self.faults.push("the password is in the dialect's Debug".into());
        }
        drop(seen);
        for (at, line) in lines.iter().enumerate() {
            let (mark, text) = line.split_at_checked(2).unwrap_or((line, ""));
            let bytes = unescape(text).unwrap_or_default();
            if !self.memory.forms.are_in(&bytes) {
                continue;
            }
            if mark != "C " {
                self.faults.push(format!("the password is told: {line}"));
            } else if !allowed {
                self.faults.push("the password crossed a pipe that it may not cross".into());
            } else if lines.get(at + 1).is_some_and(|next| next == "! PCJ_NODESENT") {
                // Where an observer sees another text than the wire, the line has it.
                self.faults.push("NODESENT shows the password".into());
            }
        }
    }

    pub(crate) fn place(&self) -> Place {
        let Player { connection, recorder, .. } = &self.player;
        let deaf = recorder.pipe == Pipe::Handshaking;
        let life = match connection.phase() {
            Phase::Idle => Life::Over,
            Phase::Connecting | Phase::Negotiation => Life::Negotiating,
            Phase::Ready => Life::Ready,
            Phase::Closing => Life::Closing,
        };
        let seen = self.watched.seen();
        let witness = &seen.witness;
        let node = match life {
            Life::Over => Node::named("over"),
            Life::Closing => Node::named("the end of the stream"),
            Life::Ready => Node::named("stanzas"),
            Life::Negotiating if !seen.has_dialect() => Node::named("the TLS handshake"),
            Life::Negotiating => Node {
                awaiting: if deaf { "the TLS handshake" } else { seen.awaiting() }.to_owned(),
                sent: witness.last.clone(),
                encrypted: witness.pipe.is_encrypted(),
                authenticated: witness.authenticated,
            },
        };
        let fingerprint = self.fingerprint(life, &seen);
        Place { life, node, fingerprint, deaf }
    }

    /// All that decides on what comes. What is the same but for an `id` that was drawn is the same.
    fn fingerprint(&self, life: Life, seen: &Seen) -> String {
        let Player { connection, recorder, now, .. } = &self.player;
        let (queued, asked) = (connection.queue().len(), connection.outstanding_requests());
        let (server, order) = (&recorder.server, recorder.lifecycle());
        let mut fingerprint = format!("{queued} queued, {asked} asked");
        if life == Life::Over {
            return fingerprint;
        }
        // While it negotiates, the whole has a deadline too, which began with the connection.
        let since = if life == Life::Negotiating { *now } else { Duration::ZERO };
        let due = connection.next_deadline().map(|due| due.saturating_sub(*now));
        fingerprint += &format!(
            ", {} {:?} {:?}, due {due:?} {since:?}, {:?}, server opened: {}",
            order.state(),
            order.expected(),
            recorder.pipe,
            recorder.jobs.len(),
            server.has_opened(),
        );
        // A dialect is told nothing more once it has failed or was shut down.
        if life == Life::Closing && !order.expected().contains(Status::RtsFinish) {
            return fingerprint;
        }
        let (debug, witness) = (seen.debug(), &seen.witness);
        let is_awaited = !server.id().is_empty() && debug.contains(server.id());
        fingerprint += &format!(
            ", {is_awaited} {} {:?} {}, {}",
            server.login(),
            witness.sent,
            witness.holds,
            without_ids(&debug)
        );
        fingerprint
    }

    /// Whether the attempt has ended as it should; `lines` are those of its end.
    pub(crate) fn ended(&self, lines: &[String]) -> Result<(), String> {
        let Player { connection, recorder, .. } = &self.player;
        if connection.phase() != Phase::Idle {
            return Err(format!("it goes on, in phase {}", connection.phase()));
        }
        if recorder.pipe != Pipe::Closed {
            return Err("the pipe was not closed".into());
        }
        recorder.lifecycle().finish().map_err(|violation| violation.to_string())?;
        let told = |name: &str| lines.iter().any(|line| line.starts_with(name));
        let ends = ["! PCJ_SOCKETDISCONNECT", "! PCJ_CONNECTFAIL", "! PCJ_SHUTDOWN_FINISH"];
        if !ends.into_iter().any(told) {
            return Err("no status tells the end".into());
        }
        if connection.outstanding_requests() > connection.queue().len() {
            return Err("a request has not ended".into());
        }
        Ok(())
    }

    /// Another attempt is possible, and begins as the first did.
    pub(crate) fn begins_anew(&mut self, first: &Node) -> Result<(), String> {
        self.feed(&Input::Connect(self.case.security.clone()));
        let lines = self.connected();
        let told = format!("! {}", Status::Connect.name());
        if !lines.contains(&told) {
            return Err("another attempt does not begin".into());
        }
        let node = self.place().node;
        if node == *first { Ok(()) } else { Err(format!("another attempt begins in {node}")) }
    }
}
