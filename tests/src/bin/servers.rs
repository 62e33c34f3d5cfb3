//! Real servers for experiments by hand: what `cargo xtask servers` runs.
//!
//! `up` starts a keeper in the background: this program again, which starts the server as the tests
//! do and holds it. The two meet at a socket in the folder. When the keeper ends, however it does,
//! the server ends with it.
#![allow(clippy::print_stderr, reason = "it talks to people")]

use std::{
    env,
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use jabber_tests::keeper;

const USAGE: &str = "Usage: cargo xtask servers up|down|status NAME [DIR]\n\n\
    NAME is prosody, ejabberd, jabberd2, prosody13 or ejabberd24; DIR is by default target/servers/NAME.";

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let folder = |name: &str, rest: &[&str]| match rest {
        [] => Some(PathBuf::from("target/servers").join(name)),
        [folder] => Some(PathBuf::from(folder)),
        _ => None,
    };
    let done = match args.as_slice() {
        ["keep", name, folder] => keeper::keep(name, folder.as_ref()),
        [verb @ ("up" | "down" | "status"), name, rest @ ..] => match folder(name, rest) {
            Some(folder) => match *verb {
                "up" => keeper::up(name, &folder),
                "down" => keeper::down(name, &folder),
                _ => keeper::status(name, &folder),
            },
            None => return usage(),
        },
        _ => return usage(),
    };
    match done {
        Ok(text) => {
            // Who reads it may have enough after the first line.
            let _ = writeln!(io::stdout(), "{}", text.trim_end());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn usage() -> ExitCode {
    eprintln!("{USAGE}");
    ExitCode::from(2)
}
