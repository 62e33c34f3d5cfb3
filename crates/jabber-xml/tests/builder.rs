//! What is built is well-formed, or an error.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use jabber_xml::{Builder, Content, Element, Fault, Scope, StreamCondition, StreamError, ns};

fn fault(content: impl Into<Content>) -> Fault {
    let content: Content = content.into();
    content.build().unwrap_err().fault()
}

fn message() -> Builder {
    Element::builder("message", ns::CLIENT)
}

#[test]
fn elements_are_written_in_wire_form() {
    let e = message()
        .attribute("to", "a'b\"<&>\t")
        .attribute_opt("id", None::<&str>)
        .attribute("xml:lang", "en")
        .child("body", ns::CLIENT, |b| b.text("1 < 2 && 3 > 2\r\n'\""))
        .child("x", "urn:x", |x| {
            x.child("y", "urn:x", |y| y).child("z", ns::CLIENT, |z| z).text("t")
        })
        .child("none", "", |n| n)
        .build()
        .unwrap();
    assert_eq!(
        e.as_str(),
        "<message to='a&apos;b\"&lt;&amp;&gt;&#9;' xml:lang='en'><body>1 &lt; 2 &amp;&amp; 3 &gt; 2&#13;\n'\"</body>\
         <x xmlns='urn:x'><y/><z xmlns='jabber:client'/>t</x><none xmlns=''/></message>"
    );
    assert_eq!(e.attribute("to").as_deref(), Some("a'b\"<&>\t"));
    assert_eq!(e.child("body", ns::CLIENT).unwrap().text(), "1 < 2 && 3 > 2\r\n'\"");
    assert_eq!(e.to_string().parse::<Element>().unwrap(), e);
    assert_eq!(message().build().unwrap().as_str(), "<message/>");
    assert_eq!(message().text("").build().unwrap().as_str(), "<message></message>");
}

#[test]
fn elements_are_embedded_with_what_they_need() {
    let x: Element = "<x xmlns='urn:x' xmlns:p='urn:p' p:a='1'><y/></x>".parse().unwrap();
    let e = message().element(&x).build().unwrap();
    assert_eq!(e.as_str(), format!("<message>{x}</message>"));
    let inner = x.child("y", "urn:x").unwrap().to_element();
    let e = message().element(&inner).build().unwrap();
    assert_eq!(e.as_str(), "<message><y xmlns='urn:x'/></message>");
    let stanza: Element = "<message to='a'/>".parse().unwrap();
    let e = Element::builder("forwarded", "urn:f").element(&stanza).build().unwrap();
    assert_eq!(
        e.as_str(),
        "<forwarded xmlns='urn:f'><message xmlns='jabber:client' to='a'/></forwarded>"
    );
}

#[test]
fn attributes_in_a_namespace_get_a_prefix() {
    let e = message()
        .attribute_ns("a", "urn:&", "1")
        .attribute_ns("a", "urn:b", "2")
        .attribute_ns("lang", ns::XML, "de")
        .build()
        .unwrap();
    assert_eq!(e.attribute_ns("a", "urn:&").as_deref(), Some("1"));
    assert_eq!(e.attribute_ns("a", "urn:b").as_deref(), Some("2"));
    assert_eq!(e.attribute("xml:lang").as_deref(), Some("de"));
}

#[test]
fn what_xml_does_not_allow_is_an_error() {
    assert_eq!(fault(Element::builder("a b", ns::CLIENT)), Fault::Name);
    assert_eq!(fault(Element::builder("", ns::CLIENT)), Fault::Name);
    assert_eq!(fault(Element::builder("p:a", ns::CLIENT)), Fault::Name);
    assert_eq!(fault(Element::builder("a><b", ns::CLIENT)), Fault::Name);
    assert_eq!(fault(Element::builder("a", ns::XMLNS)), Fault::Declaration);
    assert_eq!(fault(message().attribute("xmlns", "urn:x")), Fault::Name);
    assert_eq!(fault(message().attribute("p:a", "x")), Fault::Name);
    assert_eq!(
        fault(message().attribute("a", "x").attribute("b", "").attribute("a", "y")),
        Fault::DuplicateAttribute
    );
    assert_eq!(
        fault(message().attribute_ns("a", "u", "x").attribute_ns("a", "u", "y")),
        Fault::DuplicateAttribute
    );
    assert_eq!(fault(message().attribute("a", "\u{b}")), Fault::Character);
    assert_eq!(fault(message().text("\u{fffe}")), Fault::Character);
    assert_eq!(fault(message().child("1", ns::CLIENT, |c| c)), Fault::Name);
    let other = || message().child("x", ns::CLIENT, |x| x);
    assert_eq!(fault(message().child("x", ns::CLIENT, |_| other())), Fault::ForeignBuilder);
    // A name within a value is no attribute.
    assert!(message().attribute("a", "' b='").attribute("b", "").build().is_ok());
}

#[test]
fn large_elements_are_indexed_at_once() {
    let mut content = message().text("");
    for n in 0..3000 {
        content = content.child("x", &format!("urn:{n}"), |x| x);
    }
    assert_eq!(content.build().unwrap_err().fault(), Fault::TooManyNamespaces);
}

#[test]
fn a_stream_error_cannot_command_a_terminal() {
    let error = StreamError::new(StreamCondition::Reset)
        .with_text("a\u{1b}]0;b\u{7}\u{9b}2J\r\n\tG\u{fc}\u{df}e \"\\")
        .with_see_other_host("c\u{1b}[2Jd");
    assert_eq!(
        error.to_string(),
        "stream error see-other-host (c\\u{1b}[2Jd): \
         a\\u{1b}]0;b\\u{7}\\u{9b}2J\\r\\n\\tG\u{fc}\u{df}e \"\\"
    );
}

#[test]
fn stream_errors_go_there_and_back() {
    let error = StreamError::new(StreamCondition::Conflict)
        .with_text("Replaced\u{0}")
        .with_application("<x xmlns='urn:app'/>".parse().unwrap());
    let element = error.to_element();
    assert_eq!(
        element.as_str(),
        "<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>\
         <text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>Replaced\u{fffd}</text><x xmlns='urn:app'/></stream:error>"
    );
    let read = StreamError::from_element(element.root()).unwrap();
    assert_eq!(read.condition(), StreamCondition::Conflict);
    assert_eq!(read.text(), Some("Replaced\u{fffd}"));
    assert_eq!(read.application().unwrap().name(), "x");
    let other = StreamError::new(StreamCondition::Reset).with_see_other_host("[::1]:5222");
    let read = StreamError::from_element(other.to_element().root()).unwrap();
    assert_eq!(
        (read.condition(), read.see_other_host()),
        (StreamCondition::SeeOtherHost, Some("[::1]:5222"))
    );
    assert!(StreamError::from_element(message().build().unwrap().root()).is_none());
    let old: Element =
        format!("<e:error xmlns:e='{}'>Invalid handshake</e:error>", ns::STREAM).parse().unwrap();
    let read = StreamError::from_element(old.root()).unwrap();
    assert_eq!(
        (read.condition(), read.text()),
        (StreamCondition::UndefinedCondition, Some("Invalid handshake"))
    );
}

#[test]
fn conditions_have_names() {
    for &condition in StreamCondition::ALL {
        assert_eq!(condition.as_str().parse(), Ok(condition));
    }
    assert_eq!(StreamCondition::ALL.len(), 25);
    let _ = Scope::default();
}

/// Whatever a user's data is, it stays in the place that it was given.
#[test]
fn threat_37_no_data_leaves_its_place() {
    let hostile = [
        "</body></message></stream:stream>",
        "' onload='x",
        "\"><x/>",
        "]]><!-- --><?pi?>",
        "&amp;&#60;",
        "\r\n\t \u{85}\u{2028}",
    ];
    for data in hostile {
        let built = Element::builder("message", ns::CLIENT)
            .attribute("id", data)
            .child("body", ns::CLIENT, |body| body.text(data))
            .build()
            .unwrap();
        let mut out = bytes::BytesMut::new();
        built.write_to(&mut out, &Scope::content(ns::CLIENT));
        let read: Element = std::str::from_utf8(&out)
            .unwrap()
            .replacen("<message", "<message xmlns='jabber:client'", 1)
            .parse()
            .unwrap();
        assert_eq!(read.attribute("id").unwrap(), data);
        assert_eq!(read.child("body", ns::CLIENT).unwrap().text(), data);
        assert_eq!((read.children().count(), read.attributes().count()), (1, 1), "{data}");
        // As a name it is none.
        assert!(Element::builder(data, ns::CLIENT).build().is_err(), "{data}");
        assert!(Element::builder("a", ns::CLIENT).attribute(data, "").build().is_err(), "{data}");
    }
    // What XML cannot say is refused, and never sent as something else.
    for data in ["\0", "\u{1}", "\u{b}", "\u{fffe}"] {
        assert!(Element::builder("a", ns::CLIENT).attribute("b", data).build().is_err());
        assert!(Element::builder("a", ns::CLIENT).text(data).build().is_err());
    }
}
