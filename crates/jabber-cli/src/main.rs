//! The `jabber` program.
fn main() {}
