//! Debian's Prosody, started and ended by the tests.

mod accounts;
mod config;
mod lua;
mod options;
mod program;
mod ready;

use std::{
    fs::{self, File},
    io::{self, Write},
    net::SocketAddr,
    path::Path,
    process::{Child, ChildStdin, ExitStatus, Stdio},
    sync::OnceLock,
    thread,
    time::{Duration, Instant},
};

pub use self::options::Options;
pub use crate::server::{
    ACCOUNTS, ALICE, ANONYMOUS, Account, BOB, COMPONENT, COMPONENT_SECRET, OPTIONAL, REQUIRED,
    Release, SPACEY, StartError, Tls, UNCOVERED, ZOE,
};
use crate::{
    pki::Authority,
    server::{Home, Log, Ports, Server},
    skip,
    wire::PATIENCE,
};

const NAME: &str = "Prosody";

/// A running Prosody in a folder of its own. Dropped, it is killed and its folder removed.
#[derive(Debug)]
pub struct Prosody {
    child: Child,
    leash: ChildStdin,
    ports: Ports,
    log: Log,
    authority: Authority,
    started_in: Duration,
    // Last: the folder must outlive the process.
    home: Home,
}

impl Prosody {
    /// The one that all tests of this process share: the default options. It is started when first
    /// asked for, and ends with the process. Whoever ends or floods a server starts one of their
    /// own. Others use its accounts at the same time: address full JIDs.
    ///
    /// `None`: not installed, and the test that asks has been said not to run.
    ///
    /// # Panics
    ///
    /// As [`skip::unless_missing`].
    pub fn shared() -> Option<&'static Self> {
        static SHARED: OnceLock<Result<Prosody, StartError>> = OnceLock::new();
        // Each test that asks is told, not only the first.
        skip::unless_missing(SHARED.get_or_init(|| Self::start(&Options::new())).as_ref())
    }

    /// Starts one and returns when it answers on every port.
    ///
    /// # Errors
    ///
    /// [`StartError::Missing`] if it is not installed; otherwise why it did not start, with the end
    /// of its log.
    pub fn start(options: &Options) -> Result<Self, StartError> {
        let mut tries = 0;
        loop {
            tries += 1;
            match Self::start_on(Ports::free()?.one_for_clients(), options) {
                Err(StartError::PortTaken) if tries < 5 => {}
                started => return started,
            }
        }
    }

    /// Where clients connect, with or without STARTTLS.
    #[must_use]
    pub fn c2s(&self) -> SocketAddr {
        self.ports.c2s
    }

    /// Where clients speak TLS from the first byte (XEP-0368). The certificate covers [`OPTIONAL`]
    /// and [`REQUIRED`].
    #[must_use]
    pub fn direct_tls(&self) -> SocketAddr {
        self.ports.direct_tls
    }

    /// Where [`COMPONENT`] connects (XEP-0114).
    #[must_use]
    pub fn component(&self) -> SocketAddr {
        self.ports.component
    }

    /// The authority that issued its certificate.
    #[must_use]
    pub fn authority(&self) -> &Authority {
        &self.authority
    }

    /// What it has written to its log so far, from level debug up.
    #[must_use]
    pub fn log(&self) -> String {
        self.log.read()
    }

    /// How long it took from the start of the process until every port had answered.
    #[must_use]
    pub fn started_in(&self) -> Duration {
        self.started_in
    }

    /// The folder that holds all of it.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.home.path()
    }

    /// Its process, while it runs.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Ends it at once (SIGKILL): connections end without a word. Returns when it is gone. Twice
    /// is as good as once.
    ///
    /// # Errors
    ///
    /// What ending a process may say.
    pub fn kill(&mut self) -> io::Result<ExitStatus> {
        // `wait` closes the leash that it finds in `child`; it is not there any more.
        self.child.kill()?;
        self.child.wait()
    }

    /// Asks it to shut down: streams get `<system-shutdown/>` and end. Returns when it is gone.
    ///
    /// # Errors
    ///
    /// `io::ErrorKind::TimedOut` if it has not ended after [`PATIENCE`].
    pub fn stop(&mut self) -> io::Result<ExitStatus> {
        if let Some(status) = self.child.try_wait()? {
            return Ok(status);
        }
        self.leash.write_all(b"stop\n")?;
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            if Instant::now() >= end {
                return Err(io::ErrorKind::TimedOut.into());
            }
            thread::sleep(Duration::from_millis(10));
        }
    }

    fn start_on(ports: Ports, options: &Options) -> Result<Self, StartError> {
        let authority = Authority::new("A test's authority");
        let identity = authority.issue(&[OPTIONAL, REQUIRED, ANONYMOUS, COMPONENT]);
        let home = Home::new("prosody")?;
        let folder = home.path();
        let mut command = program::command(options, folder)?;
        config::write_data(folder, options, &identity, &authority)?;
        let configuration = folder.join("prosody.cfg.lua");
        fs::write(&configuration, config::text(folder, options, &ports, &identity)?)?;
        let log = Log::of(folder, &["prosody.log", "output"]);
        log.clear();
        let output = File::create(folder.join("output"))?;
        home.hand_over()?;

        let start = Instant::now();
        command.arg("-F").arg("--config").arg(&configuration).current_dir(folder);
        command.stdin(Stdio::piped()).stdout(output.try_clone()?).stderr(output);
        home.lower(&mut command);
        let mut child = command.spawn()?;
        let leash = child.stdin.take().ok_or_else(|| io::Error::other("no standard input"))?;
        let started_in = Duration::ZERO;
        // From here on, dropping it ends the process.
        let mut this = Self { child, leash, ports, log, authority, started_in, home };
        ready::wait(&mut this.child, &this.log, &this.ports, &this.authority)?;
        this.started_in = start.elapsed();
        Ok(this)
    }
}

impl Drop for Prosody {
    fn drop(&mut self) {
        let _ = self.kill();
    }
}

impl Server for Prosody {
    fn name(&self) -> &'static str {
        NAME
    }

    fn ports(&self) -> Ports {
        self.ports
    }

    fn authority(&self) -> &Authority {
        &self.authority
    }

    fn log(&self) -> String {
        self.log()
    }

    fn folder(&self) -> &Path {
        self.folder()
    }

    fn started_in(&self) -> Duration {
        self.started_in()
    }

    fn kill(&mut self) -> io::Result<()> {
        Self::kill(self).map(drop)
    }

    fn stop(&mut self) -> io::Result<()> {
        Self::stop(self).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn a_port_that_another_has_is_noticed() {
        let mut ports = Ports::free().unwrap();
        let other = TcpListener::bind("127.0.0.1:0").unwrap();
        ports.component = other.local_addr().unwrap();
        match Prosody::start_on(ports, &Options::new()) {
            Err(StartError::PortTaken) => {}
            started => drop(skip::unless_missing(started).map(|it| panic!("started: {it:?}"))),
        }
    }
}
