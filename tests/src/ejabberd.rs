//! Debian's ejabberd, started and ended by the tests.

mod config;
mod options;
mod program;

use std::{net::SocketAddr, path::Path, sync::OnceLock};

pub use self::options::Options;
use crate::{
    pki::Authority,
    server::{
        ANONYMOUS, COMPONENT, Home, Log, OPTIONAL, Plan, Ports, REQUIRED, Running, Server,
        StartError, delegate_server, with_free_ports,
    },
    skip,
};

const NAME: &str = "ejabberd";

/// A running ejabberd in a folder of its own. All that it can is [`Server`]'s.
///
/// STARTTLS is optional or required by port, so [`REQUIRED`] is on
/// [`c2s_required`](Server::c2s_required).
#[derive(Debug)]
pub struct Ejabberd {
    running: Running,
}

impl Ejabberd {
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
        static SHARED: OnceLock<Result<Ejabberd, StartError>> = OnceLock::new();
        skip::unless_missing(SHARED.get_or_init(|| Self::start(&Options::new())).as_ref())
    }

    /// Starts one and returns when it answers on every port.
    ///
    /// # Errors
    ///
    /// [`StartError::Missing`] if it is not installed; otherwise why it did not start, with the end
    /// of its log.
    pub fn start(options: &Options) -> Result<Self, StartError> {
        let running = with_free_ports(|ports| start_on(ports, options))?;
        Ok(Self { running })
    }

    /// Its process, while it runs.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.running.pids().first().copied().unwrap_or_default()
    }
}

delegate_server!(Ejabberd);

fn start_on(ports: Ports, options: &Options) -> Result<Running, StartError> {
    let mut command = program::command(options)?;
    let authority = Authority::new("A test's authority");
    let identity = authority.issue(&[OPTIONAL, REQUIRED, ANONYMOUS, COMPONENT]);
    let home = Home::new(NAME)?;
    let folder = home.path();
    config::write(folder, options, &ports, &identity, &authority)?;
    let log = Log::of(folder, &["ejabberd.log", "output"]);

    // `ejabberdctl` wants root or its own account, epmd, a cookie and a host name. The virtual
    // machine without a node name needs none of them.
    command.args(["+K", "true", "+sbwt", "none", "-noinput", "-mnesia", "dir"]);
    command.arg(format!("{:?}", folder.join("mnesia")));
    command.args(["-s", "ejabberd", "-eval", config::REGISTER]);
    command.env("ERL_CRASH_DUMP_BYTES", "0");
    command.env("ERL_INETRC", folder.join("inetrc"));
    command.env("EJABBERD_CONFIG_PATH", folder.join("ejabberd.yml"));
    command.env("EJABBERD_LOG_PATH", folder.join("ejabberd.log"));
    let registered = folder.join("registered");
    let mut running = Running::new(Plan { name: NAME, ports, authority, home, log })?;
    running.spawn(command, "output")?;
    running.until(|log| Ok(listens(log, &ports)? && registered.exists()))?;
    running.answering()
}

/// Whether all ports are open, by the log.
fn listens(log: &str, ports: &Ports) -> Result<bool, StartError> {
    if log.contains("Failed to open socket") {
        return Err(StartError::PortTaken);
    }
    let accepts = |protocol: &str, address: SocketAddr, module: &str| {
        let said = format!("Start accepting {protocol} connections at {address} for {module}");
        log.lines().any(|line| line.ends_with(&said))
    };
    Ok(accepts("TCP", ports.c2s, "ejabberd_c2s")
        && accepts("TCP", ports.required, "ejabberd_c2s")
        && accepts("TLS", ports.direct_tls, "ejabberd_c2s")
        && accepts("TCP", ports.component, "ejabberd_service"))
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
        match start_on(ports, &Options::new()) {
            Err(StartError::PortTaken) => {}
            started => drop(skip::unless_missing(started).map(|it| panic!("started: {it:?}"))),
        }
    }
}
