use std::{borrow::Cow, fmt, time::Duration};

use jabber_xml::StreamCondition;

use super::{Lie, Step};

/// What a server does at a step in place of what it should. It goes on after it where it can.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Misbehaviour {
    /// The step's own refusal: an error, a failure, a feature that is not offered, a TLS alert. It is
    /// the first of [`Server::refusals`](super::Server::refusals).
    Refuse,
    /// The same with that condition or code; which there are, the same function tells.
    RefuseWith(Cow<'static, str>),
    /// The right names in a namespace that nobody knows.
    WrongNamespace,
    /// Another `id` than the request's.
    WrongId,
    /// The next step's answer comes first, then the step's own.
    Reorder,
    /// The answer comes twice, in one piece.
    Repeat,
    /// Nothing comes any more. The connection stands.
    Silent,
    /// The connection is closed instead: FIN on a plain pipe, `close_notify` on an encrypted one.
    Cut,
    /// The encrypted connection is closed instead, without `close_notify`.
    Truncate,
    /// The connection is reset instead.
    Reset,
    /// The server's stream is ended instead.
    EndStream,
    /// The server's stream is ended with that error instead (RFC 6120 §4.9).
    StreamError(StreamCondition),
    /// The same, where no stream is open yet, behind a header without `id` and content namespace, as
    /// jabberd2 sends it.
    BareStreamError(StreamCondition),
    /// Half of the answer comes, then the connection is closed.
    HalfThenCut,
    /// Half of the answer comes, then nothing.
    HalfThenSilent,
    /// What comes instead is not well-formed, or no TLS; then nothing.
    NotWellFormed,
    /// A message that nobody has asked for comes before the answer.
    StanzaFirst,
    /// An element that nobody knows comes before the answer.
    UnknownFirst,
    /// White space comes before the answer.
    SpaceFirst,
    /// The answer comes in single bytes, each a read of its own.
    ByteByByte,
    /// The answer comes that much later.
    Late(Duration),
    /// The answer comes in single bytes, each that much after the one before.
    Trickle(Duration),
    /// What is said is not so; which lies there are, [`Lie`] tells.
    Lie(Lie),
}

impl Misbehaviour {
    /// Every misbehaviour without a parameter.
    pub const PLAIN: &'static [Self] = &[
        Self::Refuse,
        Self::WrongNamespace,
        Self::WrongId,
        Self::Reorder,
        Self::Repeat,
        Self::Silent,
        Self::Cut,
        Self::Truncate,
        Self::Reset,
        Self::EndStream,
        Self::HalfThenCut,
        Self::HalfThenSilent,
        Self::NotWellFormed,
        Self::StanzaFirst,
        Self::UnknownFirst,
        Self::SpaceFirst,
        Self::ByteByByte,
    ];

    /// Its name without the parameter, such as `half-then-cut`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Refuse | Self::RefuseWith(_) => "refuse",
            Self::WrongNamespace => "wrong-namespace",
            Self::WrongId => "wrong-id",
            Self::Reorder => "reorder",
            Self::Repeat => "repeat",
            Self::Silent => "silent",
            Self::Cut => "cut",
            Self::Truncate => "truncate",
            Self::Reset => "reset",
            Self::EndStream => "end-stream",
            Self::StreamError(_) => "stream-error",
            Self::BareStreamError(_) => "bare-stream-error",
            Self::HalfThenCut => "half-then-cut",
            Self::HalfThenSilent => "half-then-silent",
            Self::NotWellFormed => "not-well-formed",
            Self::StanzaFirst => "stanza-first",
            Self::UnknownFirst => "unknown-first",
            Self::SpaceFirst => "space-first",
            Self::ByteByByte => "byte-by-byte",
            Self::Late(_) => "late",
            Self::Trickle(_) => "trickle",
            Self::Lie(lie) => lie.as_str(),
        }
    }

    /// Whether there is such a thing at `step`, whatever the server. `Truncate` besides needs a pipe
    /// that is encrypted by then, and the refusals a step that has one.
    pub(super) const fn fits(&self, step: Step) -> bool {
        match self {
            // Nobody has asked for anything there.
            Self::Refuse | Self::RefuseWith(_) => !matches!(step, Step::Stanza | Step::End),
            Self::WrongNamespace => !matches!(step, Step::Handshake | Step::End),
            Self::WrongId => {
                matches!(step, Step::Form | Step::Login | Step::Bind | Step::Session | Step::Answer)
            }
            Self::Reorder => !matches!(step, Step::Handshake | Step::End),
            Self::BareStreamError(_) => step.is_header(),
            Self::Repeat
            | Self::Truncate
            | Self::EndStream
            | Self::StreamError(_)
            | Self::StanzaFirst
            | Self::UnknownFirst
            | Self::SpaceFirst => !matches!(step, Step::Handshake),
            Self::Silent
            | Self::Cut
            | Self::Reset
            | Self::HalfThenCut
            | Self::HalfThenSilent
            | Self::NotWellFormed
            | Self::ByteByByte
            | Self::Late(_)
            | Self::Trickle(_)
            // Which ones fit depends on the server, too.
            | Self::Lie(_) => true,
        }
    }
}

/// The name, with the parameter in brackets.
impl fmt::Display for Misbehaviour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        match self {
            Self::RefuseWith(condition) => write!(f, "({condition})"),
            Self::StreamError(condition) | Self::BareStreamError(condition) => {
                write!(f, "({condition})")
            }
            Self::Late(time) | Self::Trickle(time) => write!(f, "({time:?})"),
            _ => Ok(()),
        }
    }
}
