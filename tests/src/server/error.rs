//! Why a server did not start.

use std::{io, path::PathBuf};

use thiserror::Error;

/// Why a server did not start.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StartError {
    /// It is not installed: a reason for which a test may be skipped.
    #[error("{} is not installed; on Debian: apt-get install {package}", program.display())]
    Missing {
        /// What was looked for.
        program: PathBuf,
        /// The Debian package that has it.
        package: &'static str,
    },
    /// It cannot be had from where it is to come: a test may be skipped for this too.
    #[error("{what} cannot be had: {reason}")]
    Unavailable {
        /// What it is, and from where.
        what: &'static str,
        /// What was said about it.
        reason: String,
    },
    /// It is there, and did not come up.
    #[error("{server} {reason}; the end of what it said:\n{log}")]
    Failed {
        /// The server's name.
        server: &'static str,
        /// What went wrong.
        reason: String,
        /// The last lines of its log and of its output.
        log: String,
    },
    /// Another process took a port between its choice and its use, each time it was tried.
    #[error("each of several choices of free ports was taken by others meanwhile")]
    PortTaken,
    /// The folder or the process could not be made.
    #[error("the server's folder or process could not be made: {0}")]
    Io(#[from] io::Error),
}
