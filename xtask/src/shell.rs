//! Running other programs: said before it happens, with an error that can be copied and repeated.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::context::{Context, Failure};

/// A program with its arguments, run at the workspace's root unless told otherwise.
#[derive(Debug)]
pub(crate) struct Run {
    command: Command,
    shown: String,
    colour: bool,
}

impl Run {
    /// `line` is split at white space; arguments with spaces are added by [`arg`](Run::arg).
    pub(crate) fn new(context: &Context, line: &str) -> Run {
        let (program, arguments) = line.split_once(' ').unwrap_or((line, ""));
        Run::program(context, Path::new(program)).args(arguments.split_whitespace())
    }

    /// A program by its path, with what [`args`](Run::args) adds.
    pub(crate) fn program(context: &Context, program: &Path) -> Run {
        let mut command = Command::new(program);
        command.current_dir(&context.root).stdin(Stdio::null());
        // `cargo run` tells this program about its own package. Passed on, it would make build
        // scripts that look at such variables (ring's does) run again at each change between
        // `cargo xtask` and plain cargo.
        for name in PACKAGE_VARIABLES {
            command.env_remove(name);
        }
        for (name, _) in std::env::vars_os().filter(|(name, _)| is_package_variable(name)) {
            command.env_remove(name);
        }
        if context.strict {
            // One name that tests may rely on, however CI was recognised.
            command.env("JABBER_CI", "1");
        }
        if context.colour {
            command.env("CARGO_TERM_COLOR", "always");
        }
        let shown = program.display().to_string();
        Run { command, shown, colour: context.colour }
    }

    /// One more argument.
    pub(crate) fn arg(mut self, arg: impl AsRef<OsStr>) -> Run {
        self.shown.push(' ');
        self.shown.push_str(&arg.as_ref().to_string_lossy());
        self.command.arg(arg);
        self
    }

    /// More arguments.
    pub(crate) fn args<A: AsRef<OsStr>>(self, args: impl IntoIterator<Item = A>) -> Run {
        args.into_iter().fold(self, Run::arg)
    }

    /// A text for a shell, shown by its name alone.
    pub(crate) fn script(mut self, name: &str, text: &str) -> Run {
        self.shown.push_str(&format!(" {name}"));
        self.command.arg(text);
        self
    }

    /// An environment variable for the program.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Run {
        self.shown = format!("{name}={:?} {}", value.as_ref(), self.shown);
        self.command.env(name, value);
        self
    }

    /// Another working folder.
    pub(crate) fn folder(mut self, folder: &Path) -> Run {
        self.command.current_dir(folder);
        self
    }

    /// Runs it with its output passed through.
    pub(crate) fn run(mut self) -> Result<(), Failure> {
        self.announce();
        let status = self.command.status().map_err(|error| self.cannot_start(&error))?;
        if status.success() { Ok(()) } else { Err(self.failed(&status.to_string())) }
    }

    /// Runs it silently and returns its standard output; its standard error is kept for the failure.
    pub(crate) fn read(mut self) -> Result<String, Failure> {
        let output = self.command.output().map_err(|error| self.cannot_start(&error))?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let failure = self.failed(&output.status.to_string());
        Err(Failure(format!("{failure}\n{}", String::from_utf8_lossy(&output.stderr).trim_end())))
    }

    /// Whether it runs and succeeds; nothing is printed.
    pub(crate) fn succeeds(mut self) -> bool {
        let silent = self.command.stdout(Stdio::null()).stderr(Stdio::null()).status();
        silent.is_ok_and(|status| status.success())
    }

    /// Runs it with its output passed through, and returns that too, on failure as well. After
    /// `limit` it is ended.
    pub(crate) fn tee(self, limit: Option<Duration>) -> (Output, Result<(), Failure>) {
        self.tee_some(limit, |_| true)
    }

    /// The same, where only some lines are passed through.
    pub(crate) fn tee_some(
        mut self,
        limit: Option<Duration>,
        shown: fn(&str) -> bool,
    ) -> (Output, Result<(), Failure>) {
        self.announce();
        self.command.stdout(Stdio::piped()).stderr(Stdio::piped());
        if limit.is_some() {
            own_group(&mut self.command);
        }
        let mut child = match self.command.spawn() {
            Ok(child) => child,
            Err(error) => return (Output::default(), Err(self.cannot_start(&error))),
        };
        let (out, err) = (child.stdout.take(), child.stderr.take());
        let out = thread::spawn(move || copy_lines(out, std::io::stdout(), shown));
        let err = thread::spawn(move || copy_lines(err, std::io::stderr(), shown));
        let ended = self.wait(&mut child, limit);
        let (out, err) = (out.join().unwrap_or_default(), err.join().unwrap_or_default());
        (Output { out, err }, ended)
    }

    fn wait(&self, child: &mut Child, limit: Option<Duration>) -> Result<(), Failure> {
        let started = Instant::now();
        loop {
            let status = if limit.is_none() { Some(child.wait()?) } else { child.try_wait()? };
            match (status, limit) {
                (Some(status), _) if status.success() => return Ok(()),
                (Some(status), _) => return Err(self.failed(&status.to_string())),
                (None, Some(limit)) if started.elapsed() > limit => {
                    end(child)?;
                    return Err(self.failed(&format!("ended after {} s", limit.as_secs())));
                }
                (None, _) => thread::sleep(Duration::from_millis(50)),
            }
        }
    }

    fn announce(&self) {
        let line = format!("$ {}", self.shown);
        println!("{}", if self.colour { format!("\u{1b}[2m{line}\u{1b}[0m") } else { line });
    }

    fn failed(&self, how: &str) -> Failure {
        Failure(format!("`{}` failed: {how}", self.shown))
    }

    fn cannot_start(&self, error: &std::io::Error) -> Failure {
        Failure(format!("`{}` could not be started: {error}", self.shown))
    }
}

/// What a program printed, by lines.
#[derive(Debug, Default)]
pub(crate) struct Output {
    /// Its standard output.
    pub(crate) out: Vec<String>,
    /// Its standard error.
    pub(crate) err: Vec<String>,
}

/// So that it can be ended together with the programs that it started: one that lives on would hold
/// the pipes open, and us with them.
pub(crate) fn own_group(command: &mut Command) {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    #[cfg(not(unix))]
    let _ = command;
}

/// Ends it with all of its group.
pub(crate) fn end(child: &mut Child) -> Result<(), Failure> {
    if cfg!(unix) {
        let group = format!("-{}", child.id());
        Command::new("kill").args(["-KILL", "--", &group]).status()?;
    } else {
        child.kill()?;
    }
    child.wait()?;
    Ok(())
}

const PACKAGE_VARIABLES: &[&str] = &[
    "CARGO",
    "CARGO_MANIFEST_DIR",
    "CARGO_MANIFEST_PATH",
    "CARGO_BIN_NAME",
    "CARGO_CRATE_NAME",
    "CARGO_PRIMARY_PACKAGE",
];

fn is_package_variable(name: &OsStr) -> bool {
    name.to_string_lossy().starts_with("CARGO_PKG_")
}

fn copy_lines(from: Option<impl Read>, mut to: impl Write, shown: fn(&str) -> bool) -> Vec<String> {
    let Some(from) = from else { return Vec::new() };
    let mut lines = Vec::new();
    for line in BufReader::new(from).split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line).into_owned();
        if shown(&line) {
            // A closed terminal must not stop the tests.
            let _ = writeln!(to, "{line}");
        }
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn here() -> Context {
        Context { root: ".".into(), strict: false, colour: false }
    }

    #[test]
    fn output_is_kept_and_failure_told() {
        let (printed, ended) =
            Run::new(&here(), "sh -c").arg("echo a; echo b >&2; exit 3").tee(None);
        assert_eq!((printed.out, printed.err), (vec!["a".to_owned()], vec!["b".to_owned()]));
        assert!(ended.unwrap_err().0.contains("exit status: 3"));
    }

    #[test]
    fn what_takes_too_long_is_ended_with_its_children() {
        let started = Instant::now();
        let limit = Some(Duration::from_millis(100));
        let (_, ended) = Run::new(&here(), "sh -c").arg("sleep 60; true").tee(limit);
        assert!(ended.is_err());
        assert!(started.elapsed() < Duration::from_secs(30));
    }
}
