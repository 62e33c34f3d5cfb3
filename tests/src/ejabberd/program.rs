//! The program: an installed ejabberd, or one that is unpacked elsewhere.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use super::{NAME, Options};
use crate::server::{Release, StartError, backports, entry, find};

/// Erlang's virtual machine, with ejabberd where it finds it.
pub(super) fn command(options: &Options) -> Result<Command, StartError> {
    let missing =
        |program: &Path| StartError::Missing { program: program.to_owned(), package: NAME };
    match options.release {
        Release::Stable => {
            let erl = find(&options.program).ok_or_else(|| missing(&options.program))?;
            let libraries =
                libraries(Path::new("/")).ok_or_else(|| missing(Path::new("ejabberd.app")))?;
            let mut command = Command::new(erl);
            command.env("ERL_LIBS", libraries);
            Ok(command)
        }
        Release::Backports => unpacked(&backports("ejabberd24")?),
    }
}

/// Not by `erl`, in which the folders of Debian are written: by what that runs.
fn unpacked(root: &Path) -> Result<Command, StartError> {
    let failed = || StartError::Unavailable {
        what: "ejabberd24",
        reason: format!("{} is not complete; remove it for `cargo xtask setup`", root.display()),
    };
    let libraries = libraries(root).ok_or_else(failed)?;
    let erlang = root.join("usr/lib/erlang");
    let machine = entry(&erlang, |path| path.join("bin/erlexec").is_file()).ok_or_else(failed)?;
    let programs = machine.join("bin");
    let mut command = Command::new(programs.join("erlexec"));
    command.env("ROOTDIR", &erlang).env("BINDIR", &programs);
    command.env("EMU", "beam").env("PROGNAME", "erl");
    command.env("LD_LIBRARY_PATH", &libraries).env("ERL_LIBS", libraries);
    Ok(command)
}

/// Where Debian has the Erlang applications: `/usr/lib/` and the machine's name for itself.
fn libraries(root: &Path) -> Option<PathBuf> {
    let has_ejabberd = |machine: &Path| {
        entry(machine, |folder| folder.join("ebin/ejabberd.app").is_file()).is_some()
    };
    entry(&root.join("usr/lib"), has_ejabberd)
}
