//! What ends a server when the test process is gone before it could.

use std::{
    io::{self, Write},
    os::unix::process::CommandExt,
    process::{Child, ChildStdin, Command, Stdio},
};

use super::Home;

/// A shell that outlives the test process by the moment it takes to end the server and to remove
/// its folder. It runs as the server's account, and sends it signals: the standard library can
/// only kill.
#[derive(Debug)]
pub(super) struct Guard {
    shell: Child,
    leash: ChildStdin,
}

impl Guard {
    pub(super) fn of(home: &Home) -> io::Result<Self> {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", include_str!("guard.sh"), "guard"]).arg(home.path());
        command.env_clear().env("PATH", "/usr/bin:/bin").current_dir("/");
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        // An interrupt from the terminal is for the tests: the guard's work begins after them.
        command.process_group(0);
        home.lower(&mut command);
        let mut shell = command.spawn()?;
        let leash = shell.stdin.take().ok_or_else(|| io::Error::other("no standard input"))?;
        Ok(Self { shell, leash })
    }

    /// Ends this process too, if the test process is gone.
    pub(super) fn watch(&mut self, pid: u32) -> io::Result<()> {
        self.leash.write_all(format!("watch {pid}\n").as_bytes())
    }

    /// Asks this process to end (SIGTERM).
    pub(super) fn ask_to_end(&mut self, pid: u32) -> io::Result<()> {
        self.leash.write_all(format!("stop {pid}\n").as_bytes())
    }

    /// There is nothing left to guard.
    pub(super) fn dismiss(&mut self) {
        let _ = self.shell.kill();
        let _ = self.shell.wait();
    }
}
