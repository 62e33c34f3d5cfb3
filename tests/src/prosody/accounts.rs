//! The accounts that exist, as files of Prosody's internal storage.

use super::lua;

/// The accounts, each on [`OPTIONAL`](super::OPTIONAL), [`REQUIRED`](super::REQUIRED) and
/// [`UNCOVERED`](super::UNCOVERED).
pub const ACCOUNTS: [Account; 4] = [ALICE, BOB, ZOE, SPACEY];
/// An account like most.
pub const ALICE: Account = Account { name: "alice", password: "wonderland" };
/// Another.
pub const BOB: Account = Account { name: "bob", password: "builder" };
/// An account whose password is not ASCII: two bytes, two bytes, three bytes for a character.
pub const ZOE: Account = Account { name: "zoe", password: "pässwörd-Ω-密码" };
/// An account whose password has spaces, two of them side by side.
pub const SPACEY: Account = Account { name: "spacey", password: "two  words and more" };

/// An account on the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account {
    /// The local part of its address, in lower case.
    pub name: &'static str,
    /// Its password, nothing escaped.
    pub password: &'static str,
}

/// A name as the internal storage writes it in paths: what is not a letter or digit as `%xx`.
pub(super) fn path_part(name: &str) -> String {
    name.bytes().fold(String::new(), |mut path, byte| {
        if byte.is_ascii_alphanumeric() {
            path.push(char::from(byte));
        } else {
            path.push_str(&format!("%{byte:02x}"));
        }
        path
    })
}

/// The content of an account's file for `internal_plain`.
pub(super) fn file(password: &str) -> String {
    format!("return {{ [\"password\"] = {} }};\n", lua::string(password))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_prosodys() {
        assert_eq!(path_part("jabber.test"), "jabber%2etest");
        assert_eq!(path_part("é-1"), "%c3%a9%2d1");
    }
}
