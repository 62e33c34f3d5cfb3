//! The one way through a login, whatever the mechanism.

mod state;

use std::fmt;

use jabber_security::{DerivedKey, Entropy, KeyDerivation};
use zeroize::Zeroizing;

pub(crate) use self::state::{Next, State};
use crate::{BindingFlag, Mechanism, SaslError, authenticated::Authenticated};

/// The longest challenge that is looked at, and the longest data of a success: 64 KiB, decoded.
pub const MAX_CHALLENGE: usize = 64 * 1024;

/// A message of ours: what goes, base64-encoded, into `<auth/>` or `<response/>`.
///
/// It may be a password, or a proof from which one can be guessed: zeroised when dropped, redacted
/// in `Debug`.
pub type Message = Zeroizing<Vec<u8>>;

/// What a challenge leads to.
#[derive(Debug)]
#[non_exhaustive]
pub enum Reply {
    /// Send this, empty or not, as the response.
    Respond(Message),
    /// Run this job where it blocks nobody, and give its key to [`Exchange::derived`].
    Derive(KeyDerivation),
}

/// One login by one mechanism, the client's side (RFC 4422, RFC 6120 §6.4), made by
/// [`choose`](crate::choose).
///
/// It does no input or output. The way through it: [`initial`](Self::initial), then
/// [`challenge`](Self::challenge) for each challenge (and [`derived`](Self::derived) where that
/// hands out a job), and [`success`](Self::success) when the server says so. `success` is the only
/// source of an [`Authenticated`], and it gives none before the server has proved itself, where the
/// mechanism lets it do so.
///
/// Each step replaces the state by the next one, so a server cannot have a step repeated, and the
/// number of challenges is bounded by the mechanism. After an error there is no way on.
pub struct Exchange {
    mechanism: Mechanism,
    flag: Option<BindingFlag>,
    state: Option<Box<dyn State>>,
}

impl Exchange {
    pub(crate) fn new(mechanism: Mechanism, state: impl State + 'static) -> Self {
        Self { mechanism, flag: None, state: Some(Box::new(state)) }
    }

    pub(crate) const fn with_binding_flag(mut self, flag: BindingFlag) -> Self {
        self.flag = Some(flag);
        self
    }

    /// The mechanism in use.
    #[must_use]
    pub const fn mechanism(&self) -> Mechanism {
        self.mechanism
    }

    /// What the login says of channel binding; `None` for mechanisms that have no place for it.
    #[must_use]
    pub const fn binding_flag(&self) -> Option<BindingFlag> {
        self.flag
    }

    /// The initial response for `<auth/>`. `None`: the mechanism has none (the server speaks
    /// first). `Some` of nothing: it is empty, which XMPP writes as `=` (RFC 6120 §6.4.2).
    ///
    /// # Errors
    /// [`SaslError::OutOfTurn`] if it is not the first call.
    pub fn initial(&mut self, entropy: &mut dyn Entropy) -> Result<Option<Message>, SaslError> {
        let (message, next) = self.take()?.initial(entropy)?;
        self.state = Some(next);
        Ok(message)
    }

    /// Answers a challenge (decoded).
    ///
    /// An empty first challenge, before [`initial`](Self::initial) was called, asks for the initial
    /// response (RFC 4422 §5 item 2a).
    ///
    /// # Errors
    /// Whatever is wrong with the challenge. Break the login off then (`<abort/>`).
    pub fn challenge(
        &mut self,
        data: &[u8],
        entropy: &mut dyn Entropy,
    ) -> Result<Reply, SaslError> {
        let state = self.take()?;
        check_length(data)?;
        let (reply, next) = state.challenge(data, entropy)?;
        self.state = Some(next);
        Ok(reply)
    }

    /// Takes the key that the job of [`Reply::Derive`] made, and gives the response to send.
    ///
    /// # Errors
    /// [`SaslError::OutOfTurn`] if no job is out, [`SaslError::WrongKey`] if the key is not its
    /// result.
    pub fn derived(&mut self, key: DerivedKey) -> Result<Message, SaslError> {
        let (message, next) = self.take()?.derived(&key)?;
        self.state = Some(next);
        Ok(message)
    }

    /// Takes the server's `<success/>` and its data (decoded; `None` if it was empty), and verifies
    /// the server's proof, unless a challenge brought it before.
    ///
    /// # Errors
    /// A proof that is missing or wrong, or a success before its time. Whatever the server says,
    /// nobody is authenticated then.
    pub fn success(mut self, data: Option<&[u8]>) -> Result<Authenticated, SaslError> {
        let state = self.take()?;
        check_length(data.unwrap_or_default())?;
        state.success(data.filter(|data| !data.is_empty()))
    }

    fn take(&mut self) -> Result<Box<dyn State>, SaslError> {
        self.state.take().ok_or(SaslError::Ended)
    }
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange")
            .field("mechanism", &self.mechanism)
            .field("failed", &self.state.is_none())
            .finish_non_exhaustive()
    }
}

fn check_length(data: &[u8]) -> Result<(), SaslError> {
    if data.len() > MAX_CHALLENGE {
        return Err(SaslError::TooLarge { bytes: data.len() });
    }
    Ok(())
}
