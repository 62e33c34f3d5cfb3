//! What the server must not have heard, and what nobody must be shown.

use jabber_testkit::misbehaving::Lie;
use jabber_xml::{Element, Item, ns};

use crate::{program::Run, setups::PASSWORD};

/// `\0alice\0wonderland`, as PLAIN has it in base64.
const PLAIN: &str = "AGFsaWNlAHdvbmRlcmxhbmQ=";

/// Secrets in what was shown; and anything of a login behind a failure of TLS.
pub(crate) fn told(run: &Run) -> Vec<String> {
    let mut faults = Vec::new();
    let shown = run.trace.iter().filter(|line| line.contains(PASSWORD) || line.contains(PLAIN));
    faults.extend(shown.map(|line| format!("a secret is shown: {line}")));
    if run.exit == 11 && elements(run).any(is_login) {
        faults.push("a login without TLS".to_owned());
    }
    faults
}

/// What a client says that believes a lie.
pub(crate) fn believed(lie: Lie, run: &Run) -> Option<String> {
    let told_of_it = || run.trace.iter().any(|line| line.contains("XEP-0474"));
    if lie == Lie::MechanismsShortened && !told_of_it() {
        return Some("nobody was told that the list was shortened".to_owned());
    }
    if lie.comes_before_secrets() {
        let secret = elements(run).find(|it| is_secret(it))?;
        return Some(format!("a secret went out behind the lie: <{}/>", secret.name()));
    }
    if lie == Lie::Extensions {
        let heard = elements(run).find(|it| it.name() == "compress" || it.name() == "control")?;
        return Some(format!("an extension was asked for: <{}/>", heard.name()));
    }
    None
}

fn elements(run: &Run) -> impl Iterator<Item = &Element> {
    run.heard.iter().filter_map(|item| match item {
        Item::Element(element) => Some(element),
        _ => None,
    })
}

fn is_login(element: &Element) -> bool {
    element.is("auth", ns::SASL) || is_secret(element)
}

/// A password, or a proof of one.
fn is_secret(element: &Element) -> bool {
    let plain = element.attribute("mechanism").as_deref() == Some("PLAIN");
    (element.is("auth", ns::SASL) && plain)
        || (element.is("response", ns::SASL) && !element.text().is_empty())
        || element.name() == "handshake"
        || element.to_string().contains(PASSWORD)
}
