//! Which release of a server: the one that is installed, or a newer one that is unpacked beside it.

use std::{
    env,
    path::{Path, PathBuf},
};

use super::StartError;

/// A release of a server.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Release {
    /// As Debian 12 has it, installed.
    #[default]
    Stable,
    /// As Debian 12's backports have it, unpacked by `cargo xtask setup`; nothing of it is installed.
    Backports,
}

/// Where `cargo xtask setup` unpacks: `JABBER_BACKPORTS`, where it is set, or what root or a user has for
/// such things.
fn folders() -> Vec<PathBuf> {
    let below = |folder: &Path| folder.join("jabber-tests/backports");
    let home = env::var_os("HOME").map(|home| Path::new(&home).join(".cache"));
    let cache = env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or(home);
    let named = env::var_os("JABBER_BACKPORTS").map(PathBuf::from);
    let own = cache.map(|cache| below(&cache));
    named.into_iter().chain([below(Path::new("/var/cache"))]).chain(own).collect()
}

/// The root of an unpacked server.
pub(crate) fn backports(name: &'static str) -> Result<PathBuf, StartError> {
    let unpacked = folders().into_iter().map(|folder| folder.join(name));
    let mut there = unpacked.filter(|folder| folder.join("PACKAGES").is_file());
    there.next().ok_or_else(|| StartError::Unavailable {
        what: name,
        reason: "it is not unpacked; `cargo xtask setup` does that".to_owned(),
    })
}

/// The one entry below `folder` that `wanted` says, as for folders named after the machine or a version.
pub(crate) fn entry(folder: &Path, wanted: impl Fn(&Path) -> bool) -> Option<PathBuf> {
    let entries = folder.read_dir().ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    let mut found: Vec<_> = entries.filter(|path| wanted(path)).collect();
    found.sort();
    found.pop()
}
