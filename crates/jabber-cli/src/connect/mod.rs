//! `jabber connect`: one real connection, until it ends.

mod advice;
pub(crate) mod cause;
mod lines;
mod only;
mod plan;
mod protocol;
mod report;
mod run;

use crate::{args::ConnectArgs, output, signals::Signals};
use plan::Plan;
use run::Run;

/// The exit status.
pub(crate) async fn run(args: ConnectArgs) -> u8 {
    let plan = match Plan::new(&args) {
        Ok(plan) => plan,
        Err(error) => {
            output::complain(&error.what, error.advice);
            return 2;
        }
    };
    let signals = match Signals::listen() {
        Ok(signals) => signals,
        Err(error) => {
            output::complain(format_args!("signals cannot be caught: {error}"), None);
            return 1;
        }
    };
    Run::new(plan, &args, signals).finish().await
}
