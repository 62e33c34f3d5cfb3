//! Debian's jabberd2, started and ended by the tests: router, session manager and client connector.

mod config;
mod options;
mod storage;

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

pub use self::options::Options;
use crate::{
    pki::Authority,
    server::{
        ANONYMOUS, COMPONENT, Home, Log, OPTIONAL, Plan, Ports, REQUIRED, Running, Server,
        StartError, UNCOVERED, delegate_server, find, with_free_ports,
    },
    skip,
};

/// The router's user that may do everything: bind any name, be the default, see all routes.
pub const ROUTER_USER: &str = "jabberd";
/// A user that may bind only the name that is its own.
pub const LIMITED_USER: &str = "limited.jabber.test";
/// A user that may also see all routes, and bind only its own name.
pub const LOGGER_USER: &str = "logger";
/// The secret of the router's users. Components that speak XEP-0114 have
/// [`COMPONENT_SECRET`](crate::server::COMPONENT_SECRET).
pub const ROUTER_SECRET: &str = "router's  secret-Ω";
/// The name in the router's certificate and its SASL realm.
pub const ROUTER_REALM: &str = "jabberd-router";

const NAME: &str = "jabberd2";
/// The account that Debian's package makes.
const ACCOUNT: &str = "jabber";
/// The processes, in the order of their start.
const PROGRAMS: [&str; 4] = ["jabberd2-router", "jabberd2-sm", "jabberd2-sm", "jabberd2-c2s"];

/// A running jabberd2 in a folder of its own. All that it can is [`Server`]'s.
///
/// A connection that ends may cost the next one, if it is there within milliseconds, its stream
/// (`internal-server-error`): see [`wire::again`](crate::wire::again).
#[derive(Debug)]
pub struct Jabberd2 {
    running: Running,
}

impl Jabberd2 {
    /// The one that all tests of this process share: the default options. It is started when first
    /// asked for, and ends with the process. Whoever ends or floods a server starts one of their
    /// own. Others use its accounts at the same time: address full JIDs, bind names of your own.
    ///
    /// `None`: not installed, and the test that asks has been said not to run.
    ///
    /// # Panics
    ///
    /// As [`skip::unless_missing`].
    pub fn shared() -> Option<&'static Self> {
        static SHARED: OnceLock<Result<Jabberd2, StartError>> = OnceLock::new();
        skip::unless_missing(SHARED.get_or_init(|| Self::start(&Options::new())).as_ref())
    }

    /// Starts one and returns when it answers on every port, and the router has every domain.
    ///
    /// # Errors
    ///
    /// [`StartError::Missing`] if it is not installed; otherwise why it did not start, with the end
    /// of its logs.
    pub fn start(options: &Options) -> Result<Self, StartError> {
        let running = with_free_ports(|ports| start_on(ports.one_for_clients(), options))?;
        Ok(Self { running })
    }

    /// Where the router listens, for jabberd 2.0 components as for those of XEP-0114.
    #[must_use]
    pub fn router(&self) -> SocketAddr {
        self.running.component()
    }

    /// Its processes, while they run: router, session managers (one for accounts, one for those who
    /// have none), client connector.
    #[must_use]
    pub fn pids(&self) -> Vec<u32> {
        self.running.pids()
    }
}

delegate_server!(Jabberd2);

fn start_on(ports: Ports, options: &Options) -> Result<Running, StartError> {
    let find = |program: &Path, package| {
        find(program).ok_or_else(|| StartError::Missing { program: program.to_owned(), package })
    };
    let [router, sm, anonymous, c2s] = PROGRAMS.map(|name| find(&options.folder.join(name), NAME));
    let sqlite = find(Path::new("sqlite3"), "sqlite3")?;
    let modules = modules().ok_or_else(|| StartError::Missing {
        program: PathBuf::from("storage_sqlite.so"),
        package: NAME,
    })?;
    let authority = Authority::new("A test's authority");
    let identity = authority.issue(&[OPTIONAL, REQUIRED, ANONYMOUS, COMPONENT, ROUTER_REALM]);
    let home = Home::new(ACCOUNT)?;
    let folder = home.path();
    config::write(folder, options, &ports, &identity, &modules)?;
    storage::create(&sqlite, folder)?;
    let parts = ["router", "sm", "sm-anon", "c2s"];
    let logs = parts.map(|part| [format!("{part}.log"), format!("{part}.output")]).concat();
    let log = Log::of(folder, &logs.iter().map(String::as_str).collect::<Vec<_>>());

    let mut running = Running::new(Plan { name: NAME, ports, authority, home, log })?;
    let start = |running: &mut Running, program: PathBuf, part: &str| {
        let mut command = Command::new(program);
        command.arg("-c").arg(running.folder().join(format!("{part}.xml")));
        running.spawn(command, &format!("{part}.output"))
    };
    start(&mut running, router?, "router")?;
    // The others wait a whole second before they try a second time.
    running.until(|log| says(log, &[listens(ports.component, "incoming connections")]))?;
    start(&mut running, sm?, "sm")?;
    let domains = [OPTIONAL, REQUIRED, UNCOVERED].map(|name| format!("[{name}] online"));
    running.until(|log| says(log, &domains))?;
    // Not before: who opens the database while it is being opened finds it locked, and gives up.
    start(&mut running, anonymous?, "sm-anon")?;
    running.until(|log| says(log, &[format!("[{ANONYMOUS}] online")]))?;
    start(&mut running, c2s?, "c2s")?;
    let connections = listens(ports.c2s, "connections");
    let secured = listens(ports.direct_tls, "SSL connections");
    running.until(|log| says(log, &[connections.clone(), secured.clone()]))?;
    running.answering()
}

fn listens(address: SocketAddr, what: &str) -> String {
    format!("[127.0.0.1, port={}] listening for {what}", address.port())
}

/// Whether the logs hold all of this.
fn says(log: &str, wanted: &[String]) -> Result<bool, StartError> {
    // The router's words, and the client connector's, which goes on without the port.
    if log.contains("Address already in use") || log.contains("failed to listen") {
        return Err(StartError::PortTaken);
    }
    Ok(wanted.iter().all(|text| log.contains(text)))
}

/// Where Debian has the modules: below `/usr/lib/` and the machine's name for itself.
fn modules() -> Option<PathBuf> {
    let machines = fs::read_dir("/usr/lib").ok()?.filter_map(Result::ok);
    machines
        .map(|machine| machine.path().join("jabberd2"))
        .find(|folder| folder.join("storage_sqlite.so").is_file())
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn a_port_that_another_has_is_noticed() {
        let other = TcpListener::bind("127.0.0.1:0").unwrap();
        let taken = other.local_addr().unwrap();
        let free = Ports::free().unwrap().one_for_clients();
        for ports in [Ports { component: taken, ..free }, Ports { direct_tls: taken, ..free }] {
            match start_on(ports, &Options::new()) {
                Err(StartError::PortTaken) => {}
                started => drop(skip::unless_missing(started).map(|it| panic!("started: {it:?}"))),
            }
        }
    }
}
