//! The order of statuses as code.
//!
//! One attempt goes through the states of [`State`]; what a dialect lacks, its [`Shape`] leaves
//! out. [`Lifecycle`] is told each kind as it comes and says whether it may come now.
//!
//! What a filtered trace lacks is no fault: nodes' and requests' statuses and those above 100 are
//! required nowhere, so whoever subscribes to
//! [`KindSet::LIFECYCLE`](crate::KindSet::LIFECYCLE) can check what it gets. (The exception is
//! STREAM_RESUMED, which stands for a bind; a filter must keep it where sessions are resumed.)

mod ending;
mod phases;
mod position;
mod progress;
mod state;
mod violation;

pub use state::State;
pub use violation::Violation;

use position::Position;

use crate::{Kind, KindSet, Phase, Shape, Status, StatusEvent};

/// Checks that statuses come in their order, attempt after attempt.
///
/// # Examples
///
/// ```
/// use jabber_status::{ErrorStatus, Lifecycle, Phase, Shape, Status};
///
/// let mut life = Lifecycle::of(Shape::new());
/// for kind in [Status::Connect, Status::Connecting] {
///     life.check(kind)?;
/// }
/// assert_eq!((life.phase(), life.attempt()), (Phase::Connecting, 1));
///
/// let violation = life.check(Status::InitFinished).unwrap_err();
/// assert!(violation.expected().contains(Status::Connected));
///
/// life.check(ErrorStatus::ConnectFail)?;
/// assert!(life.may_end());
/// # Ok::<(), jabber_status::Violation>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifecycle {
    shape: Shape,
    attempt: u32,
    position: Position,
}

impl Lifecycle {
    /// Before the first attempt of a dialect of that shape.
    #[must_use]
    pub const fn of(shape: Shape) -> Self {
        Self { shape, attempt: 0, position: Position::IDLE }
    }

    /// Takes the next kind.
    ///
    /// # Errors
    ///
    /// [`Violation::Order`] if it must not come now; everything stays as it was before it came.
    pub fn check(&mut self, kind: impl Into<Kind>) -> Result<(), Violation> {
        let kind = kind.into();
        let Some(position) = self.position.after(kind, self.shape) else {
            let state = self.position.state();
            return Err(Violation::Order { state, came: kind, expected: self.expected() });
        };
        self.position = position;
        if kind == Kind::Status(Status::Connect) {
            self.attempt = self.attempt.saturating_add(1);
        }
        Ok(())
    }

    /// Takes the next event: its kind, and whether its phase and attempt agree with what has come.
    ///
    /// The peer's stream end is not a status, so `closing` may begin before any status shows it:
    /// from the first event in `closing` that could belong to an ending, nothing but the ending
    /// may come. An error may tell `closing` or the phase in which it struck.
    ///
    /// # Errors
    ///
    /// [`Violation::Order`], [`Violation::Attempt`] or [`Violation::Phase`]; everything stays as
    /// it was before the event came.
    pub fn check_event(&mut self, event: &dyn StatusEvent) -> Result<(), Violation> {
        let came = event.kind();
        let mut next = *self;
        next.check(came)?;
        if event.attempt() != next.attempt {
            let (said, expected) = (event.attempt(), next.attempt);
            return Err(Violation::Attempt { came, said, expected });
        }
        next.position = phases::agree(came, event.phase(), self.position, next.position)?;
        *self = next;
        Ok(())
    }

    /// Where in the order it is.
    #[must_use]
    pub const fn state(&self) -> State {
        self.position.state()
    }

    /// The phase now, that is, after what came last.
    #[must_use]
    pub const fn phase(&self) -> Phase {
        self.position.state().phase()
    }

    /// The number of the attempt: 0 before the first CONNECT; it stays until the next.
    #[must_use]
    pub const fn attempt(&self) -> u32 {
        self.attempt
    }

    /// The kinds that may come now.
    #[must_use]
    pub fn expected(&self) -> KindSet {
        Kind::all().filter(|kind| self.position.after(*kind, self.shape).is_some()).collect()
    }

    /// Whether a trace may end here: no attempt is under way and no shutdown is unfinished.
    #[must_use]
    pub const fn may_end(&self) -> bool {
        matches!(self.position.state(), State::Idle)
    }

    /// Ends the trace.
    ///
    /// # Errors
    ///
    /// [`Violation::Unfinished`] if it must not end here.
    pub fn finish(&self) -> Result<(), Violation> {
        if self.may_end() {
            return Ok(());
        }
        Err(Violation::Unfinished { state: self.position.state(), expected: self.expected() })
    }
}
