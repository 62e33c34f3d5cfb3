//! One connection's whole protocol state, without I/O.
//!
//! [`Connection`] joins the XML framing of `jabber-xml` to a dialect and adds what all dialects
//! share: the lifecycle and its statuses, deadlines, the queue, requests, the orderly end. Whoever
//! drives it (the facade's tokio driver, a blocking loop over `std::net`, a test) does what it
//! puts into its [`Effects`] and tells it what came of that:
//!
//! ```text
//! driver                                   Connection                      Effects
//! connect()                           ---> CONNECT, CONNECTING             status, connect
//! connected(security)                 ---> CONNECTED, the dialect starts   status, transmit
//! receive(bytes), ended()             ---> negotiation, then stanzas       stanza, request_ended
//! wrote(n), flushed()                 ---> receipts, STREAMEND             written, returned
//! tls_established(), derived()        <--> start_tls, derive
//! tick() at next_deadline()           ---> time-outs, pings, a new attempt connect
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
mod keepalive;
mod life;
mod outbox;
mod pulse;
mod queue;
mod queue_config;
mod receipt;
mod receive;
mod reconnect;
mod recover;
mod request;
mod send;
mod send_error;
mod wire;
mod write_buffer;

pub use config::{Config, Deadlines};
pub use connection::{AlreadyConnected, Connection, NotReady, Purged};
pub use effects::Effects;
pub use error::{Error, Party, SharedError};
pub use event::{Detail, Elsewhere, Event, Node, Pause};
pub use keepalive::{Keepalive, Probe};
pub use queue::Queue;
pub use queue_config::{AtReady, QueueConfig};
pub use receipt::{Accepted, Receipt, ReturnReason, Returned};
pub use receive::Progress;
pub use reconnect::{Reconnect, Stopped};
pub use request::{RequestEnd, RequestEndKind, RequestId};
pub use send_error::{SendError, SendErrorReason};
pub use wire::{Direction, Part, Tap, Wire};
pub use write_buffer::WriteBuffer;
