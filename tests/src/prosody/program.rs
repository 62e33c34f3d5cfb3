//! The program: an installed Prosody, or one that is unpacked elsewhere.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::Options;
use crate::server::{Release, StartError, backports, entry, find};

/// What is run to have a Prosody in `folder`. The environment is emptied: nothing that Lua or Prosody
/// would read from the caller's.
pub(super) fn command(options: &Options, folder: &Path) -> Result<Command, StartError> {
    let mut command = match options.release {
        Release::Stable => {
            let missing =
                || StartError::Missing { program: options.program.clone(), package: "prosody" };
            let mut command = Command::new(find(&options.program).ok_or_else(missing)?);
            command.env_clear();
            command
        }
        Release::Backports => unpacked(&backports("prosody13")?, folder)?,
    };
    command.env("PATH", env::var_os("PATH").unwrap_or_default());
    command.env("LANG", "C.UTF-8").env("HOME", folder);
    Ok(command)
}

/// Its launcher has the folders of Debian written in: a copy gets the right ones.
fn unpacked(root: &Path, folder: &Path) -> Result<Command, StartError> {
    let failed = |reason: &str| StartError::Unavailable {
        what: "prosody13",
        reason: format!(
            "{reason} in {}; remove that folder for `cargo xtask setup`",
            root.display()
        ),
    };
    let launcher = fs::read_to_string(root.join("usr/bin/prosody"))?;
    let library = root.join("usr/lib/prosody");
    let launcher = launcher.replace("'/usr/lib/prosody", &format!("'{}", library.display()));
    let copy = folder.join("prosody.lua");
    fs::write(&copy, launcher)?;

    let machine = |path: &Path| path.join("lua/5.4").is_dir();
    let machine: PathBuf =
        entry(&root.join("usr/lib"), machine).ok_or_else(|| failed("no Lua modules are"))?;
    let scripts = root.join("usr/share/lua/5.4");
    let scripts = scripts.display();
    let mut command = Command::new(root.join("usr/bin/lua5.4"));
    command.arg(copy).env_clear().env("LD_LIBRARY_PATH", &machine);
    command.env("LUA_PATH_5_4", format!("{scripts}/?.lua;{scripts}/?/init.lua"));
    command.env("LUA_CPATH_5_4", machine.join("lua/5.4/?.so"));
    Ok(command)
}
