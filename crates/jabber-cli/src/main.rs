//! The `jabber` program.
//!
//! Its contract is what scripts rely on: the options, the JSON events and the exit status of
//! `jabber connect`. They are described in `jabber connect --help` and in docs/cli.md.

mod args;
mod connect;
mod demo;
mod output;
mod password;
mod serve;
mod signals;

use std::process::ExitCode;

use args::{Args, Command};
use clap::Parser;
use tracing_subscriber::filter::{EnvFilter, LevelFilter};

fn main() -> ExitCode {
    // Logs go to standard error, and only those that RUST_LOG asks for.
    tracing_subscriber::fmt()
        .with_env_filter(
            EnvFilter::builder().with_default_directive(LevelFilter::OFF.into()).from_env_lossy(),
        )
        .with_writer(std::io::stderr)
        .init();
    let args = Args::parse();
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            anstream::eprintln!("error: the program cannot start: {error}");
            return ExitCode::from(1);
        }
    };
    let status = runtime.block_on(async {
        match args.command {
            Command::Demo(args) => demo::run(args).await,
            Command::Connect(args) => connect::run(*args).await,
            Command::Serve(args) => serve::run(args).await,
            Command::Doctor(_) => {
                output::complain("`jabber doctor` is promised and not there yet", None);
                2
            }
        }
    });
    // A thread may still wait for standard input; it must not keep the program.
    runtime.shutdown_background();
    ExitCode::from(status)
}
