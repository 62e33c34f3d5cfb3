//! Who a stanza is from.

use std::borrow::Cow;

use jabber_jid::Jid;

/// The longest part of a JID, in bytes (RFC 7622 §3.2 to §3.4).
const MAX_PART: usize = 1023;

/// The address in a stanza's `from`, prepared so that bytes can be compared.
#[derive(Debug)]
pub(crate) enum Sender<'a> {
    /// As it stands there, because preparing would change nothing.
    Plain {
        full: &'a str,
        bare: &'a str,
        domain: &'a str,
    },
    Prepared(Jid),
}

impl<'a> Sender<'a> {
    /// `None` if it is no JID.
    pub(crate) fn of(from: Cow<'a, str>) -> Option<Self> {
        if let Cow::Borrowed(text) = from
            && let Some(plain) = plain(text)
        {
            return Some(plain);
        }
        Jid::new(&from).ok().map(Self::Prepared)
    }

    pub(crate) fn full(&self) -> &str {
        match self {
            Self::Plain { full, .. } => full,
            Self::Prepared(jid) => jid.as_str(),
        }
    }

    pub(crate) fn bare(&self) -> &str {
        match self {
            Self::Plain { bare, .. } => bare,
            Self::Prepared(jid) => without_resource(jid),
        }
    }

    pub(crate) fn domain(&self) -> &str {
        match self {
            Self::Plain { domain, .. } => domain,
            Self::Prepared(jid) => jid.domain(),
        }
    }
}

fn without_resource(jid: &Jid) -> &str {
    let text = jid.as_str();
    let resource = jid.resource().map_or(0, |resource| resource.len().saturating_add(1));
    text.get(..text.len().saturating_sub(resource)).unwrap_or(text)
}

/// A JID that is prepared if it is one at all: nearly all that servers send. Nothing is allocated,
/// and no table is asked.
///
/// It may still be none, where the domain breaks a rule of IDNA; then it is no prepared JID's text
/// either, and nobody takes it for one.
fn plain(from: &str) -> Option<Sender<'_>> {
    let (bare, resource) = match from.split_once('/') {
        Some((bare, resource)) => (bare, Some(resource)),
        None => (from, None),
    };
    let (local, domain) = match bare.split_once('@') {
        Some((local, domain)) => (Some(local), domain),
        None => (None, bare),
    };
    let is_label = |b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.');
    let is_plain = |part: &str, allowed: &dyn Fn(u8) -> bool| {
        (1..=MAX_PART).contains(&part.len()) && part.bytes().all(allowed)
    };
    // An A-label becomes a U-label, and a final dot goes (RFC 7622 §3.2).
    let plain = is_plain(domain, &is_label)
        && !domain.ends_with('.')
        && !domain.contains("xn--")
        && local.is_none_or(|it| is_plain(it, &|b| is_label(b) || b == b'_'))
        && resource.is_none_or(|it| is_plain(it, &|b| matches!(b, b'!'..=b'~')));
    plain.then_some(Sender::Plain { full: from, bare, domain })
}

/// What a filter asks of the sender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    Full(Jid),
    Bare(Jid),
    Domain(Jid),
}

impl Asked {
    pub(crate) fn matches(&self, sender: &Sender<'_>) -> bool {
        match self {
            Self::Full(jid) => sender.full() == jid.as_str(),
            Self::Bare(jid) => sender.bare() == jid.as_str(),
            Self::Domain(jid) => sender.domain() == jid.as_str(),
        }
    }
}

#[cfg(test)]
mod tests;
