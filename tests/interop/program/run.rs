//! One run of `jabber connect`.

use std::{
    io::{BufRead, BufReader, Read, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::mpsc::{RecvTimeoutError, Sender, channel},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use jabber_tests::server::Server;

use super::{Told, binary};
use crate::support::Secrets;

/// How long one run may take.
const AT_MOST: Duration = Duration::from_secs(20);

/// `jabber connect`, about to be run.
pub(crate) struct Connect {
    command: Command,
    secrets: Secrets,
}

/// With these options besides, the password in the environment.
pub(crate) fn connect<'a>(
    name: &str,
    password: &str,
    options: impl IntoIterator<Item = &'a str>,
) -> Connect {
    let mut command = Command::new(binary::path());
    command.args(["connect", "--events", "json"]).args(options);
    command.env_remove("RUST_LOG").env("JABBER_PASSWORD", password);
    Connect { command, secrets: Secrets::of(name, password) }
}

/// The CA of that server, in a file.
pub(crate) fn ca_file(server: &dyn Server) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(server.authority().pem().as_bytes()).unwrap();
    file
}

impl Connect {
    pub(crate) fn arg(mut self, arg: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.arg(arg);
        self
    }

    pub(crate) fn without_password(mut self) -> Self {
        self.command.env_remove("JABBER_PASSWORD");
        self
    }

    /// Runs it to its end, nothing on its standard input.
    pub(crate) fn run(self) -> Told {
        self.start().end()
    }

    /// Starts it.
    pub(crate) fn start(mut self) -> Running {
        self.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let started = Instant::now();
        let mut child = self.command.spawn().unwrap();
        let stdin = child.stdin.take();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let mut stderr = child.stderr.take().unwrap();
        let stderr = std::thread::spawn(move || {
            let mut text = String::new();
            stderr.read_to_string(&mut text).unwrap();
            text
        });
        let child = Guarded::new(child);
        Running { child, stdin, stdout, stderr, lines: Vec::new(), started, secrets: self.secrets }
    }
}

/// A run that is under way.
pub(crate) struct Running {
    child: Guarded,
    pub(crate) stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
    stderr: JoinHandle<String>,
    lines: Vec<String>,
    started: Instant,
    secrets: Secrets,
}

impl Running {
    /// Reads until a line has this in it.
    pub(crate) fn until(&mut self, text: &str) {
        loop {
            let mut line = String::new();
            let length = self.stdout.read_line(&mut line).unwrap();
            assert_ne!(length, 0, "it ended without {text}: {:#?}", self.lines);
            self.lines.push(line);
            if self.lines.last().unwrap().contains(text) {
                return;
            }
        }
    }

    pub(crate) fn signal(&self, name: &str) {
        assert!(signal(self.child.child.id(), name));
    }

    /// Ends its standard input, and waits for it.
    pub(crate) fn end(mut self) -> Told {
        drop(self.stdin.take());
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).unwrap();
        self.lines.extend(rest.lines().map(str::to_owned));
        let status = self.child.child.wait().unwrap();
        let took = self.started.elapsed();
        let stderr = self.stderr.join().unwrap();
        for text in self.lines.iter().chain([&stderr]) {
            if let Some(secret) = self.secrets.found_in(text) {
                panic!("{secret:?} is shown: {text}");
            }
        }
        let exit = status.code().unwrap_or_else(|| panic!("{status}: {:#?}", self.lines));
        Told::new(self.lines, stderr, exit, took)
    }

    /// Nobody reads what it prints any more.
    pub(crate) fn close_stdout(self) -> (i32, String) {
        let Self { mut child, stdin, stdout, stderr, .. } = self;
        drop(stdout);
        let status = child.child.wait().unwrap();
        drop(stdin);
        (status.code().unwrap(), stderr.join().unwrap())
    }
}

/// A process that does not outlive its test, nor the time that it may take.
struct Guarded {
    child: Child,
    // Dropped, it calls the watch off.
    _watch: Sender<()>,
}

impl Guarded {
    fn new(child: Child) -> Self {
        let (watch, called_off) = channel();
        let id = child.id();
        std::thread::spawn(move || {
            if called_off.recv_timeout(AT_MOST) == Err(RecvTimeoutError::Timeout) {
                signal(id, "KILL");
            }
        });
        Self { child, _watch: watch }
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        // It has ended already, unless the test has failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn signal(id: u32, name: &str) -> bool {
    Command::new("kill").args(["-s", name, &id.to_string()]).status().unwrap().success()
}
