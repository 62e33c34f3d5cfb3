use jabber_jid::Jid;
use jabber_sasl::Mechanism;
use jabber_security::Secret;

use super::{Conversation, Lie, Misbehaviour, Step, Transport, refusals};

/// A server that serves one account, and that misbehaves where it is told to; everywhere else it
/// does what it should. It makes any number of [`Conversation`]s, one for each connection.
///
/// See the [module's documentation](super) for an example.
#[derive(Clone, Debug)]
pub struct Server {
    pub(super) role: Role,
    /// Whom it serves: an account, or the domain of a component.
    pub(super) jid: Jid,
    pub(super) secret: Secret,
    pub(super) tls: Tls,
    pub(super) mechanism: Mechanism,
    plan: Vec<(Step, Misbehaviour)>,
    bad_connections: Option<usize>,
}

/// Which protocol it speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Xmpp,
    Legacy,
    Component,
    Router,
}

/// Whether and how a connection comes to be encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Tls {
    /// Never.
    Off,
    /// On request; nothing else is offered before (RFC 6120 §5).
    StartTls,
    /// From the first byte on (XEP-0368).
    Direct,
}

impl Server {
    /// A server of RFC 6120 with that account: STARTTLS, SCRAM-SHA-256, a bind, a session.
    #[must_use]
    pub fn xmpp(account: Jid, password: impl Into<Secret>) -> Self {
        Self::new(Role::Xmpp, account, password.into(), Tls::StartTls, Mechanism::ScramSha256)
    }

    /// A server of XEP-0078 with that account, without TLS. It takes digest and plaintext.
    #[must_use]
    pub fn legacy(account: Jid, password: impl Into<Secret>) -> Self {
        Self::new(Role::Legacy, account, password.into(), Tls::Off, Mechanism::Plain)
    }

    /// A server that a component of that domain may log in to (XEP-0114), without TLS.
    #[must_use]
    pub fn component(domain: Jid, secret: impl Into<Secret>) -> Self {
        Self::new(Role::Component, domain, secret.into(), Tls::Off, Mechanism::Plain)
    }

    /// jabberd 2's router, with one user, who is called like the domain that it may bind: STARTTLS,
    /// DIGEST-MD5.
    #[must_use]
    pub fn jabberd20_component(domain: Jid, secret: impl Into<Secret>) -> Self {
        Self::new(Role::Router, domain, secret.into(), Tls::StartTls, Mechanism::DigestMd5)
    }

    fn new(role: Role, jid: Jid, secret: Secret, tls: Tls, mechanism: Mechanism) -> Self {
        Self { role, jid, secret, tls, mechanism, plan: Vec::new(), bad_connections: None }
    }

    /// Whether and how it encrypts. XEP-0078 and XEP-0114 have no STARTTLS: there it means none.
    #[must_use]
    pub const fn with_tls(mut self, tls: Tls) -> Self {
        self.tls = tls;
        self
    }

    /// The one SASL mechanism that it offers: PLAIN, DIGEST-MD5, or one of SCRAM without `-PLUS`.
    #[must_use]
    pub const fn with_mechanism(mut self, mechanism: Mechanism) -> Self {
        self.mechanism = mechanism;
        self
    }

    /// Does that at that step. The last one that is said for a step counts.
    #[must_use]
    pub fn misbehaving(mut self, step: Step, misbehaviour: Misbehaviour) -> Self {
        self.plan.push((step, misbehaviour));
        self
    }

    /// Misbehaves on the first `connections` of a [`transport`](Self::transport) alone, and serves
    /// well from then on.
    #[must_use]
    pub const fn at_first(mut self, connections: usize) -> Self {
        self.bad_connections = Some(connections);
        self
    }

    /// Its steps, in order.
    #[must_use]
    pub fn steps(&self) -> Vec<Step> {
        use Step::{
            Accept, Answer, AuthFeatures, AuthHeader, Bind, BindFeatures, BindHeader, Challenge,
            End, Form, Handshake, Login, Proceed, Session, Stanza, Success, TlsFeatures, TlsHeader,
        };
        let has_sasl = matches!(self.role, Role::Xmpp | Role::Router);
        let mut steps = match self.tls {
            Tls::StartTls if has_sasl => vec![TlsHeader, TlsFeatures, Proceed, Handshake],
            Tls::Direct => vec![Handshake],
            Tls::Off | Tls::StartTls => Vec::new(),
        };
        steps.push(AuthHeader);
        if has_sasl {
            steps.push(AuthFeatures);
            if self.mechanism != Mechanism::Plain {
                steps.push(Challenge);
            }
            steps.extend([Success, BindHeader, BindFeatures, Bind]);
        }
        match self.role {
            Role::Xmpp => steps.push(Session),
            Role::Legacy => steps.extend([Form, Login]),
            Role::Component => steps.push(Accept),
            Role::Router => {}
        }
        steps.extend([Stanza, Answer, End]);
        steps
    }

    /// The conditions and codes by which it can refuse at a step, the usual one first.
    #[must_use]
    pub fn refusals(&self, step: Step) -> &'static [&'static str] {
        refusals::at(self.role, step)
    }

    /// Whether it can do that at that step; what it can't do it does not do.
    #[must_use]
    pub fn can(&self, step: Step, misbehaviour: &Misbehaviour) -> bool {
        let steps = self.steps();
        let Some(at) = steps.iter().position(|own| *own == step) else { return false };
        let handshake = steps.iter().position(|own| *own == Step::Handshake);
        let encrypted = handshake.is_some_and(|handshake| handshake < at);
        misbehaviour.fits(step)
            && match misbehaviour {
                Misbehaviour::Refuse => !self.refusals(step).is_empty(),
                Misbehaviour::RefuseWith(condition) => {
                    self.refusals(step).contains(&condition.as_ref())
                }
                Misbehaviour::Truncate => encrypted,
                Misbehaviour::Lie(Lie::EndTruncated) => encrypted && step == Step::End,
                Misbehaviour::Lie(lie) => lie.fits(step, self.role, self.mechanism),
                _ => true,
            }
    }

    /// What it does at that step in place of what it should.
    pub(super) fn planned(&self, step: Step) -> Option<&Misbehaviour> {
        let found = self.plan.iter().rev().find(|(planned, _)| *planned == step);
        found.map(|(_, misbehaviour)| misbehaviour).filter(|it| self.can(step, it))
    }

    /// The server's side of one connection.
    #[must_use]
    pub fn conversation(&self) -> Conversation {
        Conversation::new(self.clone())
    }

    /// A transport in memory whose every connection ends here.
    #[must_use]
    pub fn transport(&self) -> Transport {
        Transport::new(self.clone())
    }

    /// The same server as it is on its connection of that number, from 0.
    pub(super) fn on_connection(&self, number: usize) -> Self {
        let mut server = self.clone();
        if self.bad_connections.is_some_and(|bad| number >= bad) {
            server.plan.clear();
        }
        server
    }
}
