//! Answers by others, to others, and none at all.

use jabber_jid::Jid;

use crate::misbehaving::{Lie, said::Said};

/// Who has nothing to say here.
const OTHER: &str = "mallory@evil.example/elsewhere";

/// What comes in place of the answer.
pub(super) fn instead(lie: Lie, said: &Said, account: &Jid) -> Option<String> {
    let text = said.text();
    let bound = |jid: &str| {
        let (head, rest) = text.split_once("<jid>")?;
        let (_, tail) = rest.split_once("</jid>")?;
        let jid = if jid.is_empty() { String::new() } else { format!("<jid>{jid}</jid>") };
        Some(format!("{head}{jid}{tail}"))
    };
    match lie {
        Lie::AnswerFromOther => {
            let (head, tail) = text.split_once('>')?;
            let head = match head.split_once(" from='") {
                Some((before, from)) => {
                    format!("{before}{}", from.split_once('\'').map_or("", |(_, rest)| rest))
                }
                None => head.to_owned(),
            };
            let head = head.replacen("<iq", &format!("<iq from='{OTHER}'"), 1);
            Some(format!("{head}>{tail}"))
        }
        Lie::BoundOther => bound(OTHER),
        Lie::BoundBare => bound(account.to_bare().as_str()),
        Lie::BoundNothing => bound(""),
        Lie::BoundNonsense => bound("@/@"),
        _ => None,
    }
}

/// What comes before it, with the `id` that is awaited.
pub(super) fn before(lie: Lie, said: &Said) -> Option<String> {
    let id = said.id();
    match lie {
        Lie::ForgedFirst => Some(format!(
            "<iq type='error' id='{id}' from='{OTHER}'><error type='cancel'>\
             <forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"
        )),
        Lie::RequestFirst => Some(format!(
            "<iq type='get' id='{id}' from='localhost'><query xmlns='urn:example:unknown'/></iq>"
        )),
        Lie::MessageFirst => {
            Some(format!("<message id='{id}' from='localhost'><body>none</body></message>"))
        }
        _ => None,
    }
}
