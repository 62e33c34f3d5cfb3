//! What an error was caused by.

use std::error::Error;

use jabber_connection::SharedError;

/// The first error of that type, wherever in the chain it is.
#[must_use]
pub fn find<'a, T: Error + 'static>(error: Option<&'a (dyn Error + 'static)>) -> Option<&'a T> {
    let mut next = error;
    while let Some(error) = next {
        // A transport's or dialect's error is kept shared; the chain shows the `Arc` first.
        let shared = error.downcast_ref::<SharedError>();
        let error = shared.map_or(error, |shared| &**shared);
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = error.source();
    }
    None
}
