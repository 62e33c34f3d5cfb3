//! What no event may show.

use std::{collections::BTreeSet, fmt};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use jabber::{Element, ns};

/// Passwords in every form they travel in, and what the exchanges on the wire were.
#[derive(Default)]
pub(crate) struct Secrets(BTreeSet<String>);

impl Secrets {
    pub(crate) fn of(name: &str, password: &str) -> Self {
        let mut this = Self::default();
        this.add(password);
        this.add(&BASE64_STANDARD.encode(password));
        this.add(&BASE64_STANDARD.encode(format!("\0{name}\0{password}")));
        this
    }

    /// Learns from a node what of it is secret: SASL data, encoded and decoded, and digests.
    pub(crate) fn learn(&mut self, node: &Element) {
        let sasl = node.namespace() == ns::SASL
            && matches!(node.name(), "auth" | "challenge" | "response" | "success");
        if let Some(query) = node.child("query", ns::IQ_AUTH) {
            // XEP-0078 §3.2: the password, or a digest.
            query
                .children()
                .filter(|child| matches!(child.name(), "password" | "digest"))
                .for_each(|child| self.add(&child.text()));
        }
        if !sasl && node.name() != "handshake" {
            return;
        }
        let text = node.text();
        self.add(&text);
        let decoded = BASE64_STANDARD.decode(text.as_bytes()).unwrap_or_default();
        for part in String::from_utf8_lossy(&decoded).split(',') {
            // SCRAM's nonce, salt, proof and signature, DIGEST-MD5's nonces and responses; not what
            // stands elsewhere too: names, realms, numbers, the mechanism's options.
            let secret = |key: &str| {
                matches!(key, "r" | "s" | "p" | "v" | "c" | "nonce" | "cnonce" | "response")
                    || key == "rspauth"
            };
            // The gs2 header has a `p` too: the type of channel binding, which is offered in the open.
            let open = |value: &str| value.starts_with("tls-");
            match part.trim().split_once('=').filter(|(key, _)| secret(key)) {
                Some((_, value)) if !open(value) => self.add(value.trim_matches('"')),
                _ => {}
            }
        }
    }

    fn add(&mut self, text: &str) {
        // What is that short is found anywhere by chance.
        if text.len() > 5 {
            self.0.insert(text.to_owned());
        }
    }

    /// The first of them that is in `text`.
    pub(crate) fn found_in(&self, text: &str) -> Option<&str> {
        self.0.iter().map(String::as_str).find(|secret| text.contains(secret))
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} secrets", self.0.len())
    }
}
