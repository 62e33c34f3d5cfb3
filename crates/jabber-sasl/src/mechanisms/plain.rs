use jabber_security::Entropy;
use zeroize::Zeroizing;

use crate::{
    Authenticated, Mechanism, SaslError,
    exchange::{Message, Next, Reply, State},
    prepare::Prepared,
};

/// PLAIN (RFC 4616), before the message is sent.
///
/// The message is made here and not by the `sasl` crate, which keeps the password in strings that
/// are not zeroised.
pub(crate) struct Start(Prepared);

/// The message is sent; the server has nothing to prove.
struct Sent;

impl Start {
    pub(crate) const fn new(prepared: Prepared) -> Self {
        Self(prepared)
    }

    /// `[authzid] NUL authcid NUL passwd` (RFC 4616 §2). SASLprep has excluded NUL.
    fn message(&self) -> Message {
        let authzid = self.0.authzid.as_deref().unwrap_or_default().as_bytes();
        let password = self.0.password.expose().as_bytes();
        let username = self.0.username.as_bytes();
        // All of it at once: a buffer that grows would leave copies behind.
        let length = authzid.len() + username.len() + password.len() + 2;
        let mut message = Zeroizing::new(Vec::with_capacity(length));
        message.extend_from_slice(authzid);
        message.push(0);
        message.extend_from_slice(username);
        message.push(0);
        message.extend_from_slice(password);
        message
    }
}

impl State for Start {
    fn mechanism(&self) -> Mechanism {
        Mechanism::Plain
    }

    fn initial(self: Box<Self>, _entropy: &mut dyn Entropy) -> Next<Option<Message>> {
        Ok((Some(self.message()), Box::new(Sent)))
    }

    fn challenge(self: Box<Self>, data: &[u8], _entropy: &mut dyn Entropy) -> Next<Reply> {
        if !data.is_empty() {
            return Err(SaslError::UnexpectedChallenge { mechanism: Mechanism::Plain });
        }
        Ok((Reply::Respond(self.message()), Box::new(Sent)))
    }
}

impl State for Sent {
    fn mechanism(&self) -> Mechanism {
        Mechanism::Plain
    }

    fn success(self: Box<Self>, _data: Option<&[u8]>) -> Result<Authenticated, SaslError> {
        Ok(Authenticated::one_sided(Mechanism::Plain))
    }
}
