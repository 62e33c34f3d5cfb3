//! One connection's whole protocol state, without I/O.
//!
//! [`Connection`] joins the XML framing of `jabber-xml` to a dialect and adds what all dialects
//! share: the lifecycle and its statuses, deadlines, the queue, requests, the orderly end. Whoever
//! drives it (the facade's tokio driver, a blocking loop over `std::net`, a test) does what it
//! puts into its [`Effects`] and tells it what came of that:
//!
//! ```text
//! driver                                   Connection                      Effects
//! connect()                           ---> CONNECT, CONNECTING             status
//! connected(security)                 ---> CONNECTED, the dialect starts   status, transmit
//! receive(bytes), ended(), flushed()  ---> negotiation, then stanzas       stanza, request_ended
//! tls_established(), derived()        <--> start_tls, derive
//! tick() at next_deadline()           ---> time-outs
//! shutdown(), halt()                  ---> the end                         close
//! ```

mod acting;
mod attempt;
mod close;
mod config;
mod connection;
mod core;
mod effects;
mod error;
mod event;
mod life;
mod queue;
mod receive;
mod request;
mod send;
mod send_error;
mod wire;

pub use config::{Config, Deadlines, QueueBounds};
pub use connection::{AlreadyConnected, Connection, NotReady, Purged};
pub use effects::Effects;
pub use error::{Error, Party, SharedError};
pub use event::{Detail, Event, Node};
pub use queue::Queue;
pub use receive::Progress;
pub use request::{RequestEnd, RequestEndKind, RequestId};
pub use send_error::{SendError, SendErrorReason};
pub use wire::{Direction, Part, Tap, Wire};
