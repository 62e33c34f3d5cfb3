//! Why a server did not start.

use std::{error::Error, io, net::SocketAddr};

use jabber_jid::JidError;

/// Why a [`Server`](crate::Server) did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The domain to serve is none: the caller's fault.
    #[error("{domain:?} is no domain that can be served: give a host name, as \"localhost\"")]
    Domain {
        /// As it was given.
        domain: String,
        /// What is wrong with it, where it is not that the text has a local part or a resource.
        #[source]
        source: Option<JidError>,
    },
    /// An account's name is no local part of a JID: the caller's fault.
    #[error("{name:?} cannot be the name of an account: give what stands before the '@'")]
    User {
        /// As it was given.
        name: String,
        /// What is wrong with it.
        source: JidError,
    },
    /// The name of a router's user is empty or has control characters: the caller's fault.
    #[error("{name:?} cannot be the name of a user of the router: give one to log in with")]
    RouterUser {
        /// As it was given.
        name: String,
    },
    /// The password of an account or of a router's user is empty or has characters that SASLprep (RFC 4013) prohibits: the
    /// caller's fault.
    #[error("the password of {name:?} cannot be used: give one without control characters")]
    Password {
        /// Whose password it is.
        name: String,
    },
    /// A component's name is no domain, or is the server's own: the caller's fault.
    #[error("{name:?} cannot be the name of a component: give a domain other than the server's")]
    Component {
        /// As it was given.
        name: String,
        /// What is wrong with it, where it is no domain.
        #[source]
        source: Option<JidError>,
    },
    /// The system does not let us listen there: the port is taken, or the address is not ours.
    #[error("cannot listen for {what} on {address}: choose a free port, or port 0 for any")]
    Listen {
        /// Who was to connect there: `clients`, `clients with direct TLS` or `components`.
        what: &'static str,
        /// Where.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// No certificate could be made for these names.
    #[error("no certificate could be made for the server's names")]
    Certificate {
        /// What the TLS library said.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The operating system gave no random numbers.
    #[error("the operating system gave no random numbers")]
    Random {
        /// What it said.
        source: Box<dyn Error + Send + Sync>,
    },
}
