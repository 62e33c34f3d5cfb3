use base64::{Engine, engine::general_purpose::STANDARD};
use jabber_security::Entropy;
use zeroize::Zeroizing;

use crate::{
    Authenticated, BindingType, Mechanism, SaslError,
    authenticated::ServerProved,
    exchange::{Message, Next, Reply, State},
    scram::attributes::{Attributes, malformed},
};

/// Our proof is out; the server's is awaited, in a challenge or with the success.
pub(super) struct FinalSent {
    pub(super) mechanism: Mechanism,
    pub(super) binding: Option<BindingType>,
    pub(super) list_verified: bool,
    pub(super) server_signature: Zeroizing<Vec<u8>>,
}

/// A challenge brought the server's proof, and it was right.
struct Verified {
    awaited: FinalSent,
    proved: ServerProved,
}

impl FinalSent {
    /// `server-final-message` (RFC 5802 §7): `v=` with the signature, or `e=`.
    fn verify(&self, data: &[u8]) -> Result<ServerProved, SaslError> {
        if data.is_empty() {
            return Err(SaslError::MissingServerProof);
        }
        let message = str::from_utf8(data).map_err(|_| malformed("it is not UTF-8"))?;
        let mut attributes = Attributes::new(message);
        let signature = attributes.expect(b'v', "no signature (v) where it belongs")?;
        attributes.extension(b'v')?;
        let signature =
            STANDARD.decode(signature).map_err(|_| malformed("the signature is no base64"))?;
        ServerProved::compare(&self.server_signature, &signature).ok_or(SaslError::WrongServerProof)
    }

    fn authenticated(&self, proved: &ServerProved) -> Authenticated {
        Authenticated::mutual(self.mechanism, proved)
            .with_binding(self.binding)
            .with_list_verified(self.list_verified)
    }
}

impl State for FinalSent {
    fn mechanism(&self) -> Mechanism {
        self.mechanism
    }

    fn challenge(self: Box<Self>, data: &[u8], _entropy: &mut dyn Entropy) -> Next<Reply> {
        let proved = self.verify(data)?;
        let next = Verified { awaited: *self, proved };
        Ok((Reply::Respond(Message::default()), Box::new(next)))
    }

    fn success(self: Box<Self>, data: Option<&[u8]>) -> Result<Authenticated, SaslError> {
        let proved = self.verify(data.unwrap_or_default())?;
        Ok(self.authenticated(&proved))
    }
}

impl State for Verified {
    fn mechanism(&self) -> Mechanism {
        self.awaited.mechanism
    }

    /// Whatever comes along has to be the proof again.
    fn success(self: Box<Self>, data: Option<&[u8]>) -> Result<Authenticated, SaslError> {
        if let Some(data) = data {
            self.awaited.verify(data)?;
        }
        Ok(self.awaited.authenticated(&self.proved))
    }
}
