//! By what a server can refuse.

use super::{Step, server::Role};

/// RFC 6120 §6.5.
const SASL: &[&str] = &[
    "not-authorized",
    "aborted",
    "account-disabled",
    "credentials-expired",
    "encryption-required",
    "incorrect-encoding",
    "invalid-authzid",
    "invalid-mechanism",
    "malformed-request",
    "mechanism-too-weak",
    "temporary-auth-failure",
];

/// RFC 6120 §7.6.2, §7.7.2, with what servers say besides.
const BIND: &[&str] = &[
    "not-allowed",
    "bad-request",
    "conflict",
    "resource-constraint",
    "forbidden",
    "not-authorized",
    "internal-server-error",
];

/// RFC 3921 §3.
const SESSION: &[&str] = &["forbidden", "internal-server-error", "resource-constraint"];

/// XEP-0078 §3.
const LOGIN: &[&str] = &["not-authorized", "conflict", "not-acceptable", "forbidden"];

/// What jabberd 2's router says in the attribute `error`.
const ROUTER: &[&str] = &["409", "400", "401", "403", "404", "500"];

/// Those of a step, the usual one first.
pub(super) const fn at(role: Role, step: Step) -> &'static [&'static str] {
    match (step, role) {
        // RFC 6120 §4.9.3.6.
        (Step::TlsHeader | Step::AuthHeader | Step::BindHeader, _) => &["host-unknown"],
        (Step::TlsFeatures | Step::AuthFeatures, _) | (Step::BindFeatures, Role::Xmpp) => {
            &["not-offered"]
        }
        (Step::Proceed, _) => &["failure"],
        // The alerts' numbers (RFC 8446 §6).
        (Step::Handshake, _) => &["40", "70", "80"],
        (Step::Challenge | Step::Success, _) => SASL,
        (Step::Form, _) => &["service-unavailable", "not-authorized", "forbidden"],
        (Step::Login, _) => LOGIN,
        // XEP-0114 §3.
        (Step::Accept, _) => &["not-authorized"],
        (Step::Bind, Role::Router) => ROUTER,
        (Step::Bind, _) => BIND,
        (Step::Session, _) => SESSION,
        (Step::Answer, _) => &["service-unavailable", "item-not-found", "forbidden"],
        // jabberd 2's router offers nothing after the login, and needs not.
        (Step::BindFeatures, _) | (Step::Stanza | Step::End, _) => &[],
    }
}

/// The type that RFC 6120 §8.3.3 gives a stanza error of that condition.
pub(super) fn error_type(condition: &str) -> &'static str {
    match condition {
        "bad-request" | "jid-malformed" | "not-acceptable" | "policy-violation" | "redirect" => {
            "modify"
        }
        "forbidden" | "not-authorized" | "registration-required" | "subscription-required" => {
            "auth"
        }
        "recipient-unavailable"
        | "remote-server-timeout"
        | "resource-constraint"
        | "unexpected-request" => "wait",
        _ => "cancel",
    }
}
