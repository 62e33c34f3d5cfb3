//! Which row of a table it is that fails.

use std::{
    io::{self, Write},
    thread,
};

/// Says which row it was, if the test fails before it is dropped.
pub(crate) struct Row(String);

pub(crate) fn row(what: impl std::fmt::Display) -> Row {
    Row(what.to_string())
}

impl Drop for Row {
    fn drop(&mut self) {
        if thread::panicking() {
            let _ = writeln!(io::stderr(), "in the row: {}", self.0);
        }
    }
}
