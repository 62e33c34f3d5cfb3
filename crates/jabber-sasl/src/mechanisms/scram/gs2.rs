use super::Setting;
use crate::{BindingFlag, BindingType, scram::attributes::escape};

/// The gs2 header (RFC 5802 §5.1, §6): the channel-binding flag and the authorization identity.
pub(super) fn header(flag: BindingFlag, authzid: Option<&str>) -> String {
    let authzid = authzid.map(|id| format!("a={}", escape(id))).unwrap_or_default();
    format!("{flag},{authzid},")
}

pub(super) fn flag(setting: &Setting<'_>) -> BindingFlag {
    match setting.binding {
        Some(kind) => BindingFlag::Bound(kind),
        None if could_bind(setting) => BindingFlag::NotOffered,
        None => BindingFlag::Without,
    }
}

/// `y` tells a server that we would have bound the channel, had it offered to. One that did offer
/// then knows that somebody removed the offer, and refuses; so `y` must not be said where a -PLUS
/// is in the list and another reason kept us from it.
fn could_bind(setting: &Setting<'_>) -> bool {
    let offered = setting.offer.mechanisms.iter().any(|name| name.ends_with("-PLUS"));
    !offered && BindingType::any(setting.security)
}
