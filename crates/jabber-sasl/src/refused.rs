use std::fmt;

use jabber_security::Untrusted;

use crate::{BindingFlag, FailureCondition};

/// The server has refused the login (RFC 6120 §6.5).
///
/// It stands in the chain of [`source`](std::error::Error::source)s of whatever error the login ended
/// with, so it is found there whichever the dialect.
///
/// # Examples
/// ```
/// use std::error::Error;
///
/// use jabber_sasl::{FailureCondition, LoginRefused};
///
/// fn refused<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a LoginRefused> {
///     std::iter::successors(Some(error), |&error| error.source()).find_map(<dyn Error>::downcast_ref)
/// }
///
/// let error = LoginRefused::new(FailureCondition::AccountDisabled).with_text("call us");
/// assert_eq!(error.to_string(), "account-disabled: call us");
/// assert!(refused(&error).is_some_and(|refused| refused.condition.is_about_credentials()));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoginRefused {
    /// Why.
    pub condition: FailureCondition,
    /// The server's explanation, for people.
    pub text: Option<String>,
    /// What the refused login said of channel binding, where its mechanism has a place for it.
    pub binding_flag: Option<BindingFlag>,
}

impl LoginRefused {
    /// A refusal without a text.
    #[must_use]
    pub const fn new(condition: FailureCondition) -> Self {
        Self { condition, text: None, binding_flag: None }
    }

    /// The same with the server's explanation.
    #[must_use]
    pub fn with_text(mut self, text: impl Into<String>) -> Self {
        self.text = Some(text.into());
        self
    }

    /// The same of a login that said this of channel binding.
    #[must_use]
    pub const fn with_binding_flag(mut self, flag: Option<BindingFlag>) -> Self {
        self.binding_flag = flag;
        self
    }

    /// True if the server may have refused because the login said that it saw no offer of a `-PLUS`
    /// (RFC 5802 §6), which servers do by either of two conditions: then there was one, and somebody
    /// took it out of the list.
    ///
    /// # Examples
    /// ```
    /// use jabber_sasl::{BindingFlag, FailureCondition, LoginRefused};
    ///
    /// let refused = LoginRefused::new(FailureCondition::NotAuthorized);
    /// assert!(!refused.may_be_downgrade());
    /// let refused = refused.with_binding_flag(Some(BindingFlag::NotOffered));
    /// assert!(refused.may_be_downgrade());
    /// ```
    #[must_use]
    pub const fn may_be_downgrade(&self) -> bool {
        use FailureCondition::{MalformedRequest, NotAuthorized};
        matches!(self.binding_flag, Some(BindingFlag::NotOffered))
            && matches!(self.condition, MalformedRequest | NotAuthorized)
    }
}

/// What may be behind a refusal of who saw no offer.
const DOWNGRADE: &str = "; if the password is right, the server may support channel binding, and \
    the list of mechanisms may have been tampered with on the way (or the server's channel binding \
    is broken)";

/// The condition and the text, with control characters escaped, and what else may be behind it.
impl fmt::Display for LoginRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Untrusted::new(self.condition.as_str()).fmt(f)?;
        if let Some(text) = &self.text {
            write!(f, ": {}", Untrusted::new(text))?;
        }
        if self.may_be_downgrade() { f.write_str(DOWNGRADE) } else { Ok(()) }
    }
}

impl std::error::Error for LoginRefused {}
