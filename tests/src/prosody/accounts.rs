//! Accounts as files of Prosody's internal storage.

use super::lua;

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
