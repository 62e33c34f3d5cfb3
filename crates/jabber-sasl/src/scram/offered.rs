use crate::Offer;

/// Between two entries of a list (XEP-0474).
const ENTRY: &str = "\u{1e}";

/// Between the mechanisms and the channel-binding types.
const LIST: char = '\u{1f}';

/// What a server hashes for downgrade protection (XEP-0474): the mechanisms it offers, sorted by
/// their bytes, and the channel-binding types, if there are any, in the same way.
pub(crate) fn list(offer: &Offer<'_>) -> String {
    let mut text = joined(&offer.mechanisms);
    if let Some(types) = offer.channel_bindings.as_ref().filter(|types| !types.is_empty()) {
        text.push(LIST);
        text.push_str(&joined(types));
    }
    text
}

fn joined(entries: &[&str]) -> String {
    let mut sorted = entries.to_vec();
    sorted.sort_unstable();
    sorted.join(ENTRY)
}
