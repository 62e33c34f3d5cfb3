//! What a test does where the real server is not installed.

use std::{
    borrow::Borrow,
    env,
    ffi::OsStr,
    io::{self, Write},
    thread,
};

use crate::server::StartError;

/// The server, or `None` after saying loudly that the calling test did not run.
///
/// Only a server that is not installed may be skipped: one that does not start is a failure.
///
/// # Panics
///
/// If the server could not be started, or is missing and `CI` or `JABBER_CI` is set: there a skip
/// is a failure.
pub fn unless_missing<T>(started: Result<T, impl Borrow<StartError>>) -> Option<T> {
    let error = match started {
        Ok(server) => return Some(server),
        Err(error) => error,
    };
    let error = error.borrow();
    let absent = matches!(error, StartError::Missing { .. } | StartError::Unavailable { .. });
    if strict() || !absent {
        panic!("{error}");
    }
    let thread = thread::current();
    let name = thread.name().unwrap_or("a test");
    // Not `eprintln!`, whose text the test runner keeps to itself when a test passes.
    let _ = writeln!(io::stderr(), "\n*** DID NOT RUN: {name}: {error} ***\n");
    None
}

/// Whether a test that cannot run is a failure.
#[must_use]
pub fn strict() -> bool {
    ["CI", "JABBER_CI"].into_iter().any(|name| is_set(env::var_os(name).as_deref()))
}

fn is_set(value: Option<&OsStr>) -> bool {
    value.is_some_and(|value| !value.is_empty() && value != "0" && value != "false")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_that_says_no_is_not_set() {
        for value in ["", "0", "false"] {
            assert!(!is_set(Some(OsStr::new(value))), "{value:?}");
        }
        assert!(!is_set(None));
        assert!(is_set(Some(OsStr::new("true"))));
    }

    #[test]
    #[should_panic(expected = "did not start")]
    fn a_server_that_fails_is_no_skip() {
        let error = StartError::Failed {
            server: "It",
            reason: "did not start".to_owned(),
            log: String::new(),
        };
        unless_missing::<()>(Err(error));
    }
}
