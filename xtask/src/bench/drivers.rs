//! Who is measured, and how each is built. What cannot be built is skipped, loudly.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::bench::FOLDER;
use crate::bench::rows::{Dialect, Row, Who};
use crate::context::{Context, Failure};
use crate::shell::Run;

/// Who is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Driver {
    Floor,
    TokioXmpp,
    Libstrophe,
    Iksemel,
    Slixmpp,
    Ours,
    OursAgain,
}

impl Driver {
    /// As in the table.
    pub(crate) const ALL: [Self; 7] = [
        Self::Floor,
        Self::TokioXmpp,
        Self::Libstrophe,
        Self::Iksemel,
        Self::Slixmpp,
        Self::Ours,
        Self::OursAgain,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Floor => "floor",
            Self::TokioXmpp => "tokio-xmpp",
            Self::Libstrophe => "libstrophe",
            Self::Iksemel => "iksemel",
            Self::Slixmpp => "slixmpp",
            Self::Ours => "ours",
            Self::OursAgain => "ours again",
        }
    }

    /// It does so many times less than the cheapest, to be done in about the same time.
    pub(crate) const fn pace(self) -> usize {
        match self {
            Self::Floor | Self::Ours | Self::OursAgain => 1,
            Self::Iksemel => 2,
            Self::TokioXmpp | Self::Libstrophe => 4,
            Self::Slixmpp => 20,
        }
    }

    /// How it logs in for a row; `None` where it cannot.
    fn dialect(self, row: &Row) -> Option<&'static str> {
        if let Who::These(who) = row.who
            && !who.contains(&self)
        {
            return None;
        }
        match (self, row.dialect) {
            // Its components crash while they connect.
            (Self::Libstrophe, Dialect::Component) => None,
            (Self::Libstrophe, Dialect::Either) => Some("client"),
            // It verifies no certificate.
            (Self::Iksemel, _) if row.tls => None,
            // It would have to read what it writes.
            (Self::Floor, _) if row.work.arguments.contains("--window 32") => None,
            (_, Dialect::Client) => Some("client"),
            (_, Dialect::Component | Dialect::Either) => Some("component"),
        }
    }
}

/// A driver that was built for one way to log in.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    pub(crate) path: PathBuf,
    /// What an interpreter is to run.
    pub(crate) script: Option<PathBuf>,
    pub(crate) dialect: &'static str,
}

/// All that were built.
#[derive(Debug, Default)]
pub(crate) struct Drivers {
    programs: BTreeMap<(Driver, &'static str), Program>,
    /// Who is missing, and why.
    pub(crate) missing: Vec<String>,
}

impl Drivers {
    /// Builds all; without ours there is nothing to compare with.
    pub(crate) fn build(context: &Context) -> Result<Self, Failure> {
        let folder = context.root.join(FOLDER);
        let mut drivers = Self::default();
        let built = build_ours(context)?;
        for driver in [Driver::Ours, Driver::OursAgain] {
            drivers.add(driver, &built.join("bench-driver"), None);
        }
        drivers.add(Driver::Floor, &built.join("floor"), None);
        let tried = [
            (Driver::TokioXmpp, tokio_xmpp(context, &folder, &mut drivers)),
            (Driver::Libstrophe, c(context, &folder, Driver::Libstrophe, "strophe", &mut drivers)),
            (Driver::Iksemel, c(context, &folder, Driver::Iksemel, "iksemel", &mut drivers)),
            (Driver::Slixmpp, slixmpp(context, &folder, &mut drivers)),
        ];
        for (driver, tried) in tried {
            let Err(failure) = tried else { continue };
            let text = format!("{} SKIPPED: {failure}", driver.name());
            eprintln!("{}", context.paint("1;33", &format!("*** {text} ***")));
            drivers.missing.push(text);
        }
        Ok(drivers)
    }

    fn add(&mut self, driver: Driver, path: &Path, script: Option<&Path>) {
        for dialect in ["component", "client"] {
            self.add_for(driver, dialect, path, script);
        }
    }

    fn add_for(
        &mut self,
        driver: Driver,
        dialect: &'static str,
        path: &Path,
        script: Option<&Path>,
    ) {
        let program =
            Program { path: path.to_owned(), script: script.map(Path::to_owned), dialect };
        self.programs.insert((driver, dialect), program);
    }

    /// What runs a row for a driver; `None` where it cannot.
    pub(crate) fn program(&self, driver: Driver, row: &Row) -> Option<&Program> {
        self.programs.get(&(driver, driver.dialect(row)?))
    }

    /// Whether it is there at all.
    #[cfg(test)]
    fn is_there(&self, driver: Driver) -> bool {
        self.programs.keys().any(|(known, _)| *known == driver)
    }
}

/// Builds what is in bench/ itself, and says where it is then.
pub(crate) fn build_ours(context: &Context) -> Result<PathBuf, Failure> {
    let folder = context.root.join(FOLDER);
    let target = folder.join("target");
    cargo(context, &folder, &target, &[])?;
    Ok(target.join("release"))
}

fn cargo(
    context: &Context,
    folder: &Path,
    target: &Path,
    arguments: &[&str],
) -> Result<(), Failure> {
    Run::new(context, "cargo build --release --locked")
        .args(arguments)
        .env("CARGO_TARGET_DIR", target)
        .folder(folder)
        .run()
}

/// It has components or clients, by a feature: two programs.
fn tokio_xmpp(context: &Context, folder: &Path, drivers: &mut Drivers) -> Result<(), Failure> {
    let folder = folder.join("peers/tokio-xmpp");
    let target = folder.join("target");
    let built = target.join("release/bench-tokio-xmpp");
    let features: [(&str, &[&str]); 2] =
        [("component", &["--features", "component"]), ("client", &[])];
    for (dialect, arguments) in features {
        cargo(context, &folder, &target, arguments)?;
        let kept = target.join("release").join(format!("{dialect}-driver"));
        fs::copy(&built, &kept)?;
        drivers.add_for(Driver::TokioXmpp, dialect, &kept, None);
    }
    Ok(())
}

/// One file of C, and Debian's package `libNAME-dev`.
fn c(
    context: &Context,
    folder: &Path,
    driver: Driver,
    name: &str,
    drivers: &mut Drivers,
) -> Result<(), Failure> {
    let built = folder.join("target").join(format!("{name}-driver"));
    let compiled = Run::new(context, "cc -O2 -o")
        .arg(&built)
        .arg(folder.join("peers").join(name).join("driver.c"))
        .arg(format!("-l{name}"))
        .run();
    compiled
        .map_err(|failure| Failure(format!("{failure}; it needs Debian's lib{name}-dev and cc")))?;
    drivers.add(driver, &built, None);
    Ok(())
}

/// From PyPI, in an environment of its own; the versions are those of the tests.
fn slixmpp(context: &Context, folder: &Path, drivers: &mut Drivers) -> Result<(), Failure> {
    let environment = folder.join("target/slixmpp");
    let (python, made_of) = (environment.join("bin/python"), environment.join("made-of"));
    let list = context.root.join("tests/foreign/slixmpp/requirements.txt");
    let wanted = fs::read_to_string(&list)?;
    if fs::read_to_string(&made_of).ok().as_ref() != Some(&wanted) {
        Run::new(context, "python3 -m venv --clear").arg(&environment).run()?;
        Run::program(context, &python)
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
            .args(["--retries", "2", "--no-deps", "--requirement"])
            .arg(&list)
            .run()?;
        fs::write(&made_of, wanted)?;
    }
    drivers.add(Driver::Slixmpp, &python, Some(&folder.join("peers/slixmpp/driver.py")));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::rows::ROWS;

    #[test]
    fn who_cannot_is_not_asked() {
        let named = |part: &str| ROWS.iter().find(|row| row.name.contains(part)).unwrap();
        let small = named("small message, component");
        assert_eq!(Driver::Libstrophe.dialect(small), None);
        assert_eq!(Driver::Libstrophe.dialect(named("event")), Some("client"));
        assert_eq!(Driver::Iksemel.dialect(named("over TLS")), None);
        assert_eq!(Driver::TokioXmpp.dialect(named("filters")), None);
        for row in ROWS {
            assert!(Driver::Ours.dialect(row).is_some(), "{}", row.name);
        }
        let mut drivers = Drivers::default();
        drivers.add(Driver::Ours, Path::new("x"), None);
        assert!(drivers.program(Driver::Ours, small).is_some());
        assert!(!drivers.is_there(Driver::Floor));
    }
}
