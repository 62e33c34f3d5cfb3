use std::fmt;

use jabber_sasl::Mechanism;

use super::{Step, server::Role};

macro_rules! lies {
    ($($(#[$doc:meta])+ $variant:ident = $name:literal),+ $(,)?) => {
        /// What a server says at a step though it is not so, or more of it than anybody can want.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Lie { $($(#[$doc])+ $variant),+ }

        impl Lie {
            /// Every lie.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Its name, such as `nonce-other`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }
    };
}

lies! {
    /// SCRAM: the nonce has nothing of the client's.
    NonceOther = "nonce-other",
    /// SCRAM: the nonce is the client's, and the server adds none of its own.
    NonceEqual = "nonce-equal",
    /// SCRAM: the nonce begins like the client's, and does not go on like it.
    NoncePrefix = "nonce-prefix",
    /// SCRAM: the client's nonce stands behind another one.
    NonceBehind = "nonce-behind",
    /// SCRAM: `s=` is empty.
    SaltEmpty = "salt-empty",
    /// SCRAM: the salt has 128 KiB.
    SaltHuge = "salt-huge",
    /// SCRAM: the salt is not base64.
    SaltNotBase64 = "salt-not-base64",
    /// SCRAM: one iteration, and the proof is cheap to crack.
    IterationsOne = "iterations-1",
    /// SCRAM: one iteration less than RFC 7677 §4 asks for.
    IterationsFew = "iterations-4095",
    /// SCRAM: no iteration.
    IterationsZero = "iterations-0",
    /// SCRAM: `i=` is missing.
    IterationsMissing = "iterations-missing",
    /// SCRAM: `i=04096`, which is no `posit-number` (RFC 5802 §7).
    IterationsLeadingZero = "iterations-leading-zero",
    /// SCRAM: 2^31 iterations.
    IterationsMany = "iterations-2^31",
    /// SCRAM: 10^20 iterations, more than 64 bits hold.
    IterationsEndless = "iterations-10^20",
    /// SCRAM: a mandatory extension, `m=` (RFC 5802 §5.1).
    MandatoryExtension = "mandatory-extension",
    /// SCRAM: the hash of another list of mechanisms than was offered (XEP-0474).
    DowngradeHash = "downgrade-hash",
    /// SCRAM: the salt before the nonce.
    OutOfOrder = "out-of-order",
    /// SCRAM: the salt twice.
    Duplicated = "duplicated",
    /// SCRAM: `e=` in a challenge.
    ErrorInChallenge = "error-in-challenge",
    /// `<challenge/>` has no base64.
    ChallengeNotBase64 = "challenge-not-base64",
    /// `<challenge/>` has 128 KiB of nonsense.
    ChallengeHuge = "challenge-huge",
    /// A thousand challenges at once.
    Challenges = "challenges",
    /// `<success/>` instead of the challenge.
    SuccessEarly = "success-early",
    /// `<success/>` instead of the challenge, with a server's proof that proves nothing.
    SuccessEarlyWithData = "success-early-with-data",
    /// `<success/>` before the features.
    SuccessUnasked = "success-unasked",
    /// `<success/>` without the server's proof.
    ProofMissing = "proof-missing",
    /// The server's proof is empty.
    ProofEmpty = "proof-empty",
    /// Another proof of the right length.
    ProofWrong = "proof-wrong",
    /// The first half of the right proof.
    ProofTruncated = "proof-truncated",
    /// A wrong proof in a challenge, then `<success/>`.
    ProofWrongInChallenge = "proof-wrong-in-challenge",
    /// The right proof in a challenge, then `<success/>`: lawful (RFC 6120 §6.3.10, the other way).
    ProofInChallenge = "proof-in-challenge",
    /// SCRAM: `e=` within `<success/>`.
    ErrorInSuccess = "error-in-success",
    /// Another challenge, with another nonce, where the success is due.
    ChallengeAgain = "challenge-again",
    /// DIGEST-MD5: a `qop` without `auth`.
    OtherQop = "other-qop",
    /// DIGEST-MD5: another algorithm.
    OtherAlgorithm = "other-algorithm",
    /// DIGEST-MD5: two nonces.
    TwoNonces = "two-nonces",
    /// The features offer no STARTTLS, and a login instead.
    StartTlsStripped = "starttls-stripped",
    /// The features offer mechanisms that nobody knows.
    MechanismsUnknown = "mechanisms-unknown",
    /// The features offer PLAIN and nothing else, and PLAIN is not what the server has.
    MechanismsPlain = "mechanisms-plain",
    /// The server has SCRAM-SHA-256 and SCRAM-SHA-1, and somebody has taken the better one out of the
    /// features. The challenge carries the hash of what the server has offered (XEP-0474).
    MechanismsShortened = "mechanisms-shortened",
    /// The features offer the bind and no mechanisms: a login is not needed, they say.
    LoginSkipped = "login-skipped",
    /// The features offer compression (XEP-0138) and an extension that nobody knows, both required.
    Extensions = "extensions",
    /// Features behind `<proceed/>`, in one piece.
    FeaturesBehind = "features-behind",
    /// Half an element behind `<proceed/>`, in one piece.
    HalfBehind = "half-behind",
    /// A space behind `<proceed/>`, in one piece.
    SpaceBehind = "space-behind",
    /// A NUL behind `<proceed/>`, in one piece.
    NulBehind = "nul-behind",
    /// Features behind `<proceed/>`, a read of their own.
    FeaturesLater = "features-later",
    /// Half an element behind `<proceed/>`, a read of its own.
    HalfLater = "half-later",
    /// A space behind `<proceed/>`, a read of its own.
    SpaceLater = "space-later",
    /// A NUL behind `<proceed/>`, a read of its own.
    NulLater = "nul-later",
    /// see-other-host to another host.
    RedirectOther = "redirect-other",
    /// see-other-host to itself: a loop.
    RedirectItself = "redirect-itself",
    /// see-other-host to nowhere.
    RedirectEmpty = "redirect-empty",
    /// see-other-host to a port that is none.
    RedirectPort = "redirect-port",
    /// see-other-host to half an IPv6 address.
    RedirectBracket = "redirect-bracket",
    /// see-other-host to 64 KiB.
    RedirectHuge = "redirect-huge",
    /// The right answer from somebody else, and no other.
    AnswerFromOther = "answer-from-other",
    /// An error with the right id from somebody else, then the right answer.
    ForgedFirst = "forged-first",
    /// A request with the awaited id, then the right answer.
    RequestFirst = "request-first",
    /// A message with the awaited id, then the right answer.
    MessageFirst = "message-first",
    /// The bind gives somebody else's JID.
    BoundOther = "bound-other",
    /// The bind gives a JID without a resource.
    BoundBare = "bound-bare",
    /// The bind gives no JID.
    BoundNothing = "bound-nothing",
    /// The bind gives what is no JID.
    BoundNonsense = "bound-nonsense",
    /// A thousand messages before the answer.
    FloodStanzas = "flood-stanzas",
    /// A hundred thousand spaces before the answer.
    FloodSpace = "flood-space",
    /// A thousand empty features before the answer.
    FloodFeatures = "flood-features",
    /// The answer is right, and nothing is read any more: the client's bytes fill the pipe.
    StopsReading = "stops-reading",
    /// A stanza of 2 MiB, without an end.
    EndlessStanza = "endless-stanza",
    /// An attribute of 2 MiB, without an end.
    EndlessAttribute = "endless-attribute",
    /// A hundred thousand levels.
    DeepNesting = "deep-nesting",
    /// After the client's end: a stanza without an end, byte by byte, for ever.
    EndTrickled = "end-trickled",
    /// After the client's end: stanzas for ever, and never the stream's end.
    EndFlooded = "end-flooded",
    /// The stream's end is right, and the encrypted connection closed without `close_notify`.
    EndTruncated = "end-truncated",
}

impl Lie {
    /// True where a client that believes nothing says nothing secret behind the lie: no password and
    /// no proof of one. After the others it has said it already, or may.
    #[must_use]
    pub const fn comes_before_secrets(self) -> bool {
        (self.is_of_challenge() && !matches!(self, Self::Challenges))
            || self.is_injection()
            || matches!(
                self,
                Self::StartTlsStripped
                    | Self::MechanismsUnknown
                    | Self::MechanismsPlain
                    | Self::MechanismsShortened
                    | Self::LoginSkipped
                    | Self::SuccessUnasked
            )
    }

    /// Whether there is such a lie at `step` of such a server.
    pub(super) const fn fits(self, step: Step, role: Role, mechanism: Mechanism) -> bool {
        let digest = matches!(mechanism, Mechanism::DigestMd5);
        let plain = matches!(mechanism, Mechanism::Plain);
        match self {
            Self::OtherQop | Self::OtherAlgorithm | Self::TwoNonces => {
                matches!(step, Step::Challenge) && digest
            }
            Self::ChallengeNotBase64
            | Self::ChallengeHuge
            | Self::Challenges
            | Self::SuccessEarly
            | Self::SuccessEarlyWithData => matches!(step, Step::Challenge),
            _ if self.is_of_challenge() && !matches!(self, Self::SuccessUnasked) => {
                matches!(step, Step::Challenge) && !digest
            }
            Self::SuccessUnasked | Self::MechanismsUnknown | Self::LoginSkipped => {
                matches!(step, Step::AuthFeatures)
            }
            Self::MechanismsPlain => matches!(step, Step::AuthFeatures) && !plain,
            Self::MechanismsShortened => {
                matches!((step, mechanism), (Step::AuthFeatures, Mechanism::ScramSha256))
            }
            Self::ProofMissing
            | Self::ProofEmpty
            | Self::ProofWrong
            | Self::ProofTruncated
            | Self::ProofWrongInChallenge
            | Self::ProofInChallenge
            | Self::ChallengeAgain => matches!(step, Step::Success) && !plain,
            Self::ErrorInSuccess => matches!(step, Step::Success) && !plain && !digest,
            Self::StartTlsStripped => matches!(step, Step::TlsFeatures),
            Self::Extensions => matches!(
                (step, role),
                (Step::TlsFeatures | Step::AuthFeatures, _) | (Step::BindFeatures, Role::Xmpp)
            ),
            _ if self.is_injection() => matches!(step, Step::Proceed),
            Self::AnswerFromOther | Self::ForgedFirst | Self::RequestFirst | Self::MessageFirst => {
                matches!(step, Step::Form | Step::Login | Step::Bind | Step::Session | Step::Answer)
                    && !matches!(role, Role::Router)
            }
            Self::BoundOther | Self::BoundBare | Self::BoundNothing | Self::BoundNonsense => {
                matches!(step, Step::Bind) && matches!(role, Role::Xmpp)
            }
            // What comes before a header is no flood: the first byte of it is wrong.
            Self::FloodStanzas
            | Self::FloodSpace
            | Self::FloodFeatures
            | Self::EndlessStanza
            | Self::EndlessAttribute
            | Self::DeepNesting => !step.is_header() && !matches!(step, Step::Handshake),
            Self::StopsReading => !matches!(step, Step::Handshake),
            Self::EndTrickled | Self::EndFlooded | Self::EndTruncated => matches!(step, Step::End),
            _ => !matches!(step, Step::Handshake | Step::End),
        }
    }

    const fn is_of_challenge(self) -> bool {
        (self as usize) <= (Self::SuccessUnasked as usize)
            || matches!(self, Self::OtherQop | Self::OtherAlgorithm | Self::TwoNonces)
    }

    const fn is_injection(self) -> bool {
        Self::FeaturesBehind as usize <= self as usize && self as usize <= Self::NulLater as usize
    }
}

impl fmt::Display for Lie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
