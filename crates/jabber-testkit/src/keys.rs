//! What SCRAM servers of tests know of a password.

use std::sync::{Mutex, PoisonError};

use jabber_sasl::{Mechanism, server::ScramKeys};
use jabber_security::Secret;

/// The fewest that clients take (RFC 7677 §4).
const ITERATIONS: u32 = 4096;

/// They are derived once: tests log in by the thousand, all of them with the same few passwords.
pub(crate) fn scram_keys(mechanism: Mechanism, password: &Secret) -> Result<ScramKeys, String> {
    static KNOWN: Mutex<Vec<(Mechanism, Secret, ScramKeys)>> = Mutex::new(Vec::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let found =
        known.iter().find(|(of, with, _)| *of == mechanism && with.expose() == password.expose());
    if let Some((_, _, keys)) = found {
        return Ok(keys.clone());
    }
    let keys = ScramKeys::derive(mechanism, password, b"transcript", ITERATIONS);
    let keys = keys.map_err(|error| error.to_string())?;
    known.push((mechanism, password.clone(), keys.clone()));
    Ok(keys)
}
