//! Which of the offered mechanisms to use.

mod error;
mod reason;

use jabber_security::Security;

pub use self::{
    error::ChooseError,
    reason::{Cause, PassedOver, Reason},
};
use crate::{
    BindingType, Credentials, Exchange, Mechanism, Offer, Policy, Service, credentials::Proof,
    mechanisms, prepare::Prepared,
};

/// A chosen mechanism, ready to start.
#[derive(Debug)]
#[non_exhaustive]
pub struct Choice {
    /// The mechanism, for `<auth mechanism=…/>`.
    pub mechanism: Mechanism,
    /// Why it was chosen and what was passed over, for people.
    pub reason: Reason,
    /// The login itself.
    pub exchange: Exchange,
}

/// Chooses the strongest mechanism that the server offers, the policy permits, the credentials fit,
/// and the pipe is safe for, whatever the order of the server's list (RFC 6120 §6.3.3).
///
/// Nothing is sent here. There is one choice per offer: after a failure nothing weaker is to be
/// tried, because making the stronger one fail is all that an attacker in the middle needs.
///
/// # Errors
/// [`ChooseError`], which lists what was offered, why none of it fits, and what to try.
///
/// # Examples
/// ```
/// use jabber_sasl::{Credentials, Mechanism, Offer, Policy, Service, choose};
/// use jabber_security::Security;
///
/// let choice = choose(
///     &Policy::default(),
///     &Offer::new(["PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256"]),
///     &Credentials::new("alice", "wonderland".into()),
///     &Security::Open,
///     &Service::new("wonderland.example"),
/// )?;
/// assert_eq!(choice.mechanism, Mechanism::ScramSha256);
/// # Ok::<(), jabber_sasl::ChooseError>(())
/// ```
pub fn choose(
    policy: &Policy,
    offer: &Offer<'_>,
    credentials: &Credentials,
    security: &Security,
    service: &Service<'_>,
) -> Result<Choice, ChooseError> {
    if *security == Security::TlsNext {
        return Err(ChooseError::TlsFirst);
    }
    if offer.mechanisms.is_empty() {
        return Err(ChooseError::NothingOffered);
    }
    let rules = Rules { policy: *policy, offer, credentials, security };
    let (chosen, passed_over) = rules.sort();
    let Some((mechanism, binding)) = chosen else {
        return Err(ChooseError::NoneUsable {
            refused: passed_over,
            security: security.to_string(),
        });
    };
    let prepared = Prepared::new(credentials)?;
    let setting = mechanisms::Setting { mechanism, binding, offer, security, service };
    // Nothing usable is missing what it starts with: `Rules::check` saw to that.
    let exchange = mechanisms::start(&setting, credentials, prepared).ok_or_else(|| {
        let refused = vec![PassedOver::new(mechanism.name(), Cause::OtherCredentials)];
        ChooseError::NoneUsable { refused, security: security.to_string() }
    })?;
    let reason = Reason::new(mechanism, binding, passed_over);
    Ok(Choice { mechanism, reason, exchange })
}

type Usable = (Mechanism, Option<BindingType>);

struct Rules<'a> {
    policy: Policy,
    offer: &'a Offer<'a>,
    credentials: &'a Credentials,
    security: &'a Security,
}

impl Rules<'_> {
    fn sort(&self) -> (Option<Usable>, Vec<PassedOver>) {
        let mut usable = Vec::new();
        let mut passed_over = Vec::new();
        for name in &self.offer.mechanisms {
            match name.parse().map_err(|_| Cause::Unknown).and_then(|known| self.check(known)) {
                Ok(found) => usable.push(found),
                Err(cause) => passed_over.push(PassedOver::new(name, cause)),
            }
        }
        let chosen = usable.iter().copied().max_by_key(|(mechanism, _)| *mechanism);
        let chosen = match self.assume_exporter(&passed_over) {
            // Without XEP-0440 nobody knows what a -PLUS of that server wants. Where SCRAM works
            // without, that is the safe way to log in; where it does not, RFC 9266 §3 names the
            // default.
            Some(plus) if chosen.is_none_or(|(best, _)| best < Mechanism::ScramSha1) => {
                passed_over.retain(|passed| passed.name() != plus.name());
                Some((plus, Some(BindingType::TlsExporter)))
            }
            _ => chosen,
        };
        for (mechanism, _) in usable {
            if chosen.is_some_and(|(best, _)| best != mechanism) {
                passed_over.push(PassedOver::new(mechanism.name(), Cause::Weaker));
            }
        }
        (chosen, passed_over)
    }

    fn check(&self, mechanism: Mechanism) -> Result<Usable, Cause> {
        if !self.fits_credentials(mechanism) {
            return Err(Cause::OtherCredentials);
        }
        if !self.policy.allows(mechanism) {
            return Err(Cause::Forbidden);
        }
        let readable = !self.security.protects_secrets() && !self.policy.allows_plaintext();
        if mechanism == Mechanism::Plain && readable {
            return Err(Cause::Unprotected);
        }
        let binding = if mechanism.binds_channel() { Some(self.binding()?) } else { None };
        Ok((mechanism, binding))
    }

    const fn fits_credentials(&self, mechanism: Mechanism) -> bool {
        match self.credentials.proof {
            Proof::Anonymous => matches!(mechanism, Mechanism::Anonymous),
            Proof::External => matches!(mechanism, Mechanism::External),
            Proof::Password { .. } => {
                !matches!(mechanism, Mechanism::Anonymous | Mechanism::External)
            }
        }
    }

    /// The best type that both sides have.
    fn binding(&self) -> Result<BindingType, Cause> {
        let ours = self.security.channel_binding().ok_or(Cause::NoBinding)?;
        let mut available = BindingType::ALL.into_iter().filter(|kind| kind.data(ours).is_some());
        if !BindingType::any(self.security) {
            return Err(Cause::NoBinding);
        }
        let theirs = self.offer.channel_bindings.as_ref().ok_or(Cause::UnlistedBinding)?;
        available.find(|kind| theirs.contains(&kind.name())).ok_or(Cause::NoCommonBinding)
    }

    fn assume_exporter(&self, passed_over: &[PassedOver]) -> Option<Mechanism> {
        let ours = self.security.channel_binding()?;
        BindingType::TlsExporter.data(ours)?;
        let unlisted = passed_over.iter().filter(|passed| passed.cause() == Cause::UnlistedBinding);
        unlisted.filter_map(|passed| passed.name().parse().ok()).max()
    }
}
