//! The load server, and running a driver against it for as long as is decent.

use std::io::{BufRead as _, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::bench::FOLDER;
use crate::bench::drivers::Program;
use crate::bench::rows::{Row, Work};
use crate::context::{Context, Failure};
use crate::shell::{self, Run};

/// What takes longer is ended, and has failed.
const LIMIT: Duration = Duration::from_secs(120);

/// The load server; it ends with this.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    ports: Value,
    authority: PathBuf,
    /// An empty folder.
    nothing: PathBuf,
    /// Whether it and the drivers have a core each.
    pub(crate) pinned: bool,
}

impl Server {
    pub(crate) fn start(context: &Context) -> Result<Self, Failure> {
        let target = context.root.join(FOLDER).join("target");
        let authority = target.join("authority.pem");
        let nothing = target.join("no-certificates");
        std::fs::create_dir_all(&nothing)?;
        let pinned = can_pin(context);
        let mut child = on_core(pinned, "1", &target.join("release/load-server"))
            .arg("--ca-file")
            .arg(&authority)
            // It ends when this is closed, however we do.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        if let Some(out) = child.stdout.take() {
            BufReader::new(out).read_line(&mut line)?;
        }
        let ports = serde_json::from_str(&line)
            .map_err(|_| Failure(format!("the load server has said {line:?}")))?;
        Ok(Self { child, ports, authority, nothing, pinned })
    }

    /// That it has not ended: without it nothing that follows means anything.
    pub(crate) fn check(&mut self) -> Result<(), Failure> {
        match self.child.try_wait()? {
            None => Ok(()),
            Some(status) => Err(Failure(format!("the load server has ended: {status}"))),
        }
    }

    /// A driver, told what to do.
    pub(crate) fn command(&self, program: &Program, row: &Row, work: &Work, n: usize) -> Command {
        let mut command = on_core(self.pinned, "0", &program.path);
        command.args(&program.script);
        command.args(work.arguments.split(' ')).args(["--n", &n.to_string()]);
        let (tls, port) = match (row.tls, program.dialect) {
            (true, _) => ("starttls", "starttls"),
            (false, dialect) => ("none", dialect),
        };
        let port = self.ports.get(port).and_then(Value::as_u64).unwrap_or_default();
        command.args(["--dialect", program.dialect, "--tls", tls]);
        command.arg("--addr").arg(format!("127.0.0.1:{port}"));
        command.arg("--cafile").arg(&self.authority);
        // tokio-xmpp trusts what the system does, and can be told nothing else; libstrophe reads what
        // the system trusts besides. Both do so anew for each connection, which is most of what one
        // costs them: so that there is no more to read than for others, it is this one file.
        command.env("SSL_CERT_FILE", &self.authority).env("SSL_CERT_DIR", &self.nothing);
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether two cores can be told apart. Left to itself, the system has server and driver on one core in
/// one run and on two in the next, and what it takes to wake the other up is four times as much then.
fn can_pin(context: &Context) -> bool {
    Run::new(context, "taskset -c 1 taskset -c 0 true").succeeds()
}

fn on_core(pinned: bool, core: &str, program: &Path) -> Command {
    if !pinned {
        return Command::new(program);
    }
    let mut command = Command::new("taskset");
    command.args(["-c", core]).arg(program);
    command
}

/// Its standard output, if it ends well and in time.
pub(crate) fn read(command: &mut Command) -> Result<String, Failure> {
    read_within(command, LIMIT)
}

fn read_within(command: &mut Command, limit: Duration) -> Result<String, Failure> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    shell::own_group(command);
    let mut child = command.spawn()?;
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let out = thread::spawn(move || all(out));
    let err = thread::spawn(move || all(err));
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break Some(status);
        }
        if begun.elapsed() > limit {
            shell::end(&mut child)?;
            break None;
        }
        thread::sleep(Duration::from_millis(10));
    };
    let (out, err) = (out.join().unwrap_or_default(), err.join().unwrap_or_default());
    match status {
        Some(status) if status.success() => Ok(out),
        Some(status) => Err(Failure(format!("{status}: {}", err.trim_end()))),
        None => Err(Failure(format!("ended after {} s: {}", limit.as_secs(), err.trim_end()))),
    }
}

fn all(from: Option<impl Read>) -> String {
    let mut bytes = Vec::new();
    let _ = from.map(|mut from| from.read_to_end(&mut bytes));
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(text: &str, limit: Duration) -> Result<String, Failure> {
        read_within(Command::new("sh").args(["-c", text]), limit)
    }

    #[test]
    fn what_does_not_end_is_ended() {
        let begun = Instant::now();
        let failure = sh("echo hanging >&2; sleep 60; true", Duration::from_millis(200));
        assert!(failure.unwrap_err().0.contains("hanging"));
        assert!(begun.elapsed() < Duration::from_secs(30));
    }

    #[test]
    fn what_fails_is_told_and_what_does_not_is_read() {
        assert!(sh("echo why >&2; exit 3", LIMIT).unwrap_err().0.contains("why"));
        assert_eq!(sh("echo '{}'", LIMIT).unwrap(), "{}\n");
    }
}
