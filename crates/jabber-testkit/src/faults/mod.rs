//! A network that fails: a proxy on the way to a server that cuts, stalls, splits and resets, at
//! any byte, in each direction.
//!
//! It is for tests of a whole program against a whole server, whichever that is: it passes bytes on
//! and knows nothing of what they say. With TLS it sees what anybody on the way sees.
//!
//! # Examples
//! The connection breaks behind the hundredth byte that the server sends; the next one does not.
//! ```no_run
//! use jabber_testkit::faults::{Direction, Fault, FaultProxy, Plan};
//!
//! # async fn example(server: std::net::SocketAddr) -> std::io::Result<()> {
//! let proxy = FaultProxy::start(server, |connection| match connection {
//!     0 => Plan::new().with(Direction::ToClient, 100, Fault::Reset),
//!     _ => Plan::new(),
//! })
//! .await?;
//! // The program under test connects to `proxy.address()`, and should connect again.
//! # Ok(())
//! # }
//! ```

mod pass;
mod plan;
mod proxy;

pub use plan::{Direction, Fault, Plan};
pub use proxy::{FaultProxy, Passed};
