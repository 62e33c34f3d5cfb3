//! Newer servers than Debian 12 has, from its backports, unpacked beside what is installed.

use std::env;
use std::path::PathBuf;

use crate::context::{Context, Failure};
use crate::shell::Run;

/// Where the tests look, the first one first (`tests/src/server/release.rs`): what is named, what root
/// has for all accounts, since servers do not run as root, and what a user has.
fn folders() -> Vec<PathBuf> {
    let home = env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
    let own = env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or(home);
    let below = |cache: PathBuf| cache.join("jabber-tests/backports");
    let named = env::var_os("JABBER_BACKPORTS").map(PathBuf::from);
    named.into_iter().chain([below("/var/cache".into())]).chain(own.map(below)).collect()
}

/// True where that server is unpacked.
pub(super) fn is_there(name: &str) -> bool {
    folders().iter().any(|folder| folder.join(name).join("PACKAGES").is_file())
}

/// Fetches and unpacks all of them.
pub(super) fn install(context: &Context) -> Result<(), Failure> {
    let mut folders = folders().into_iter();
    let folder = match env::var_os("JABBER_BACKPORTS") {
        None if !super::is_root(context) => folders.next_back(),
        _ => folders.next(),
    };
    let script = include_str!("backports.sh");
    Run::new(context, "bash -c")
        .script("backports.sh", script)
        .arg("backports")
        .arg(folder.unwrap_or_default())
        .run()
}
