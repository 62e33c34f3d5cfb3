//! The same through the program `jabber`: its JSON, its exit status, its standard error.

mod binary;
mod dialects;
mod filter;
mod mistakes;
mod outcomes;
mod reconnect;
mod refused;
mod run;
mod stopped;
mod told;

pub(crate) use run::{Running, connect};
pub(crate) use told::Told;
