use jabber_security::{DerivedKey, Entropy};

use super::{Message, Reply};
use crate::{Authenticated, Mechanism, SaslError};

/// What comes out of a step, and the state that follows it.
pub(crate) type Next<T> = Result<(T, Box<dyn State>), SaslError>;

/// A point in a mechanism's exchange. Each step consumes it, so that none happens twice; what a
/// state does not answer is out of turn there.
pub(crate) trait State: Send {
    fn mechanism(&self) -> Mechanism;

    fn initial(self: Box<Self>, _entropy: &mut dyn Entropy) -> Next<Option<Message>> {
        Err(SaslError::OutOfTurn { mechanism: self.mechanism(), call: "initial" })
    }

    fn challenge(self: Box<Self>, _data: &[u8], _entropy: &mut dyn Entropy) -> Next<Reply> {
        Err(SaslError::UnexpectedChallenge { mechanism: self.mechanism() })
    }

    fn derived(self: Box<Self>, _key: &DerivedKey) -> Next<Message> {
        Err(SaslError::OutOfTurn { mechanism: self.mechanism(), call: "derived" })
    }

    /// `data` is never `Some` of nothing.
    fn success(self: Box<Self>, _data: Option<&[u8]>) -> Result<Authenticated, SaslError> {
        Err(SaslError::SuccessTooEarly { mechanism: self.mechanism() })
    }
}
