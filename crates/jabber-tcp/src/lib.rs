//! TCP and TLS for Jabber: a [`Transport`](jabber_transport::Transport) over tokio and rustls.
//!
//! - [`Tcp`] looks names up through the system, tries all addresses (Happy Eyeballs, RFC 8305) and
//!   keeps each one's failure.
//! - [`Unix`] connects to a socket in the file system instead.
//! - [`TlsConfig`] says whom to trust and what to show; made once, it is shared by all connections.
//!
//! # What is verified
//!
//! The peer must have a certificate for [`Target::domain`](jabber_transport::Target::domain),
//! whatever was connected to (RFC 6120 §13.7.2): a chain to a trusted authority, the time, the
//! purpose, and a subject alternative name (DNS, or IP address where the domain is one); never the
//! common name, and a wildcard stands for one label (RFC 9525). TLS is 1.2 or 1.3; older versions
//! do not exist here. Sessions are not resumed: each connection verifies its certificate anew.
//!
//! A certificate or a public key can be pinned besides, or instead
//! ([`pin_certificate`](TlsConfigBuilder::pin_certificate)).
//!
//! # Channel binding
//!
//! Each TLS connection comes with `tls-exporter` (RFC 9266; on TLS 1.2 only where the extended
//! master secret is required, which is the default) and `tls-server-end-point` (RFC 5929; not for
//! certificates whose signature has no hash function of its own, such as Ed25519).
//!
//! # How a connection ends
//!
//! As [`jabber_transport`] says: an end without `close_notify` is
//! [`UnexpectedEof`](std::io::ErrorKind::UnexpectedEof) when reading, so truncation shows;
//! `shutdown` sends `close_notify`, then FIN. With TLS 1.3 the server judges the client's
//! certificate after the handshake: its refusal (an alert) is an error of the first read, of kind
//! [`InvalidData`](std::io::ErrorKind::InvalidData).
//!
//! # What there is not yet
//!
//! SRV records (RFC 6120 §3.2, XEP-0368) are not looked up: the domain's own addresses are used
//! where no server is named. They belong into [`Tcp`]'s `connect`, before the addresses are
//! looked up; nothing else changes, since what is verified does not depend on them.
//!
//! # Examples
//!
//! ```no_run
//! use jabber_tcp::{Tcp, TlsConfig};
//! use jabber_transport::{Target, Transport};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let tls = TlsConfig::builder().add_ca_file("/etc/our-ca.pem")?.build()?;
//! let tcp = Tcp::new(tls);
//! let target = Target::new("example.org", 5223).with_direct_tls(true);
//! let connected = tcp.connect(&target).await?;
//! let encrypted = tcp.start_tls(connected.pipe, &target).await?;
//! println!("{}", encrypted.security); // TLSv1.3 …, verified as example.org
//! # Ok(())
//! # }
//! ```

mod alert;
mod config_error;
mod end_point;
mod eyeballs;
mod fault;
mod handshake;
mod pem;
mod pins;
mod records;
mod roots;
mod tcp;
mod tls_builder;
mod tls_config;
#[cfg(unix)]
mod unix;

pub use config_error::{ConfigError, PemPlace};
pub use tcp::Tcp;
pub use tls_builder::{TlsConfigBuilder, TlsVersion};
pub use tls_config::TlsConfig;
#[cfg(unix)]
pub use unix::Unix;
