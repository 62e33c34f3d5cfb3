//! Installing servers without starting them: the tests start their own.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use crate::context::{Context, Failure};
use crate::shell::Run;

/// What Debian's packages ask before they start a service.
const POLICY: &str = "/usr/sbin/policy-rc.d";

/// Packages that bring a service of the same name.
const SERVICES: &[&str] = &["prosody", "ejabberd", "jabberd2"];

/// While it lives, no package starts a service.
#[derive(Debug)]
pub(super) struct Quiet {
    /// Ours, to be removed; an administrator's own policy stays.
    file: Option<PathBuf>,
}

impl Quiet {
    pub(super) fn please() -> io::Result<Quiet> {
        Quiet::at(Path::new(POLICY))
    }

    fn at(path: &Path) -> io::Result<Quiet> {
        match OpenOptions::new().write(true).create_new(true).mode(0o755).open(path) {
            Ok(mut file) => {
                // 101: "action forbidden by policy".
                file.write_all(b"#!/bin/sh\nexit 101\n")?;
                Ok(Quiet { file: Some(path.to_owned()) })
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(Quiet { file: None }),
            Err(error) => Err(error),
        }
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        if let Some(file) = &self.file {
            let _ = fs::remove_file(file);
        }
    }
}

/// What was just installed does not start with the machine either.
pub(super) fn disable<'a>(
    context: &Context,
    packages: impl Iterator<Item = &'a str>,
) -> Result<(), Failure> {
    for name in packages.filter(|name| SERVICES.contains(name)) {
        Run::new(context, "update-rc.d").args([name, "disable"]).run()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_made_and_removed_and_one_that_was_there_is_left() {
        let path = std::env::temp_dir().join(format!("jabber-policy-{}", std::process::id()));
        let ours = Quiet::at(&path).unwrap();
        assert!(fs::read_to_string(&path).unwrap().contains("101"));
        drop(Quiet::at(&path).unwrap());
        assert!(path.exists(), "the second one did not make it");
        drop(ours);
        assert!(!path.exists());
    }
}
