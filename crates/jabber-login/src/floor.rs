use jabber_dialect::Memory;
use jabber_sasl::{Authenticated, Mechanism};

/// The strongest mechanism that a session has logged in by: a later attempt takes no weaker one.
///
/// Whoever cuts a connection can change what the next one is offered. What the server proved once it
/// can do again, so less than that is somebody else's word. Nothing but a verified login raises it,
/// and nothing lowers it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Floor(Option<Mechanism>);

impl Floor {
    /// The one that the attempt before has left; none at first.
    #[must_use]
    pub fn recall(memory: Option<Memory>) -> Self {
        memory.and_then(|memory| memory.downcast().ok()).map(|floor| *floor).unwrap_or_default()
    }

    /// Leaves it to the next attempt.
    #[must_use]
    pub fn keep(self) -> Option<Memory> {
        self.0.map(|_| Box::new(self) as Memory)
    }

    /// This login has succeeded.
    pub fn raise(&mut self, authenticated: &Authenticated) {
        self.0 = self.0.max(Some(authenticated.mechanism()));
    }

    /// The mechanism that was stronger, if that one is not to be used.
    pub(crate) fn forbids(self, mechanism: Mechanism) -> Option<Mechanism> {
        self.0.filter(|proved| mechanism < *proved)
    }
}
