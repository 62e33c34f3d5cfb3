//! SCRAM (RFC 5802, RFC 7677), the client's side: each point of the exchange is a type, and each
//! step consumes it.

mod final_sent;
mod first_sent;
mod gs2;
mod server_first;

use jabber_security::{Entropy, Secret};

use self::first_sent::FirstSent;
use super::Setting;
use crate::{
    BindingFlag, BindingType, Mechanism, SaslError,
    exchange::{Message, Next, Reply, State},
    prepare::Prepared,
    scram::{attributes, hash::Hash, nonce, offered},
};

/// What stays the same through a login.
struct Session {
    mechanism: Mechanism,
    hash: Hash,
    password: Secret,
    /// `n`, `y` or `p` with its names, both commas included (RFC 5802 §7, `gs2-header`).
    gs2_header: String,
    binding: Option<BindingType>,
    /// The channel-binding data; empty without `-PLUS`.
    binding_data: Vec<u8>,
    /// What the server offered, as XEP-0474 hashes it.
    offered: String,
}

/// Before the first message.
pub(crate) struct Start {
    session: Session,
    username: String,
    flag: BindingFlag,
}

impl Start {
    /// `None` if the mechanism is not SCRAM, or its channel binding has no data.
    pub(crate) fn new(setting: &Setting<'_>, prepared: Prepared) -> Option<Self> {
        let binding_data = match (setting.binding, setting.security.channel_binding()) {
            (Some(kind), Some(data)) => kind.data(data)?.to_vec(),
            (Some(_), None) => return None,
            (None, _) if setting.mechanism.binds_channel() => return None,
            (None, _) => Vec::new(),
        };
        let flag = gs2::flag(setting);
        let session = Session {
            mechanism: setting.mechanism,
            hash: Hash::of(setting.mechanism)?,
            gs2_header: gs2::header(flag, prepared.authzid.as_deref()),
            password: prepared.password,
            binding: setting.binding,
            binding_data,
            offered: offered::list(setting.offer),
        };
        Some(Self { session, username: prepared.username, flag })
    }

    /// What the login says of channel binding.
    pub(crate) const fn flag(&self) -> BindingFlag {
        self.flag
    }

    /// The client's first message with this nonce.
    fn first(self, nonce: String) -> (Message, FirstSent) {
        let bare = format!("n={},r={nonce}", attributes::escape(&self.username));
        let message = format!("{}{bare}", self.session.gs2_header).into_bytes();
        (message.into(), FirstSent::new(self.session, nonce, bare))
    }
}

impl State for Start {
    fn mechanism(&self) -> Mechanism {
        self.session.mechanism
    }

    fn initial(self: Box<Self>, entropy: &mut dyn Entropy) -> Next<Option<Message>> {
        let (message, next) = self.first(nonce(entropy));
        Ok((Some(message), Box::new(next)))
    }

    fn challenge(self: Box<Self>, data: &[u8], entropy: &mut dyn Entropy) -> Next<Reply> {
        if !data.is_empty() {
            return Err(SaslError::UnexpectedChallenge { mechanism: self.session.mechanism });
        }
        let (message, next) = self.first(nonce(entropy));
        Ok((Reply::Respond(message), Box::new(next)))
    }
}

#[cfg(test)]
mod vectors;
