use std::fmt;

use jabber_security::Untrusted;

use crate::FailureCondition;

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
}

impl LoginRefused {
    /// A refusal without a text.
    #[must_use]
    pub const fn new(condition: FailureCondition) -> Self {
        Self { condition, text: None }
    }

    /// The same with the server's explanation.
    #[must_use]
    pub fn with_text(mut self, text: impl Into<String>) -> Self {
        self.text = Some(text.into());
        self
    }
}

/// The condition and the text, with control characters escaped.
impl fmt::Display for LoginRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Untrusted::new(self.condition.as_str()).fmt(f)?;
        match &self.text {
            Some(text) => write!(f, ": {}", Untrusted::new(text)),
            None => Ok(()),
        }
    }
}

impl std::error::Error for LoginRefused {}
