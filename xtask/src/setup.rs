//! `setup`: what the checks need beyond the Rust toolchain, in one table, and how it is installed.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::context::{Context, Failure, Outcome, Report};
use crate::shell::Run;

mod backports;
mod quiet;

/// Everything that is needed: one line each, with the reason.
const NEEDS: &[Need] = &[
    debian("prosody", Probe::Program("prosody"), "a real server of the interoperability tests"),
    debian("ejabberd", Probe::Program("ejabberdctl"), "another"),
    debian("jabberd2", Probe::Program("jabberd2-router"), "another, the only one with a router"),
    backport("prosody13", "a newer Prosody, unpacked beside the other (65 MB with the next)"),
    backport("ejabberd24", "a newer ejabberd, likewise"),
    debian("sqlite3", Probe::Program("sqlite3"), "jabberd2's accounts"),
    debian("python3-venv", Probe::Python("ensurepip"), "slixmpp of the tests of foreign clients"),
    debian("libstrophe-dev", Probe::File("/usr/include/strophe.h"), "another foreign client"),
    debian(
        "libiksemel-dev",
        Probe::File("/usr/include/iksemel.h"),
        "a peer of `cargo xtask bench`",
    ),
    debian("gcc", Probe::Program("cc"), "compiles it, and links what Rust compiles"),
    debian("g++", Probe::Program("c++"), "compiles libFuzzer, which the fuzz targets run under"),
    debian("libc6-dev", Probe::File("/usr/include/stdio.h"), "that needs it"),
    debian("valgrind", Probe::Program("valgrind"), "callgrind counts instructions for the ratchet"),
    debian(
        "ca-certificates",
        Probe::File("/etc/ssl/certs/ca-certificates.crt"),
        "the system's roots, which TLS trusts by default",
    ),
    component("rustfmt", "cargo-fmt", "the formatting"),
    component("clippy", "cargo-clippy", "the lints"),
    tool("cargo-deny", "0.20.2", "cargo-deny", "licences, bans, sources, advisories"),
    tool("typos-cli", "1.52.0", "typos", "spelling"),
];

/// `setup`.
pub(crate) fn run(context: &Context, args: &[String]) -> Outcome {
    let only_check = args.iter().any(|arg| arg == "--check");
    let missing: Vec<&Need> = NEEDS.iter().filter(|need| !need.is_there()).collect();
    for need in NEEDS {
        let state = if need.is_there() {
            context.paint("32", "there  ")
        } else {
            context.paint("1;33", "missing")
        };
        println!("  {state}  {:<16} {}", need.name, need.reason);
    }
    if !only_check && let Err(failure) = install(context, &missing) {
        // Without a network most checks run all the same; what is missing is told below.
        println!("{} {failure}", context.paint("1;31", "not installed:"));
    }
    let left: Vec<&Need> = missing.into_iter().filter(|need| !need.is_there()).collect();
    if left.is_empty() {
        return Ok(Report::of("all is there"));
    }
    let text = format!("missing: {}. Install with:\n{}", names(&left), commands(&left));
    if context.strict || only_check { Err(Failure(text)) } else { Ok(Report::default().warn(text)) }
}

#[derive(Debug, Clone, Copy)]
struct Need {
    name: &'static str,
    source: Source,
    probe: Probe,
    reason: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    Debian,
    Component,
    /// Debian's backports, unpacked and not installed.
    Backports,
    /// A crate of this version.
    Crate(&'static str),
}

#[derive(Debug, Clone, Copy)]
enum Probe {
    Program(&'static str),
    File(&'static str),
    /// A module that `python3` has.
    Python(&'static str),
    /// What [`backports`] unpacks.
    Unpacked(&'static str),
}

const fn debian(name: &'static str, probe: Probe, reason: &'static str) -> Need {
    Need { name, source: Source::Debian, probe, reason }
}

const fn backport(name: &'static str, reason: &'static str) -> Need {
    Need { name, source: Source::Backports, probe: Probe::Unpacked(name), reason }
}

const fn component(name: &'static str, program: &'static str, reason: &'static str) -> Need {
    Need { name, source: Source::Component, probe: Probe::Program(program), reason }
}

const fn tool(
    name: &'static str,
    version: &'static str,
    program: &'static str,
    reason: &'static str,
) -> Need {
    Need { name, source: Source::Crate(version), probe: Probe::Program(program), reason }
}

impl Need {
    fn is_there(&self) -> bool {
        match self.probe {
            Probe::Program(name) => program(name).is_some(),
            Probe::File(path) => Path::new(path).exists(),
            Probe::Python(module) => has_module(module),
            Probe::Unpacked(name) => backports::is_there(name),
        }
    }
}

fn has_module(module: &str) -> bool {
    let import = format!("import {module}");
    let python = Command::new("python3").args(["-c", &import]).stderr(Stdio::null()).status();
    python.is_ok_and(|status| status.success())
}

/// A tool of the table, to be run; without it a check fails in CI and warns elsewhere.
pub(crate) fn tool_or(context: &Context, name: &str) -> Result<PathBuf, Outcome> {
    program(name).ok_or_else(|| {
        let text = format!("NOT CHECKED: {name} is missing, see `cargo xtask setup`");
        if context.strict { Err(Failure(text)) } else { Ok(Report::default().warn(text)) }
    })
}

/// Where a program is, on the search path or where cargo installs.
fn program(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = env::split_paths(&path).collect();
    folders.extend(cargo_bin());
    // A user's path often lacks the folders of system programs.
    folders.extend(["/usr/sbin", "/sbin"].map(PathBuf::from));
    folders.into_iter().map(|folder| folder.join(name)).find(|file| file.is_file())
}

fn cargo_bin() -> Option<PathBuf> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".cargo")))?;
    Some(home.join("bin"))
}

fn install(context: &Context, missing: &[&Need]) -> Result<(), Failure> {
    let of = |wanted: fn(&Source) -> bool| {
        missing.iter().filter(move |need| wanted(&need.source)).copied().collect::<Vec<_>>()
    };
    let packages = of(|source| *source == Source::Debian);
    if !packages.is_empty() && is_root(context) && program("apt-get").is_some() {
        apt(context, &packages)?;
    }
    if !of(|source| *source == Source::Backports).is_empty() && program("apt-get").is_some() {
        backports::install(context)?;
    }
    let components = of(|source| *source == Source::Component);
    if !components.is_empty() && program("rustup").is_some() {
        let names = components.iter().map(|need| need.name);
        Run::new(context, "rustup component add").args(names).run()?;
    }
    for need in of(|source| matches!(source, Source::Crate(_))) {
        cargo_install(context, need)?;
    }
    Ok(())
}

fn apt(context: &Context, packages: &[&Need]) -> Result<(), Failure> {
    let names = || packages.iter().map(|need| need.name);
    let install = || {
        Run::new(context, "apt-get install -y --no-install-recommends")
            .args(names())
            .env("DEBIAN_FRONTEND", "noninteractive")
            .run()
    };
    let _quiet = quiet::Quiet::please()?;
    // A fresh image has no package lists, and lists grow old.
    install().or_else(|_| {
        Run::new(context, "apt-get update").run()?;
        install()
    })?;
    quiet::disable(context, names())
}

fn cargo_install(context: &Context, need: &Need) -> Result<(), Failure> {
    let Source::Crate(version) = need.source else { return Ok(()) };
    // Built to be used a few times: opt-level 1 without LTO takes 86 s for cargo-deny on two
    // cores, its release profile 136 s.
    Run::new(context, "cargo install --locked --quiet")
        .args([need.name, "--version", version])
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
        .run()
}

fn is_root(context: &Context) -> bool {
    Run::new(context, "id -u").read().is_ok_and(|id| id.trim() == "0")
}

fn names(needs: &[&Need]) -> String {
    needs.iter().map(|need| need.name).collect::<Vec<_>>().join(", ")
}

fn commands(needs: &[&Need]) -> String {
    let of = |source: Source| -> Vec<&str> {
        needs.iter().filter(|need| need.source == source).map(|need| need.name).collect()
    };
    let mut lines = Vec::new();
    let (packages, components) = (of(Source::Debian), of(Source::Component));
    if !packages.is_empty() {
        lines.push(format!("  sudo apt-get install {}", packages.join(" ")));
    }
    if !components.is_empty() {
        lines.push(format!("  rustup component add {}", components.join(" ")));
    }
    if needs.iter().any(|need| need.source == Source::Backports) {
        lines.push("  cargo xtask setup    (on Debian 12)".to_owned());
    }
    for need in needs {
        if let Source::Crate(version) = need.source {
            lines.push(format!("  cargo install --locked {} --version {version}", need.name));
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_to_install_is_said_exactly() {
        let gone = debian("gone", Probe::Program("no-such-program-here"), "a test");
        let tool = tool("cargo-gone", "1.2.3", "no-such-program-here", "a test");
        assert!(!gone.is_there());
        assert!(!has_module("no_such_module_here"));
        assert_eq!(
            commands(&[&gone, &tool]),
            "  sudo apt-get install gone\n  cargo install --locked cargo-gone --version 1.2.3"
        );
    }
}
