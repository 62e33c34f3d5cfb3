//! The load server, as a process that can be ended and started again.

use std::{
    env,
    error::Error,
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

/// On how many addresses of loopback it listens. Of the ports that connections to one address and port
/// may come from, the system takes those of one parity, some 14,000, and when they are used up it tries
/// all of them each time before it takes another: that would be most of what a connection costs.
const ADDRESSES: usize = 8;

/// One, at the same ports and with the same certificate in each of its lives.
pub(crate) struct LoadServer {
    process: Child,
    folder: PathBuf,
    component: u16,
    starttls: u16,
}

impl LoadServer {
    pub(crate) fn start() -> Result<Self, Box<dyn Error>> {
        let folder = env::temp_dir().join(format!("jabber-scale-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let (process, said) = spawn(&folder, 0, 0)?;
        let port = |name: &str| -> Result<u16, Box<dyn Error>> {
            let rest = said.split_once(&format!("\"{name}\":")).ok_or("no port was said")?.1;
            Ok(rest.split([',', '}']).next().unwrap_or_default().parse()?)
        };
        let (component, starttls) = (port("component")?, port("starttls")?);
        Ok(Self { process, folder, component, starttls })
    }

    /// Where clients with TLS, or components, are served: the `number`th of them.
    pub(crate) fn address(&self, secure: bool, number: usize) -> String {
        let port = if secure { self.starttls } else { self.component };
        format!("127.0.0.{}:{port}", 1 + number % ADDRESSES)
    }

    /// The file with the authority's certificate.
    pub(crate) fn authority(&self) -> PathBuf {
        self.folder.join("authority.pem")
    }

    /// At once, with all its connections.
    pub(crate) fn stop(&mut self) -> Result<(), Box<dyn Error>> {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }

    pub(crate) fn restart(&mut self) -> Result<(), Box<dyn Error>> {
        (self.process, _) = spawn(&self.folder, self.component, self.starttls)?;
        Ok(())
    }
}

impl Drop for LoadServer {
    fn drop(&mut self) {
        let _ = self.stop();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The process, and the line by which it says where it listens.
fn spawn(
    folder: &std::path::Path,
    component: u16,
    starttls: u16,
) -> Result<(Child, String), Box<dyn Error>> {
    let mut process = Command::new(env::current_exe()?.with_file_name("load-server"))
        .args(["--component", &component.to_string(), "--starttls", &starttls.to_string()])
        .args(["--addresses", &ADDRESSES.to_string()])
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
