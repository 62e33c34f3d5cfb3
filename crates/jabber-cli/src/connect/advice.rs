//! What to try when it went wrong.

use crate::args::Dialect;

/// For an exit status, in a dialect; `None` where there is nothing better than what was said.
pub(super) fn of(
    status: u8,
    condition: Option<&str>,
    server: &str,
    dialect: Dialect,
) -> Option<String> {
    if let Some(advice) = condition.and_then(|condition| by_condition(status, condition)) {
        return Some(advice.into());
    }
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
             JABBER_PASSWORD), or which mechanisms may be used (--mechanism); does the server want \
             TLS first (--tls starttls)?"
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

/// What says more than the exit status does.
fn by_condition(status: u8, condition: &str) -> Option<&'static str> {
    Some(match (status, condition) {
        (15 | 16, "host-unknown" | "host-gone") => {
            "the server does not serve this domain: check the domain in --jid, and --server"
        }
        (15 | 16, "conflict") => {
            "somebody else has this resource or name: another resource in --jid, or wait until it is free"
        }
        (15 | 16, "invalid-from" | "improper-addressing") => {
            "a component's stanzas need a 'from' in its own domain"
        }
        (15 | 16, "unsupported-version") => "is this the right dialect for the server? (--dialect)",
        (15 | 16, "see-other-host") => "--server with the host that the server names",
        (12, "encryption-required" | "policy-violation" | "not-acceptable") => {
            "the server wants TLS first: --tls starttls, or --tls direct"
        }
        (12, "temporary-auth-failure") => "the server cannot check it now: try again later",
        _ => return None,
    })
}
