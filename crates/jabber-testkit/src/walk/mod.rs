//! An exhaustive walk over a dialect's states, with everything that can happen at each.
//!
//! A [`Walk`] takes a dialect in some configurations ([`Case`]) and an [`Alphabet`]: everything that
//! a server can say, and what else can happen. It lets all of it happen in every state that it finds
//! a way to, and holds each step against what must always be:
//!
//! - The trace of statuses obeys the lifecycle's grammar ([`jabber_status::Lifecycle`]).
//! - It ends: by the end of the pipe after whatever came, and from each state by silence, by a
//!   shutdown that nobody answers, and by a halt. The end is told, the pipe closed, no request is
//!   left without an end, and another attempt begins as the first did.
//! - No secret before its time. A *proof* (`<auth/>` and `<response/>` of SASL, the login of
//!   XEP-0078, the `<handshake/>` of XEP-0114) is sent only when the server has asked for it on this
//!   stream (by features with that mechanism, by a challenge, by a form that lists it, by a header
//!   with an id), and only on a pipe that it may cross ([`Crossing`]). The password, as it is, as XML
//!   writes it or in base64, is in no other bytes than those, and in no status, error or `Debug`.
//! - A success is one: AUTHSUCCESS comes of the server's acceptance alone, and in a login in which the
//!   server has to prove itself (SCRAM, DIGEST-MD5) only after it has done so.
//! - Nothing is sent on a pipe that is closed or is doing its TLS handshake. Nothing panics.
//!
//! # What a state is
//!
//! A tree of all answers as deep as a login is too large; but most ways meet again. Two ways lead to
//! the same state when all that decides on what comes is the same: what the dialect knows (its
//! `Debug`) and has sent on this stream, the place in the order of statuses, the pipe, the time that
//! is left, what is queued, asked or being derived, and what the server remembers of us. Each state
//! is expanded once, by a shortest way to it; so the walk ends, and with no state left every way of
//! whatever length is covered.
//!
//! That is as true as the `Debug` of the dialect is complete. Where it hides something (a login's
//! secrets), what was sent stands for it. The walk does not take this on trust. For states that several
//! ways lead to it compares what comes of every letter, on the first way and on others
//! ([`Bounds::second_opinions`]); and what has changed nothing in a state has to change nothing again,
//! behind all else that has changed nothing.
//!
//! # What it finds out about the alphabet
//!
//! A state that is named and never reached, one that is reached and not named, a pair of state and
//! answer that was never taken, and an answer that never makes a difference are failures too: they
//! are what a misspelt answer looks like.
//!
//! # Examples
//! ```
//! use std::sync::Arc;
//!
//! use jabber_security::Security;
//! use jabber_testkit::walk::{Alphabet, Case, Crossing, Walk};
//!
//! let alphabet = Alphabet::read("\
//! [words]
//! HEADER = <stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' id='s1'>
//!
//! [states]
//! the stream header
//! the answer to the handshake
//!
//! [answers]
//! header: S {HEADER}
//! handshake: S <handshake/>
//! end (ends): E
//! ")?;
//! let config = jabber_component::Config::new("echo.localhost".parse()?, "wonderland");
//! let case = Case::new("the default", Arc::new(config), Security::Open)
//!     .with_password("wonderland")
//!     .with_crossing(Crossing::Proofs);
//! let walked = Walk::new(alphabet).with_case(case).walk()?;
//! assert_eq!(walked.happy(), 2);
//! println!("{walked}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod alphabet;
mod case;
mod compare;
mod diagram;
mod drawing;
mod explore;
mod node;
mod outcome;
mod review;
mod run;
mod secret;
mod table;
mod walked;
mod watch;
mod witness;

use std::{error::Error, fmt};

pub use alphabet::Alphabet;
pub use case::{Case, Crossing};
pub use drawing::DrawingError;
pub use walked::Walked;

use explore::Explorer;

/// How many problems are shown.
const SHOWN: usize = 20;

/// A walk that is to be taken.
#[derive(Clone, Debug)]
pub struct Walk {
    alphabet: Alphabet,
    cases: Vec<Case>,
    bounds: Bounds,
}

/// Where a walk gives up. One that does has failed: it was not exhaustive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Bounds {
    /// How many answers a way may have. Default 40.
    pub depth: usize,
    /// How many states a case may have. Default 5000.
    pub states: usize,
    /// On how many further ways to a state what came of its answers is compared. Default 1.
    pub second_opinions: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { depth: 40, states: 5000, second_opinions: 1 }
    }
}

impl Bounds {
    /// Another number of answers that a way may have.
    #[must_use]
    pub const fn with_depth(mut self, depth: usize) -> Self {
        self.depth = depth;
        self
    }

    /// Another number of states that a case may have.
    #[must_use]
    pub const fn with_states(mut self, states: usize) -> Self {
        self.states = states;
        self
    }

    /// On that many further ways what came of a state's answers is compared.
    #[must_use]
    pub const fn with_second_opinions(mut self, ways: usize) -> Self {
        self.second_opinions = ways;
        self
    }
}

impl Walk {
    /// A walk with these answers, of no case yet.
    #[must_use]
    pub fn new(alphabet: Alphabet) -> Self {
        Self { alphabet, cases: Vec::new(), bounds: Bounds::default() }
    }

    /// Walks this case too.
    #[must_use]
    pub fn with_case(mut self, case: Case) -> Self {
        self.cases.push(case);
        self
    }

    /// Other bounds.
    #[must_use]
    pub const fn with_bounds(mut self, bounds: Bounds) -> Self {
        self.bounds = bounds;
        self
    }

    /// Takes it.
    ///
    /// # Errors
    /// With all that must never be, and was.
    pub fn walk(&self) -> Result<Walked, WalkError> {
        let explore = |case| Explorer::new(case, &self.alphabet, &self.bounds).explore();
        let explored = self.cases.iter().map(explore).collect();
        let walked = Walked::new(&self.alphabet, &self.cases, explored);
        let problems = review::problems(&walked, &self.bounds);
        if problems.is_empty() { Ok(walked) } else { Err(WalkError { problems, walked }) }
    }
}

/// What must never be, and was.
#[derive(Debug)]
#[non_exhaustive]
pub struct WalkError {
    /// Each with the case and the way that led to it.
    pub problems: Vec<String>,
    /// What was found all the same.
    pub walked: Walked,
}

impl fmt::Display for WalkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.walked)?;
        write!(f, "\nthe walk has found {} problems", self.problems.len())?;
        let mut shown = self.problems.iter().take(SHOWN);
        shown.try_for_each(|problem| write!(f, "\n- {problem}"))?;
        match self.problems.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => write!(f, "\n- and {more} more"),
        }
    }
}

impl Error for WalkError {}
