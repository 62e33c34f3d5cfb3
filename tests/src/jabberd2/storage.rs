//! The accounts, as rows of an SQLite database.

use std::{
    fmt::Write as _,
    io::{self, Write as _},
    path::Path,
    process::{Command, Stdio},
};

use crate::server::{ACCOUNTS, OPTIONAL, REQUIRED, UNCOVERED};

/// The database's file, in the server's folder.
pub(super) const FILE: &str = "sqlite.db";

/// Makes the database with SQLite's own program: a library would have to be built for it.
pub(super) fn create(sqlite: &Path, folder: &Path) -> io::Result<()> {
    let mut command = Command::new(sqlite);
    // `-batch` and no file of the user's with commands to begin with.
    command.args(["-batch", "-bail", "-init", "/dev/null", FILE]).current_dir(folder);
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = piped.spawn()?;
    if let Some(mut input) = child.stdin.take() {
        input.write_all(sql().as_bytes())?;
    }
    let output = child.wait_with_output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(io::Error::other(format!("sqlite3: {}: {said}", output.status)))
}

fn sql() -> String {
    let mut sql = include_str!("tables.sql").to_owned();
    sql.push_str("BEGIN;\n");
    for domain in [OPTIONAL, REQUIRED, UNCOVERED] {
        for account in ACCOUNTS {
            let (name, password) = (account.name, string(account.password));
            let _ = writeln!(sql, "INSERT INTO authreg VALUES ('{name}', '{domain}', {password});");
            // Without it the session manager knows no such user until the first login.
            let owner = string(&format!("{name}@{domain}"));
            let _ = writeln!(sql, "INSERT INTO active VALUES ({owner}, NULL, 0);");
        }
    }
    sql.push_str("COMMIT;\n");
    sql
}

/// A string as SQL writes it.
fn string(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_doubled() {
        assert_eq!(string("it's"), "'it''s'");
    }
}
