//! `jabber serve`, the real program; where it is too strict, its server in this process.

use std::{
    io::{BufRead, BufReader, Write},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
};

use jabber::{Tcp, TlsConfig};
use jabber_server::{Server, StartTls};
use jabber_tests::{
    pki::Authority,
    server::{ALICE, BOB, OPTIONAL, ZOE},
};
use tempfile::NamedTempFile;

use crate::binary;

/// A component that may connect, and its secret.
pub(crate) const COMPONENT: (&str, &str) = ("echo.localhost", "a secret: 密码");

/// A server on free ports. Dropped, it is killed.
#[derive(Debug)]
pub(crate) struct Serve {
    program: Option<Child>,
    // Dropped, it ends.
    _here: Option<Server>,
    ca: NamedTempFile,
    pub(crate) c2s: SocketAddr,
    pub(crate) direct_tls: SocketAddr,
    pub(crate) components: SocketAddr,
}

impl Serve {
    /// In this process: it offers TLS, and lets clients log in without.
    pub(crate) async fn without_tls() -> Self {
        let mut builder = Server::builder().starttls(StartTls::Optional);
        for account in [ALICE, BOB] {
            builder = builder.user(account.name, account.password);
        }
        let server = builder.start().await.unwrap();
        let mut ca = NamedTempFile::new().unwrap();
        ca.write_all(server.ca_pem().as_bytes()).unwrap();
        let (c2s, direct_tls, components) =
            (server.c2s(), server.direct_tls(), server.components());
        Self { program: None, _here: Some(server), ca, c2s, direct_tls, components }
    }

    pub(crate) fn start() -> Self {
        let ca = NamedTempFile::new().unwrap();
        let mut command = Command::new(binary::path());
        command.args(["serve", "--domain", OPTIONAL]);
        for port in ["--c2s", "--direct-tls", "--components"] {
            command.args([port, "127.0.0.1:0"]);
        }
        for account in [ALICE, BOB, ZOE] {
            command.arg("--user").arg(format!("{}:{}", account.name, account.password));
        }
        command.arg("--component").arg(format!("{}:{}", COMPONENT.0, COMPONENT.1));
        command.arg("--ca-file").arg(ca.path());
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        // From here on it is killed whatever happens.
        let none = SocketAddr::from(([0; 4], 0));
        let mut this = Self {
            program: Some(child),
            _here: None,
            ca,
            c2s: none,
            direct_tls: none,
            components: none,
        };
        let mut said = String::new();
        while !said.contains("Ctrl-C") {
            assert_ne!(stdout.read_line(&mut said).unwrap(), 0, "it ended: {said}");
        }
        let port = |who: &str, how: &str| {
            let mut lines = said.lines().map(str::trim);
            let line = lines.find(|line| line.starts_with(who) && line.contains(how));
            let address = line.and_then(|line| line.split_whitespace().nth(1));
            address.unwrap_or_else(|| panic!("{said}")).parse::<SocketAddr>().unwrap()
        };
        this.c2s = port("clients", "(STARTTLS)");
        this.direct_tls = port("clients", "(direct TLS)");
        this.components = port("components", "XEP-0114");
        this
    }

    /// The file with its CA.
    pub(crate) fn ca(&self) -> &Path {
        self.ca.path()
    }

    /// Trusts it, and nobody else.
    pub(crate) fn trusted(&self) -> Tcp {
        let pem = std::fs::read(self.ca.path()).unwrap();
        let tls = TlsConfig::builder().without_system_roots();
        Tcp::new(tls.add_ca_pem(&pem).unwrap().build().unwrap())
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        if let Some(child) = &mut self.program {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The CA of somebody else.
pub(crate) fn foreign_ca() -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(Authority::new("Somebody").pem().as_bytes()).unwrap();
    file
}
