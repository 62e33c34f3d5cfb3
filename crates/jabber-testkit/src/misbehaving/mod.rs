//! A server that misbehaves, for testing what a client makes of it.
mod act;
mod conversation;
mod fake_tls;
mod login;
mod misbehaviour;
mod refusals;
mod said;
mod serve;
mod server;
mod speaker;
mod step;
mod transport;

pub use act::Act;
pub use conversation::Conversation;
pub use misbehaviour::Misbehaviour;
pub use serve::{BreakablePipe, serve};
pub use server::{Server, Tls};
pub use step::Step;
pub use transport::Transport;
