//! What the servers have in common: names, accounts, folders, how they start and end.

mod accounts;
mod error;
mod guard;
mod home;
mod log;
mod ports;
mod ready;
mod release;
mod running;
mod tls;

use std::{
    env, io,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

pub use self::{
    accounts::{ACCOUNTS, ALICE, Account, BOB, SPACEY, ZOE},
    error::StartError,
    ports::Ports,
    release::Release,
    tls::Tls,
};
pub(crate) use self::{
    home::Home,
    log::Log,
    ready::{DEADLINE, answers},
    release::{backports, entry},
    running::{Plan, Running, delegate_server, with_free_ports},
};
use crate::pki::Authority;

/// The domain where STARTTLS is optional.
pub const OPTIONAL: &str = "localhost";
/// The domain where STARTTLS is required, on [`Server::c2s_required`].
pub const REQUIRED: &str = "jabber.test";
/// A domain that is served, and that the certificate does not cover.
pub const UNCOVERED: &str = "uncovered.test";
/// A domain where anybody may log in, and nobody with a password (SASL ANONYMOUS). On
/// [`Server::c2s`].
pub const ANONYMOUS: &str = "anon.test";
/// The name of the component that may connect.
pub const COMPONENT: &str = "comp.localhost";
/// Its secret: with spaces, two of them side by side, and not ASCII.
pub const COMPONENT_SECRET: &str = "component  secret & Ω-密码";

/// A running server, whichever it is. Dropped, it is killed and its folder removed.
pub trait Server: std::fmt::Debug + Send + Sync {
    /// What it is called.
    fn name(&self) -> &'static str;

    /// Where it listens.
    fn ports(&self) -> Ports;

    /// The authority that issued its certificate.
    fn authority(&self) -> &Authority;

    /// What it has written to its logs so far.
    fn log(&self) -> String;

    /// The folder that holds all of it.
    fn folder(&self) -> &Path;

    /// How long it took from the start of the first process until every port had answered.
    fn started_in(&self) -> Duration;

    /// Ends it at once (SIGKILL): connections end without a word. Returns when it is gone. Twice
    /// is as good as once.
    ///
    /// # Errors
    ///
    /// What ending a process may say.
    fn kill(&mut self) -> io::Result<()>;

    /// Asks it to shut down. Returns when it is gone.
    ///
    /// # Errors
    ///
    /// `io::ErrorKind::TimedOut` if it has not ended after [`PATIENCE`](crate::wire::PATIENCE).
    fn stop(&mut self) -> io::Result<()>;

    /// Where clients of [`OPTIONAL`] connect, with or without STARTTLS.
    fn c2s(&self) -> SocketAddr {
        self.ports().c2s
    }

    /// Where clients of [`REQUIRED`] and [`UNCOVERED`] connect and must use STARTTLS. May be
    /// [`c2s`](Self::c2s).
    fn c2s_required(&self) -> SocketAddr {
        self.ports().required
    }

    /// Where clients speak TLS from the first byte (XEP-0368). The certificate covers [`OPTIONAL`]
    /// and [`REQUIRED`].
    fn direct_tls(&self) -> SocketAddr {
        self.ports().direct_tls
    }

    /// Where [`COMPONENT`] connects (XEP-0114).
    fn component(&self) -> SocketAddr {
        self.ports().component
    }
}

/// The program, as a path that exists: as it is, or by `PATH` and where Debian has servers, which
/// is not on everybody's `PATH`.
pub(crate) fn find(program: &Path) -> Option<PathBuf> {
    if program.components().count() > 1 {
        return program.is_file().then(|| program.to_owned());
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = env::split_paths(&path).chain([PathBuf::from("/usr/sbin")]);
    folders.map(|folder| folder.join(program)).find(|file| file.is_file())
}
