use crate::{BindingType, Mechanism};

/// The outcome of a login. It exists only after a success whose proof was verified: nothing but
/// [`Exchange::success`](crate::Exchange::success) makes one.
///
/// # Examples
/// No other crate can make one, not even for a mechanism without a proof:
///
/// ```compile_fail,E0624
/// let _ = jabber_sasl::Authenticated::one_sided(jabber_sasl::Mechanism::Plain);
/// ```
///
/// ```compile_fail,E0451
/// let _ = jabber_sasl::Authenticated {
///     mechanism: jabber_sasl::Mechanism::ScramSha256,
///     mutual: true,
///     binding: None,
///     list_verified: true,
/// };
/// ```
///
/// Nor does one come of nothing:
///
/// ```compile_fail,E0277
/// let _: jabber_sasl::Authenticated = Default::default();
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authenticated {
    mechanism: Mechanism,
    mutual: bool,
    binding: Option<BindingType>,
    list_verified: bool,
}

/// A server's signature or `rspauth` was compared and found right. Only the comparisons make one.
pub(crate) struct ServerProved(());

impl ServerProved {
    /// Compares in constant time, so that timing does not tell how much of a guess was right.
    pub(crate) fn compare(expected: &[u8], received: &[u8]) -> Option<Self> {
        bool::from(subtle::ConstantTimeEq::ct_eq(expected, received)).then_some(Self(()))
    }
}

impl Authenticated {
    /// By a mechanism in which the server has nothing to prove.
    pub(crate) const fn one_sided(mechanism: Mechanism) -> Self {
        Self { mechanism, mutual: false, binding: None, list_verified: false }
    }

    /// By a mechanism in which the server proves that it knows the password too.
    pub(crate) const fn mutual(mechanism: Mechanism, _proved: &ServerProved) -> Self {
        Self { mechanism, mutual: true, binding: None, list_verified: false }
    }

    pub(crate) const fn with_binding(mut self, binding: Option<BindingType>) -> Self {
        self.binding = binding;
        self
    }

    pub(crate) const fn with_list_verified(mut self, verified: bool) -> Self {
        self.list_verified = verified;
        self
    }

    /// The mechanism that was used.
    #[must_use]
    pub const fn mechanism(&self) -> Mechanism {
        self.mechanism
    }

    /// True if the server proved that it knows the password (or what was derived from it).
    #[must_use]
    pub const fn is_mutual(&self) -> bool {
        self.mutual
    }

    /// The channel binding that ties the login to the TLS channel, with a `-PLUS` mechanism.
    #[must_use]
    pub const fn channel_binding(&self) -> Option<BindingType> {
        self.binding
    }

    /// True if the server confirmed the lists it had offered (XEP-0474), so that nobody removed a
    /// stronger mechanism from them.
    #[must_use]
    pub const fn is_downgrade_protected(&self) -> bool {
        self.list_verified
    }
}
