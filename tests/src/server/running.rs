//! A server's processes, from the first one's start to the last one's end.

use std::{
    fmt::Write as _,
    fs::File,
    io,
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use super::{DEADLINE, Home, Log, Ports, Server, StartError, answers, guard::Guard};
use crate::{pki::Authority, wire::PATIENCE};

/// What is known of a server before its first process.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) name: &'static str,
    pub(crate) ports: Ports,
    pub(crate) authority: Authority,
    pub(crate) home: Home,
    pub(crate) log: Log,
}

/// The processes of one server, the folder they live in, and a guard. Dropped, all are gone.
#[derive(Debug)]
pub(crate) struct Running {
    children: Vec<Child>,
    guard: Guard,
    name: &'static str,
    ports: Ports,
    authority: Authority,
    log: Log,
    begun: Instant,
    started_in: Duration,
    // Last: the folder must outlive the processes.
    home: Home,
}

impl Running {
    /// Nothing runs yet but the guard. The folder is the account's from now on.
    pub(crate) fn new(plan: Plan) -> Result<Self, StartError> {
        let Plan { name, ports, authority, home, log } = plan;
        home.hand_over()?;
        let guard = Guard::of(&home)?;
        let (begun, started_in) = (Instant::now(), Duration::ZERO);
        let children = Vec::new();
        Ok(Self { children, guard, name, ports, authority, log, begun, started_in, home })
    }

    /// One more process, with its standard output and error in the file `output` of the folder, and
    /// nothing of the caller's environment.
    pub(crate) fn spawn(&mut self, mut command: Command, output: &str) -> Result<(), StartError> {
        let folder = self.home.path();
        let output = File::create(folder.join(output))?;
        // What was set for it stays; `env_clear` would forget that too.
        let own: Vec<_> = command
            .get_envs()
            .map(|(name, value)| (name.to_owned(), value.map(ToOwned::to_owned)))
            .collect();
        command.env_clear().env("PATH", "/usr/bin:/bin").env("LANG", "C.UTF-8").env("HOME", folder);
        command.envs(own.into_iter().filter_map(|(name, value)| Some((name, value?))));
        command.current_dir(folder);
        command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
        // An interrupt from the terminal is for the tests: they, or the guard, end the server.
        command.process_group(0);
        self.home.lower(&mut command);
        let child = command.spawn()?;
        let pid = child.id();
        // Dropped from here on, it ends.
        self.children.push(child);
        Ok(self.guard.watch(pid)?)
    }

    /// Returns when the log says what is waited for. Nothing is connected to before: whoever has a
    /// port then would be taken for the server.
    pub(crate) fn until(
        &mut self,
        said: impl Fn(&str) -> Result<bool, StartError>,
    ) -> Result<(), StartError> {
        loop {
            // First the process, then the log: a process may end after its last words were read.
            let ended = self.ended()?;
            if said(&self.log.read())? {
                return Ok(());
            }
            if let Some(status) = ended {
                return Err(self.failed(format!("ended while starting ({status})")));
            }
            if self.begun.elapsed() >= DEADLINE {
                return Err(self.failed(format!("was not ready within {DEADLINE:?}")));
            }
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Returns when every port has answered.
    pub(crate) fn answering(mut self) -> Result<Self, StartError> {
        if let Err(error) = answers(&self.ports, &self.authority) {
            return Err(self.failed(format!("listens, but: {error}")));
        }
        self.started_in = self.begun.elapsed();
        Ok(self)
    }

    /// Its processes, in the order of their start.
    pub(crate) fn pids(&self) -> Vec<u32> {
        self.children.iter().map(Child::id).collect()
    }

    fn failed(&self, reason: String) -> StartError {
        StartError::Failed { server: self.name, reason, log: self.log.tail() }
    }

    fn ended(&mut self) -> io::Result<Option<String>> {
        let mut text = String::new();
        for child in &mut self.children {
            if let Some(status) = child.try_wait()? {
                let _ = write!(text, "{status}");
            }
        }
        Ok(Some(text).filter(|text| !text.is_empty()))
    }
}

impl Server for Running {
    fn name(&self) -> &'static str {
        self.name
    }

    fn ports(&self) -> Ports {
        self.ports
    }

    fn authority(&self) -> &Authority {
        &self.authority
    }

    fn log(&self) -> String {
        self.log.read()
    }

    fn folder(&self) -> &Path {
        self.home.path()
    }

    fn started_in(&self) -> Duration {
        self.started_in
    }

    fn kill(&mut self) -> io::Result<()> {
        // All at once: what is left of a server must not notice that a part is missing.
        for child in &mut self.children {
            child.kill()?;
        }
        for child in &mut self.children {
            child.wait()?;
        }
        self.guard.dismiss();
        Ok(())
    }

    fn stop(&mut self) -> io::Result<()> {
        let end = Instant::now() + PATIENCE;
        // The last one first: it is what clients are connected to, and it needs the others.
        for child in self.children.iter_mut().rev() {
            if child.try_wait()?.is_some() {
                continue;
            }
            self.guard.ask_to_end(child.id())?;
            while child.try_wait()?.is_none() {
                if Instant::now() >= end {
                    return Err(io::ErrorKind::TimedOut.into());
                }
                thread::sleep(Duration::from_millis(10));
            }
        }
        self.guard.dismiss();
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.kill();
    }
}

/// Starts a server on ports that are free now, and on others if somebody was faster.
pub(crate) fn with_free_ports(
    start: impl Fn(Ports) -> Result<Running, StartError>,
) -> Result<Running, StartError> {
    let mut tries = 0;
    loop {
        tries += 1;
        match start(Ports::free()?) {
            Err(StartError::PortTaken) if tries < 5 => {}
            started => return started,
        }
    }
}

/// [`Server`] for a type that is a [`Running`] in its field `running`.
macro_rules! delegate_server {
    ($type:ty) => {
        impl Server for $type {
            fn name(&self) -> &'static str {
                self.running.name()
            }

            fn ports(&self) -> Ports {
                self.running.ports()
            }

            fn authority(&self) -> &Authority {
                self.running.authority()
            }

            fn log(&self) -> String {
                self.running.log()
            }

            fn folder(&self) -> &Path {
                self.running.folder()
            }

            fn started_in(&self) -> std::time::Duration {
                self.running.started_in()
            }

            fn kill(&mut self) -> std::io::Result<()> {
                self.running.kill()
            }

            fn stop(&mut self) -> std::io::Result<()> {
                self.running.stop()
            }
        }
    };
}

pub(crate) use delegate_server;
