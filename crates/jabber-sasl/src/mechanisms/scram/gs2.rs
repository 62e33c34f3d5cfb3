use super::Setting;
use crate::{BindingType, scram::attributes::escape};

/// The gs2 header (RFC 5802 §5.1, §6): the channel-binding flag and the authorization identity.
pub(super) fn header(setting: &Setting<'_>, authzid: Option<&str>) -> String {
    let authzid = authzid.map(|id| format!("a={}", escape(id))).unwrap_or_default();
    let flag = match setting.binding {
        Some(kind) => format!("p={kind}"),
        None if could_bind(setting) => "y".to_owned(),
        None => "n".to_owned(),
    };
    format!("{flag},{authzid},")
}

/// `y` tells a server that we would have bound the channel, had it offered to. One that did offer
/// then knows that somebody removed the offer, and refuses; so `y` must not be said where a -PLUS
/// is in the list and another reason kept us from it.
fn could_bind(setting: &Setting<'_>) -> bool {
    let offered = setting.offer.mechanisms.iter().any(|name| name.ends_with("-PLUS"));
    !offered && BindingType::any(setting.security)
}
