use jabber_dialect::Actions;
use jabber_sasl::{Credentials, Policy, Service};
use jabber_security::Security;
use jabber_xml::StreamHeader;

use crate::{Detail, Floor, Peer};

/// What a login has of its dialect.
pub trait Terms {
    /// How texts for people call the peer.
    fn peer(&self) -> &'static Peer;

    /// The header that opens a stream on a pipe of this security.
    fn header(&self, security: &Security) -> StreamHeader;

    /// Whether TLS is required.
    fn tls(&self) -> TlsPolicy;

    /// True where a login, and the password itself, may cross a connection that anybody on the way
    /// can read and change. RFC 6120 §13.8.3 forbids that.
    fn allows_plaintext(&self) -> bool;

    /// Which SASL mechanisms may be used.
    fn policy(&self) -> Policy;

    /// How strong a mechanism has to be, after the logins before; [`Floor::default`] where the user
    /// permits a weaker one. Each [`Progress::Authenticated`](crate::Progress) raises it.
    fn floor(&self) -> Floor;

    /// Who logs in, and by what.
    fn credentials(&self) -> Credentials;

    /// What is logged in to.
    fn service(&self) -> Service<'_>;

    /// Fires the status, as an event of the dialect's own.
    fn tell(&self, detail: Detail, actions: &mut dyn Actions);
}

/// Whether TLS is required. Direct TLS (XEP-0368) is the transport's to choose, and takes place under
/// any policy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TlsPolicy {
    /// STARTTLS or direct TLS; without either the attempt fails before anything secret is sent,
    /// whatever else the peer offers (RFC 7590 §3.1).
    #[default]
    Required,
    /// STARTTLS where the peer offers it. Where it does not, the login goes on only on a pipe that is
    /// private to this machine, or that the dialect's `dangerous_allow_plaintext` permits.
    WhenOffered,
    /// No STARTTLS. On a pipe that is neither encrypted already nor private to this machine the
    /// attempt then fails at once, unless the dialect's `dangerous_allow_plaintext` permits it.
    Off,
}
