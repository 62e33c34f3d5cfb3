//! The accounts that exist, on every server.

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
