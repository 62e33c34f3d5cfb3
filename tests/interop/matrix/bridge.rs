//! Our component between two clients: what it receives it sends on, as it came, to somebody else.

use jabber::{ConnectionError, Element, ElementRef, ErrorStatus, Party, StreamCondition, ns};
use jabber_tests::server::{BOB, SPACEY};

use super::cells;
use crate::support::{Actor, Dialect, Pipe, Place, body, row, xml};

cells! { from_client_to_client:
    prosody_component: Prosody, Component;
    ejabberd_component: Ejabberd, Component;
    jabberd2_component: Jabberd2, Component;
    jabberd2_router: Jabberd2, Router;
}

/// All that a stanza may hold that its namespaces matter to: the stream's own, a prefix, one that
/// is declared where it is used, an attribute's, the content namespace within another's.
const ODD: &str = "<message type='chat' id='odd' to='TO'>\
     <body xml:lang='el'>Ω &amp; &lt;b&gt; \u{1F980}</body><x:one xmlns:x='urn:example:x' a='1' x:b='2'>\
     <two xmlns='urn:example:two'/><x:three/></x:one><html xmlns='http://jabber.org/protocol/xhtml-im'>\
     <body xmlns='http://www.w3.org/1999/xhtml'><p>Ω</p></body></html><forwarded xmlns='urn:xmpp:forward:0'>\
     <message xmlns='jabber:client' to='somebody@else.test'><body>inner</body></message></forwarded>\
     </message>";

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
/// their own, and its text; the children in an order of their own too, as ejabberd makes one.
fn content(element: &Element) -> Vec<String> {
    let (own, mut children) = (own(element.root(), true), Vec::new());
    for child in element.children() {
        children.push(tree(child));
    }
    children.sort();
    children.insert(0, own);
    children
}

fn tree(element: ElementRef<'_>) -> String {
    let children: Vec<String> = element.children().map(tree).collect();
    format!("{} ({})", own(element, false), children.join(", "))
}

fn own(element: ElementRef<'_>, is_stanza: bool) -> String {
    let mut attributes: Vec<String> = element
        .attributes()
        // Who it is from and to is meant to differ; Prosody adds the stream's language.
        .filter(|it| !is_stanza || !matches!(it.name(), "from" | "to" | "lang"))
        .map(|it| format!(" {{{}}}{}={}", it.namespace(), it.name(), it.value()))
        .collect();
    attributes.sort();
    let (namespace, name, text) = (element.namespace(), element.name(), element.text());
    format!("{{{namespace}}}{name}{} {text}", attributes.concat())
}

mod a_prefix_declared_on_the_stanza {
    use super::*;

    cells! { arrives:
        prosody: Prosody, Component;
        jabberd2: Jabberd2, Component;
        jabberd2_router: Jabberd2, Router;
    }
    cells! { is_lost:
        ejabberd: Ejabberd, Component;
    }

    const MESSAGE: &str = "<message xmlns:x='urn:example:x' to='TO'><x:one x:b='2'/></message>";

    async fn sent(place: &Place, to: &Actor) -> Actor {
        let across = format!("across@{}", to.session.identity().unwrap().jid);
        let (mut alice, _) = place.usual(Dialect::Xmpp).ready().await;
        alice.send(xml(&MESSAGE.replace("TO", &across))).await;
        alice
    }

    async fn arrives(place: Place, dialect: Dialect) {
        let (mut bridge, _) = place.usual(dialect).ready().await;
        let alice = sent(&place, &bridge).await;
        let message = bridge.message().await;
        let one = message.child("one", "urn:example:x").unwrap();
        assert_eq!(one.attribute_ns("b", "urn:example:x").unwrap(), "2");
        tokio::join!(bridge.close(), alice.close());
    }

    /// ejabberd drops the declaration and keeps the attribute's prefix, which is not well-formed any
    /// more (Namespaces in XML §5): nobody can tell what was meant.
    async fn is_lost(place: Place, dialect: Dialect) {
        let (bridge, _) = place.usual(dialect).ready().await;
        let alice = sent(&place, &bridge).await;
        let trace = bridge.until_it_ends().await;
        let cause = trace.find(ErrorStatus::SocketDisconnect).cause::<ConnectionError>();
        assert_eq!(cause.condition(), Some(StreamCondition::BadNamespacePrefix), "{trace}");
        assert_eq!(cause.by(), Party::Us);
        alice.close().await;
    }
}
