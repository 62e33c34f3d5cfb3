//! What to try when it went wrong.

use crate::args::Dialect;

/// For an exit status, in a dialect; `None` where there is nothing better than what was said.
pub(super) fn of(status: u8, server: &str, dialect: Dialect) -> Option<String> {
    Some(match (status, dialect) {
        (10, _) => {
            format!("is a server listening at {server}? `jabber serve` starts one on loopback")
        }
        (11, _) => {
            "--tls-ca FILE trusts a private CA, --tls-name NAME says whose certificate it must \
             be, --tls off does without (a password then needs loopback or --allow-plaintext)"
                .into()
        }
        (12, Dialect::Xmpp) => "check the user and the password (--password-file, \
             JABBER_PASSWORD), or which mechanisms may be used (--mechanism)"
            .into(),
        (12, Dialect::Legacy) => {
            "check the user and the password (--password-file, JABBER_PASSWORD); a server that \
             takes no digest needs --tls direct or --allow-plaintext"
                .into()
        }
        (12, Dialect::Component) => {
            "check the domain (--jid) and its secret (--password-file, JABBER_PASSWORD)".into()
        }
        (12, Dialect::Jabberd20Component) => {
            "check the router's user (--username; else the domain itself) and its secret \
             (--password-file, JABBER_PASSWORD), or the mechanisms (--mechanism)"
                .into()
        }
        (13, Dialect::Jabberd20Component) => {
            "is the name bound by another component? may the router's user (--username) bind it?"
                .into()
        }
        (13, _) => "another resource in --jid, or none, so that the server gives one".into(),
        (15, _) => {
            "is this the right port for the dialect? --max-stanza raises the size of a node".into()
        }
        (17, _) => {
            "a longer --timeout; or is this the right port? (direct TLS needs --tls direct)".into()
        }
        _ => return None,
    })
}
