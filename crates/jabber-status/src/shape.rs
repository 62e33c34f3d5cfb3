//! What a dialect has, as far as the order of its statuses goes.

/// What a dialect has. The [lifecycle](crate::Lifecycle) follows from it, so a dialect that this
/// project never heard of is checked like its own.
///
/// # Examples
///
/// ```
/// use jabber_status::Shape;
///
/// let xmpp = Shape::new().with_tls().with_restart().with_bind().with_session().with_resume();
/// let legacy_or_component = Shape::new();
/// let jabberd20_component = Shape::new().with_tls().with_restart().with_bind();
/// # assert!(xmpp.session && !legacy_or_component.tls && jabberd20_component.bind);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Shape {
    /// It tells TLS by SSLNEGOTIATE and SSLSUCCESS. Where it does not, TLS is part of CONNECTING.
    pub tls: bool,
    /// The stream begins anew after authentication (RFC 6120 §6.4.6).
    pub restart: bool,
    /// It binds a resource (RFC 6120 §7) or a domain.
    pub bind: bool,
    /// It may establish a session (RFC 3921 §3).
    pub session: bool,
    /// It may resume an earlier session instead of binding (XEP-0198 §5).
    pub resume: bool,
}

impl Shape {
    /// Nothing but connecting and authenticating.
    #[must_use]
    pub const fn new() -> Self {
        Self { tls: false, restart: false, bind: false, session: false, resume: false }
    }

    /// With TLS statuses.
    #[must_use]
    pub const fn with_tls(self) -> Self {
        Self { tls: true, ..self }
    }

    /// With a new stream after authentication.
    #[must_use]
    pub const fn with_restart(self) -> Self {
        Self { restart: true, ..self }
    }

    /// With a bind.
    #[must_use]
    pub const fn with_bind(self) -> Self {
        Self { bind: true, ..self }
    }

    /// With a session, which stays optional in each attempt.
    #[must_use]
    pub const fn with_session(self) -> Self {
        Self { session: true, ..self }
    }

    /// With resumption, which stays optional in each attempt.
    #[must_use]
    pub const fn with_resume(self) -> Self {
        Self { resume: true, ..self }
    }
}
