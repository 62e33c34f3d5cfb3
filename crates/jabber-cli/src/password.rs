use std::{
    fs,
    io::{self, IsTerminal},
    path::Path,
};

use jabber::Secret;
use zeroize::Zeroizing;

/// The variable of the environment that may hold the password.
const VARIABLE: &str = "JABBER_PASSWORD";

/// Finds the password: the file's first line, the environment, the terminal.
///
/// Never an argument: those can be read by everybody on the machine.
pub(crate) fn find(file: Option<&Path>, who: &str) -> Result<Secret, PasswordError> {
    if let Some(file) = file {
        let text = fs::read_to_string(file)
            .map(Zeroizing::new)
            .map_err(|source| PasswordError::File { file: file.display().to_string(), source })?;
        let line = text.split('\n').next().unwrap_or_default();
        return Ok(Secret::from(line.strip_suffix('\r').unwrap_or(line)));
    }
    match std::env::var(VARIABLE) {
        Ok(password) => return Ok(Secret::new(password)),
        Err(std::env::VarError::NotUnicode(_)) => return Err(PasswordError::NotUnicode),
        Err(std::env::VarError::NotPresent) => {}
    }
    if !io::stdin().is_terminal() {
        return Err(PasswordError::None);
    }
    let prompt = format!("Password for {who}: ");
    rpassword::prompt_password(prompt).map(Secret::new).map_err(PasswordError::Terminal)
}

/// Why there is no password.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PasswordError {
    #[error("the password file '{file}' cannot be read: {source}")]
    File { file: String, source: io::Error },
    #[error("{VARIABLE} is not valid UTF-8")]
    NotUnicode,
    #[error(
        "no password: give --password-file FILE or set {VARIABLE}; without a terminal nobody can be asked"
    )]
    None,
    #[error("the password could not be read from the terminal: {0}")]
    Terminal(io::Error),
}
