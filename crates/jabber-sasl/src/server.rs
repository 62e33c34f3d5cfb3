//! The server's side of SCRAM, PLAIN and DIGEST-MD5 (feature `server`), for embedded servers and for tests.
//!
//! It is small: no users are kept here, and nothing is sent. Look the user up by
//! [`ScramServer::username`], make a [`ScramServer`] with what is stored of the password, and hand
//! the two messages through.
//!
//! # Examples
//! ```
//! use jabber_sasl::{Mechanism, server::ScramServer};
//! use jabber_security::Secret;
//!
//! # fn login(client_first: &[u8], client_final: &[u8], fresh_nonce: &str)
//! # -> Result<(), jabber_sasl::server::ServerError> {
//! let username = ScramServer::username(client_first)?;
//! let password = Secret::from("wonderland"); // what is stored for `username`
//! let salt = b"sixteen bytes...";
//!
//! let mut login =
//!     ScramServer::new(Mechanism::ScramSha256, fresh_nonce, salt, 4096, &password)?;
//! let (username, challenge) = login.first(client_first)?;
//! // ... the challenge goes out, `client_final` comes in ...
//! let success = login.finish(client_final)?; // `v=...`, the data of the success
//! # Ok(())
//! # }
//! ```

mod client_first;
mod digest_md5;
mod error;
mod keys;
mod plain;
mod scram;

pub use self::{
    digest_md5::{DigestMd5Login, DigestMd5Server},
    error::ServerError,
    keys::ScramKeys,
    plain::PlainLogin,
    scram::ScramServer,
};

/// A fresh nonce for [`ScramServer::new`]: 192 random bits.
pub fn nonce(entropy: &mut dyn jabber_security::Entropy) -> String {
    crate::scram::nonce(entropy)
}
