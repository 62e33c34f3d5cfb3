//! The load servers, as processes that can be ended and started again.

use std::{
    env,
    error::Error,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// On how many addresses of loopback each listens. Of the ports that connections to one address and port
/// may come from, the system takes those of one parity, some 14,000, and when they are used up it tries
/// all of them each time before it takes another: that would be most of what a connection costs.
const ADDRESSES: usize = 8;

/// As many as there are workers: what one may not open the other may not accept.
pub(crate) struct LoadServers {
    servers: Vec<LoadServer>,
    folder: PathBuf,
}

impl LoadServers {
    pub(crate) fn start(count: usize) -> Result<Self, Box<dyn Error>> {
        let folder = env::temp_dir().join(format!("jabber-scale-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let mut servers = Self { servers: Vec::new(), folder };
        for number in 0..count {
            let server = LoadServer::start(1 + number * ADDRESSES, &servers.folder)?;
            servers.servers.push(server);
        }
        Ok(servers)
    }

    pub(crate) fn addresses(&self) -> Addresses {
        let ports = |server: &LoadServer| (server.first, server.component, server.starttls);
        Addresses(self.servers.iter().map(ports).collect())
    }

    /// The file with the authority's certificate.
    pub(crate) fn authority(&self) -> PathBuf {
        self.folder.join("authority.pem")
    }

    /// At once, with all their connections.
    pub(crate) fn stop(&mut self) -> Result<(), Box<dyn Error>> {
        for server in &mut self.servers {
            server.process.kill()?;
            server.process.wait()?;
        }
        Ok(())
    }

    pub(crate) fn restart(&mut self) -> Result<(), Box<dyn Error>> {
        for server in &mut self.servers {
            (server.process, _) =
                spawn(&self.folder, server.first, server.component, server.starttls)?;
        }
        Ok(())
    }
}

impl Drop for LoadServers {
    fn drop(&mut self) {
        let _ = self.stop();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Of each server: the first of its addresses, and its ports.
#[derive(Clone, Debug)]
pub(crate) struct Addresses(Vec<(usize, u16, u16)>);

impl Addresses {
    /// Where the `number`th connection is served: a client with TLS, or a component.
    pub(crate) fn of(&self, secure: bool, number: usize) -> String {
        let (first, component, starttls) = self.0[number % self.0.len()];
        let port = if secure { starttls } else { component };
        format!("127.0.0.{}:{port}", first + number / self.0.len() % ADDRESSES)
    }
}

/// One, at the same ports and with the same certificate in each of its lives.
struct LoadServer {
    process: Child,
    first: usize,
    component: u16,
    starttls: u16,
}

impl LoadServer {
    fn start(first: usize, folder: &Path) -> Result<Self, Box<dyn Error>> {
        let (process, said) = spawn(folder, first, 0, 0)?;
        let port = |name: &str| -> Result<u16, Box<dyn Error>> {
            let rest = said.split_once(&format!("\"{name}\":")).ok_or("no port was said")?.1;
            Ok(rest.split([',', '}']).next().unwrap_or_default().parse()?)
        };
        let (component, starttls) = (port("component")?, port("starttls")?);
        Ok(Self { process, first, component, starttls })
    }
}

/// The process, and the line by which it says where it listens.
fn spawn(
    folder: &Path,
    first: usize,
    component: u16,
    starttls: u16,
) -> Result<(Child, String), Box<dyn Error>> {
    let mut process = Command::new(env::current_exe()?.with_file_name("load-server"))
        .args(["--component", &component.to_string(), "--starttls", &starttls.to_string()])
        .args(["--addresses", &ADDRESSES.to_string(), "--first", &first.to_string()])
        .arg("--identity")
        .arg(folder.join("identity.pem"))
        .arg("--ca-file")
        .arg(folder.join("authority.pem"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let out = process.stdout.take().ok_or("it has no output")?;
    let mut said = String::new();
    BufReader::new(out).read_line(&mut said)?;
    Ok((process, said))
}
