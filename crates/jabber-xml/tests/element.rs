//! Reading, comparing and writing elements across streams.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod common;

use bytes::BytesMut;
use common::HEADER;
use jabber_xml::{Element, ElementRef, Item, Limits, Node, Scanner, Scope, ns};

/// The element behind a header with that default namespace.
fn received(default: &str, xml: &str) -> Element {
    received_behind(
        &format!("<stream:stream xmlns='{default}' xmlns:stream='{}' xmlns:q='urn:q'>", ns::STREAM),
        xml,
    )
}

fn received_behind(header: &str, xml: &str) -> Element {
    let mut scanner = Scanner::new(Limits::default());
    let mut input = BytesMut::from(format!("{header}{xml}").as_bytes());
    assert!(matches!(scanner.next(&mut input), Ok(Some(Item::Header(_)))));
    match scanner.next(&mut input) {
        Ok(Some(Item::Element(element))) => element,
        other => panic!("{other:?}"),
    }
}

fn written(element: &Element, scope: &Scope) -> String {
    let mut out = BytesMut::new();
    element.write_to(&mut out, scope);
    String::from_utf8(out.to_vec()).unwrap()
}

const STANZA: &str = "<message to='a@b'><body>x &amp; y</body><x xmlns='urn:x'/></message>";

#[test]
fn reading_borrows_and_decodes() {
    let e: Element =
        "<m a='1' b=\"x&#x9;\ty\" xml:lang='de'>t<c/>u<![CDATA[<v>]]><d xmlns='urn:d'>w</d></m>"
            .parse()
            .unwrap();
    assert_eq!((e.name(), e.prefix(), e.namespace()), ("m", None, ns::CLIENT));
    assert_eq!(e.attribute("b").as_deref(), Some("x\t y"));
    assert_eq!(e.attribute("xml:lang").as_deref(), Some("de"));
    assert_eq!(e.attribute_ns("lang", ns::XML).as_deref(), Some("de"));
    assert_eq!(e.attribute("lang"), None);
    assert_eq!(e.text(), "tu<v>");
    assert_eq!(e.attributes().count(), 3);
    assert_eq!(e.children().map(ElementRef::name).collect::<Vec<_>>(), ["c", "d"]);
    assert_eq!(e.child("d", "urn:d").unwrap().text(), "w");
    assert!(e.child("d", ns::CLIENT).is_none());
    assert_eq!(e.nodes().filter(|n| matches!(n, Node::Text(_))).count(), 3);
    assert_eq!(e.root().child("d", "urn:d").unwrap().as_str(), "<d xmlns='urn:d'>w</d>");
    assert!(matches!(e.attribute("a"), Some(std::borrow::Cow::Borrowed("1"))));
}

#[test]
fn the_content_namespaces_are_one() {
    for default in [ns::CLIENT, ns::COMPONENT_ACCEPT, ns::SERVER] {
        let e = received(default, STANZA);
        assert_eq!(e.namespace(), ns::CLIENT);
        assert!(e.is("message", ns::CLIENT) && e.is("message", default));
        assert_eq!(e, STANZA.parse().unwrap());
    }
    // jabberd 2 declares it on every stanza of a component.
    let explicit = received(ns::COMPONENT_ACCEPT, "<message xmlns='jabber:client' to='a'/>");
    assert!(explicit.is("message", ns::CLIENT));
    assert_eq!(
        written(&explicit, &Scope::content(ns::COMPONENT_ACCEPT)),
        "<message xmlns='jabber:client' to='a'/>".replace(" xmlns='jabber:client'", "")
    );
    // A router wraps stanzas: its own namespace is none of them.
    let route = received(ns::JABBERD20_COMPONENT, "<route><iq xmlns='jabber:client'/></route>");
    assert!(route.is("route", ns::JABBERD20_COMPONENT));
    let iq = route.child("iq", ns::CLIENT).unwrap().to_element();
    assert_eq!(written(&iq, &Scope::content(ns::CLIENT)), "<iq/>");
    let built = Element::builder("route", ns::JABBERD20_COMPONENT).element(&iq).build().unwrap();
    assert_eq!(built, route);
}

#[test]
fn the_same_scope_copies_bytes_and_another_maps() {
    let client = Scope::content(ns::CLIENT);
    let component = Scope::content(ns::COMPONENT_ACCEPT);
    let e = received(ns::CLIENT, STANZA);
    assert_eq!(written(&e, &client), STANZA);
    assert_eq!(written(&e, &component), STANZA, "the default namespace is inherited there too");
    let prefixed = received(ns::CLIENT, "<message q:a='1'><q:b/></message>");
    assert_eq!(written(&prefixed, &client), "<message xmlns:q='urn:q' q:a='1'><q:b/></message>");
    let router = Scope::content(ns::JABBERD20_COMPONENT);
    assert_eq!(written(&e, &router), STANZA.replacen(" to", " xmlns='jabber:client' to", 1));
}

#[test]
fn prefixed_content_is_written_without_prefix() {
    let header = format!("<stream xmlns='{}' xmlns:c='jabber:component:accept'>", ns::STREAM);
    let e = received_behind(
        &header,
        "<c:message c:x='1' y='2'><c:body>t</c:body><features/></c:message>",
    );
    assert!(e.is("message", ns::CLIENT));
    assert_eq!(
        written(&e, &Scope::content(ns::CLIENT)),
        format!(
            "<message xmlns:c='jabber:client' c:x='1' y='2'><body>t</body><features xmlns='{}'/></message>",
            ns::STREAM
        )
    );
    let there = received_behind(&header, "<c:iq/>");
    assert_eq!(written(&there, &Scope::content(ns::COMPONENT_ACCEPT)), "<iq/>");
}

#[test]
fn a_child_keeps_what_it_inherits_and_shares_the_bytes() {
    let e =
        received(ns::CLIENT, "<m xmlns:p='urn:p'><x xmlns='urn:x'><y p:a='1'><q:z/></y></x></m>");
    let y = e.child("x", "urn:x").unwrap().child("y", "urn:x").unwrap();
    let owned = y.to_element();
    assert_eq!(owned.as_str().as_ptr(), y.as_str().as_ptr(), "shared");
    assert_eq!(owned.namespace(), "urn:x");
    let text = written(&owned, &Scope::content(ns::CLIENT));
    assert_eq!(text, "<y xmlns='urn:x' xmlns:p='urn:p' xmlns:q='urn:q' p:a='1'><q:z/></y>");
    assert_eq!(owned.to_string(), text);
    assert_eq!(text.parse::<Element>().unwrap(), owned);
    let compact = owned.clone().compact();
    assert_eq!(compact, owned);
    assert_ne!(compact.as_str().as_ptr(), owned.as_str().as_ptr());
    assert_eq!(owned.byte_len(), y.as_str().len());
}

#[test]
fn a_forwarded_stanza_keeps_its_namespace() {
    let xml = "<message><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client'><body/></message></forwarded></message>";
    for default in [ns::CLIENT, ns::COMPONENT_ACCEPT] {
        let e = received(default, xml);
        for target in [ns::CLIENT, ns::COMPONENT_ACCEPT] {
            assert_eq!(written(&e, &Scope::content(target)), xml);
        }
    }
}

#[test]
fn features_keep_the_prefix_of_the_stream() {
    let features = Element::builder("features", ns::STREAM)
        .child("bind", ns::BIND, |b| b)
        .child("error", ns::STREAM, |b| b)
        .build()
        .unwrap();
    let text = "<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/><stream:error/></stream:features>";
    for default in [ns::CLIENT, ns::COMPONENT_ACCEPT, ns::JABBERD20_COMPONENT] {
        assert_eq!(written(&features, &Scope::content(default)), text, "{default}");
        assert_eq!(received(default, text), features);
    }
    assert!(features.to_string().starts_with("<stream:features xmlns:stream='http"));
    assert_eq!(features.to_string().parse::<Element>().unwrap(), features);
}

#[test]
fn attributes_of_the_root_are_set_and_removed_in_a_copy() {
    let e = received(ns::CLIENT, "<iq  id=\"1\"  type='get'><q:x/></iq>");
    let changed = e.with_attribute("id", "it's <2>").unwrap();
    assert_eq!(changed.as_str(), "<iq  id='it&apos;s &lt;2&gt;'  type='get'><q:x/></iq>");
    assert_eq!(changed.attribute("id").as_deref(), Some("it's <2>"));
    let added = e.with_attribute("to", "x").unwrap();
    assert_eq!(added.as_str(), "<iq to='x'  id=\"1\"  type='get'><q:x/></iq>");
    assert_eq!(e.without_attribute("id").as_str(), "<iq  type='get'><q:x/></iq>");
    assert_eq!(e.without_attribute("none"), e);
    assert!(e.with_attribute("a b", "").is_err());
    assert!(e.with_attribute("xmlns", "").is_err());
    assert!(e.with_attribute("q:a", "").is_err());
    assert!(e.with_attribute("a", "\u{0}").is_err());
    let child =
        received(ns::CLIENT, "<a><b xmlns='urn:b'/></a>").child("b", "urn:b").unwrap().to_element();
    let child = child.with_attribute("id", "7").unwrap();
    assert_eq!(child.to_string(), "<b id='7' xmlns='urn:b'/>");
}

#[test]
fn equality_is_by_meaning() {
    let parse = |s: &str| s.parse::<Element>().unwrap();
    let a = parse("<a x='1' y='2'>t&#33;<p:b xmlns:p='urn:b' p:c='3'/></a>");
    assert_eq!(
        a,
        parse(
            "<a y=\"2\" x='&#49;'>t<![CDATA[!]]><b xmlns='urn:b' xmlns:q='urn:b' q:c='3'></b></a>"
        )
    );
    assert_ne!(a, parse("<a x='1' y='2'>t!<b xmlns='urn:b' c='3'/></a>"));
    assert_ne!(a, parse("<a x='1'>t!<p:b xmlns:p='urn:b' p:c='3'/></a>"));
    assert_ne!(a, parse("<a x='1' y='2'>t!</a>"));
    assert_ne!(parse("<a><b/>t</a>"), parse("<a>t<b/></a>"));
    assert_ne!(parse("<a/>"), parse("<a xmlns=''/>"));
}

#[test]
fn debug_shows_no_content() {
    let e: Element = "<auth xmlns='urn:s'>c2VjcmV0</auth>".parse().unwrap();
    assert_eq!(format!("{e:?}"), "Element({urn:s}auth, 35 bytes)");
}

#[test]
fn pretty_indents_what_has_no_text() {
    let e: Element = "<iq id='1'><q xmlns='urn:q'><a/><b>x <i/></b></q></iq>".parse().unwrap();
    let text = e.pretty().to_string();
    assert_eq!(
        text,
        "<iq id='1'>\n  <q xmlns='urn:q'>\n    <a/>\n    <b>x <i/></b>\n  </q>\n</iq>"
    );
}

#[test]
fn elements_are_send_and_sync() {
    fn check<T: Send + Sync + Clone>() {}
    check::<Element>();
    check::<Item>();
    let _ = HEADER;
}
