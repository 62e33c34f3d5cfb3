use jabber_security::Entropy;

use crate::{
    Authenticated, Mechanism, SaslError,
    exchange::{Message, Next, Reply, State},
};

/// EXTERNAL (RFC 4422 appendix A): the message is the authorization identity, or nothing.
pub(crate) fn start(authzid: Option<&str>) -> Public {
    Public::new(Mechanism::External, authzid.unwrap_or_default().as_bytes().to_vec())
}

/// A mechanism of one message without a secret.
pub(crate) struct Public {
    mechanism: Mechanism,
    message: Vec<u8>,
}

/// The message went out as the initial response.
struct Sent(Public);

/// The message went out in answer to a challenge: that was the last.
struct Answered(Mechanism);

impl Public {
    pub(crate) const fn new(mechanism: Mechanism, message: Vec<u8>) -> Self {
        Self { mechanism, message }
    }

    fn answer(self, data: &[u8]) -> Next<Reply> {
        if !data.is_empty() {
            return Err(SaslError::UnexpectedChallenge { mechanism: self.mechanism });
        }
        let reply = Reply::Respond(self.message.into());
        Ok((reply, Box::new(Answered(self.mechanism))))
    }
}

impl State for Public {
    fn mechanism(&self) -> Mechanism {
        self.mechanism
    }

    fn initial(self: Box<Self>, _entropy: &mut dyn Entropy) -> Next<Option<Message>> {
        Ok((Some(self.message.clone().into()), Box::new(Sent(*self))))
    }

    fn challenge(self: Box<Self>, data: &[u8], _entropy: &mut dyn Entropy) -> Next<Reply> {
        self.answer(data)
    }
}

impl State for Sent {
    fn mechanism(&self) -> Mechanism {
        self.0.mechanism
    }

    /// Some servers take an empty initial response for none and ask once more.
    fn challenge(self: Box<Self>, data: &[u8], _entropy: &mut dyn Entropy) -> Next<Reply> {
        self.0.answer(data)
    }

    fn success(self: Box<Self>, _data: Option<&[u8]>) -> Result<Authenticated, SaslError> {
        Ok(Authenticated::one_sided(self.0.mechanism))
    }
}

impl State for Answered {
    fn mechanism(&self) -> Mechanism {
        self.0
    }

    fn success(self: Box<Self>, _data: Option<&[u8]>) -> Result<Authenticated, SaslError> {
        Ok(Authenticated::one_sided(self.0))
    }
}
