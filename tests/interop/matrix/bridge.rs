//! Our component between two clients: what it receives it sends on, as it came, to somebody else.

use jabber::{Element, ns};
use jabber_tests::server::{BOB, SPACEY};

use super::cells;
use crate::support::{Dialect, Pipe, Place, body, row, xml};

cells! { from_client_to_client:
    prosody_component: Prosody, Component;
    ejabberd_component: Ejabberd, Component;
    jabberd2_component: Jabberd2, Component;
    jabberd2_router: Jabberd2, Router;
}

/// All that a stanza may hold that its namespaces matter to: the stream's own, a prefix, one that
/// is declared where it is used, an attribute's, the content namespace within another's.
const ODD: &str = "<message xmlns:x='urn:example:x' type='chat' id='odd' x:mark='1' to='TO'>\
     <body xml:lang='el'>Ω &amp; &lt;b&gt; \u{1F980}</body><x:one a='1' x:b='2'><two xmlns='urn:example:two'/>\
     </x:one><html xmlns='http://jabber.org/protocol/xhtml-im'><body xmlns='http://www.w3.org/1999/xhtml'>\
     <p>Ω</p></body></html><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' \
     to='somebody@else.test'><body>inner</body></message></forwarded></message>";

async fn from_client_to_client(place: Place, dialect: Dialect) {
    let (mut bridge, identity) = place.usual(dialect).ready().await;
    let across = format!("across@{}", identity.jid);
    for (one, other) in [(Dialect::Xmpp, Dialect::Legacy), (Dialect::Legacy, Dialect::Xmpp)] {
        let _row = row(format!("{one:?} to {other:?} through {dialect:?} on {}", place.which));
        let (mut one, _) = place.login_as(one, one.pipes()[0], BOB).ready().await;
        let (mut other, target) = place.login_as(other, Pipe::Direct, SPACEY).ready().await;
        let sent = xml(&ODD.replace("TO", &across));
        one.send(sent.clone()).await;
        let received = bridge.message().await;
        let relayed = received.with_attribute("to", target.jid.as_str()).unwrap();
        bridge.send(relayed.with_attribute("from", &across).unwrap()).await;
        let arrived = other.message().await;
        assert_eq!(arrived.attribute("from").unwrap(), across.as_str());
        assert_eq!(body(&arrived), "Ω & <b> \u{1F980}");
        assert_eq!(content(&arrived), content(&sent), "{arrived}");
        let inner = arrived.child("forwarded", "urn:xmpp:forward:0").unwrap();
        assert!(inner.child("message", ns::CLIENT).is_some(), "{arrived}");
        tokio::join!(one.close(), other.close());
    }
    bridge.close().await;
}

/// What it says, however it is written: every tag with its namespace, its attributes in an order of
/// their own, and its text.
fn content(element: &Element) -> Vec<String> {
    fn walk(element: jabber::ElementRef<'_>, depth: usize, lines: &mut Vec<String>) {
        let mut attributes: Vec<String> = element
            .attributes()
            .filter(|it| depth > 0 || !matches!(it.name(), "from" | "to"))
            .map(|it| format!("{{{}}}{}={}", it.namespace(), it.name(), it.value()))
            .collect();
        attributes.sort();
        lines.push(format!(
            "{depth} {{{}}}{} {attributes:?} {}",
            element.namespace(),
            element.name(),
            element.text()
        ));
        element.children().for_each(|child| walk(child, depth + 1, lines));
    }
    let mut lines = Vec::new();
    walk(element.root(), 0, &mut lines);
    lines
}
