//! The temporary folder of a server, and the account that it runs as.

use std::{
    env, fs, io,
    os::unix::{
        fs::{MetadataExt, PermissionsExt, chown},
        process::CommandExt,
    },
    path::Path,
    process::Command,
};

use tempfile::TempDir;

/// A folder, removed with all it holds when dropped, and whose it is.
#[derive(Debug)]
pub(crate) struct Home {
    folder: TempDir,
    account: Option<Account>,
}

impl Home {
    /// A new folder. As root, no server must run, so it gets the account of its package, which
    /// must be able to reach the folder, and to remove it if the test process dies: where the
    /// temporary folder of the environment does not allow that, it is `/tmp`.
    pub(crate) fn new(account_name: &str) -> io::Result<Self> {
        let folder = closed_in(&env::temp_dir(), account_name)?;
        if fs::metadata(folder.path())?.uid() != 0 {
            return Ok(Self { folder, account: None });
        }
        let account = Some(Account::named(account_name, &fs::read_to_string("/etc/passwd")?)?);
        let folder = if is_for_all(&env::temp_dir()) {
            folder
        } else {
            closed_in(Path::new("/tmp"), account_name)?
        };
        Ok(Self { folder, account })
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Gives the folder and all it holds to the account.
    pub(crate) fn hand_over(&self) -> io::Result<()> {
        self.account.map_or(Ok(()), |account| account.own(self.path()))
    }

    /// Makes the command run as the account, in none of root's groups.
    pub(crate) fn lower(&self, command: &mut Command) {
        if let Some(Account { uid, gid }) = self.account {
            // Without a call of `groups` the standard library drops the supplementary ones.
            command.uid(uid).gid(gid);
        }
    }
}

fn closed_in(parent: &Path, name: &str) -> io::Result<TempDir> {
    // It will hold a key.
    let closed = fs::Permissions::from_mode(0o700);
    let prefix = format!("jabber-{name}-");
    tempfile::Builder::new().prefix(&prefix).permissions(closed).tempdir_in(parent)
}

/// Whether everybody may make and remove folders in this one.
fn is_for_all(folder: &Path) -> bool {
    let allows = |path: &Path, bits: u32| {
        fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & bits == bits)
    };
    allows(folder, 0o003) && folder.ancestors().all(|path| allows(path, 0o001))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Account {
    uid: u32,
    gid: u32,
}

impl Account {
    /// The account of this name in the text of passwd(5).
    fn named(name: &str, passwd: &str) -> io::Result<Self> {
        passwd
            .lines()
            .map(|line| line.split(':').collect::<Vec<_>>())
            .find_map(|fields| match fields.as_slice() {
                [first, _, uid, gid, ..] if *first == name => {
                    Some(Self { uid: uid.parse().ok()?, gid: gid.parse().ok()? })
                }
                _ => None,
            })
            .filter(|account| account.uid != 0)
            .ok_or_else(|| io::Error::other(format!("no account {name:?} to run it as")))
    }

    fn own(self, path: &Path) -> io::Result<()> {
        if fs::symlink_metadata(path)?.is_dir() {
            for entry in fs::read_dir(path)? {
                self.own(&entry?.path())?;
            }
        }
        chown(path, Some(self.uid), Some(self.gid))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_account_is_found_by_its_whole_name_and_is_never_root() {
        let passwd =
            "root:x:0:0::/root:/bin/sh\nprosody2:x:7:8::/:\nprosody:x:102:105::/:/bin/false\n";
        assert_eq!(Account::named("prosody", passwd).unwrap(), Account { uid: 102, gid: 105 });
        assert!(Account::named("root", passwd).is_err());
        assert!(Account::named("nobody", passwd).is_err());
    }

    #[test]
    fn a_closed_folder_and_what_is_below_are_not_for_all() {
        let closed = closed_in(&env::temp_dir(), "test").unwrap();
        let open = closed.path().join("open");
        fs::create_dir(&open).unwrap();
        fs::set_permissions(&open, fs::Permissions::from_mode(0o777)).unwrap();
        assert!(!is_for_all(closed.path()));
        assert!(!is_for_all(&open));
        assert!(!is_for_all(Path::new("/")), "all may pass, not write");
        assert!(is_for_all(Path::new("/tmp")));
    }
}
