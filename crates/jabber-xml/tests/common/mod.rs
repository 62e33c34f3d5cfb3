//! Streams, good and bad, and a way to run them.
#![allow(dead_code, reason = "each test file uses its part")]

use bytes::BytesMut;
use jabber_xml::{Element, ElementRef, Fault, Item, Limits, Node, Scanner, Scope, ns};

/// The header that the streams below begin with.
pub(crate) const HEADER: &str = "<?xml version='1.0'?><stream:stream xmlns='jabber:client' \
    xmlns:stream='http://etherx.jabber.org/streams' xmlns:q='urn:q' id='1' version='1.0'>";

/// Everything a stream says, as text: names, namespaces, values, errors with their place.
pub(crate) fn effects<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<String> {
    effects_within(Limits::default(), pieces)
}

pub(crate) fn effects_within<'a>(
    limits: Limits,
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> Vec<String> {
    let mut scanner = Scanner::new(limits);
    let mut input = BytesMut::new();
    let mut seen = Vec::new();
    for piece in pieces {
        input.extend_from_slice(piece);
        loop {
            match scanner.next(&mut input) {
                Ok(None) => break,
                Ok(Some(Item::Header(header))) => seen.push(format!("header {header}")),
                Ok(Some(Item::Element(element))) => {
                    seen.push(format!("{} {}", describe(element.root()), element.as_str()));
                }
                Ok(Some(Item::End)) => seen.push("end".to_owned()),
                Ok(Some(_)) => unreachable!(),
                Err(error) => {
                    assert_eq!(scanner.next(&mut input).as_ref().err(), Some(&error), "stays");
                    seen.push(format!("{:?} at {}", error.fault(), error.position()));
                    return seen;
                }
            }
        }
    }
    if scanner.mid_item() {
        seen.push("unfinished".to_owned());
    }
    seen
}

/// An element with everything that its index says.
pub(crate) fn describe(element: ElementRef<'_>) -> String {
    let mut out = format!("{{{}}}{}", element.namespace(), element.name());
    for a in element.attributes() {
        out += &format!(" {{{}}}{}={:?}", a.namespace(), a.name(), a.value());
    }
    out.push('[');
    for node in element.nodes() {
        match node {
            Node::Element(child) => out += &describe(child),
            Node::Text(text) => out += &format!("{text:?}"),
        }
    }
    out.push(']');
    out
}

/// What is read can be printed, written to any stream, and read again: the same element.
pub(crate) fn survives(element: &Element) {
    if element.is("stream", ns::STREAM) {
        // As a child it was payload; by itself it would be a header.
        return;
    }
    let text = element.to_string();
    let read: Element = text.parse().unwrap_or_else(|e| panic!("{e}: {text}"));
    assert_eq!(&read, element, "{text}");
    assert_eq!(element.clone().compact(), *element);
    let pretty = element.pretty().to_string();
    assert!(pretty.parse::<Element>().is_ok(), "{pretty}");
    for default in [ns::CLIENT, ns::COMPONENT_ACCEPT, ns::JABBERD20_COMPONENT, ns::STREAM] {
        let scope = Scope::content(default);
        let mut input = BytesMut::from(
            format!("<stream:stream xmlns='{default}' xmlns:stream='{}'>", ns::STREAM).as_bytes(),
        );
        element.write_to(&mut input, &scope);
        let mut scanner = Scanner::new(Limits::default());
        assert!(matches!(scanner.next(&mut input), Ok(Some(Item::Header(_)))));
        match scanner.next(&mut input) {
            Ok(Some(Item::Element(read))) => assert_eq!(&read, element, "{text} on {default}"),
            other => panic!("{other:?} for {text} on {default}"),
        }
    }
}

/// Well-formed stream contents, behind [`HEADER`].
pub(crate) const GOOD: &[&str] = &[
    "<message from='a@b/c' to=\"d@e\"><body>Tom &amp; Jerry &lt;3 &#x263A;&#65;</body></message>",
    " \n<presence/>\t<iq type='get' id='1'><ping xmlns='urn:xmpp:ping'/></iq></stream:stream>",
    "<stream:features xmlns:a='urn:a'><a:x a:y='1' y='2'/><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls></stream:features>",
    "<a><![CDATA[x < y && ]] > z]]>tail<![CDATA[]]></a>",
    "<m xml:lang='de' title='a\tb\r\nc'>Gr\u{fc}\u{df}e \u{4e2d}\u{6587} \u{1f600}\r\nx\ry</m >",
    "<q:a xmlns='' q:z='1'><b/><c xmlns:q='urn:other'><q:d/></c></q:a>",
    "<a x = '1'  y\n=\t\"2\" ><b  /><b\n></b\t></a>",
    "<x xmlns:p='urn:&amp;' xmlns:r='urn:&#38;' p:a='1' r:b='2'><p:c/><r:c/></x>",
    "<\u{e9}l\u{e8}ve \u{e4}='\u{f6}'><p\u{b7}1/></\u{e9}l\u{e8}ve></stream:stream>  \n",
    "<a>]]&gt; ]] > ></a><b>&quot;&apos;</b>",
];

/// What is wrong behind [`HEADER`], and where: the bytes before the fault.
pub(crate) const BAD: &[(&[u8], Fault, usize)] = &[
    (b"<a></b>", Fault::EndTag, 5),
    (b"<a></aa>", Fault::EndTag, 6),
    (b"<ab></a>", Fault::EndTag, 7),
    (b"<a><b></a></b>", Fault::EndTag, 8),
    (b"</a>", Fault::EndTag, 2),
    (b"</stream:strea>", Fault::EndTag, 14),
    (b"<a></a b>", Fault::EndTag, 7),
    (b"<a></a/>", Fault::Tag, 6),
    (b"<a", Fault::Incomplete, 0),
    (b"< a/>", Fault::Name, 1),
    (b"<1a/>", Fault::Name, 1),
    (b"<-a/>", Fault::Name, 1),
    (b"<:a/>", Fault::Name, 1),
    (b"<a:/>", Fault::Name, 1),
    (b"<q:1/>", Fault::Name, 1),
    (b"<q:q:a/>", Fault::Name, 1),
    ("<a\u{d7}/>".as_bytes(), Fault::Name, 1),
    (b"<>", Fault::Name, 1),
    (b"<a/ >", Fault::Tag, 3),
    (b"<a//>", Fault::Tag, 3),
    (b"<a b/>", Fault::Tag, 4),
    (b"<a b c='1'/>", Fault::Tag, 5),
    (b"<a b=1/>", Fault::Tag, 5),
    (b"<a b='1'c='2'/>", Fault::Tag, 8),
    (b"<a 'b'/>", Fault::Name, 3),
    (b"<a 1b='2'/>", Fault::Name, 3),
    (b"<a b='<'/>", Fault::LessThan, 6),
    (b"<a b='1' c='2' b='3'/>", Fault::DuplicateAttribute, 15),
    (b"<a xmlns='urn:a' xmlns='urn:a'/>", Fault::DuplicateAttribute, 17),
    (b"<a xmlns:p='urn:a' xmlns:p='urn:b'/>", Fault::DuplicateAttribute, 19),
    (b"<a xmlns:p='u' xmlns:r='u' p:x='' r:x=''/>", Fault::DuplicateAttribute, 34),
    (b"<a xmlns:p='u&amp;' xmlns:r='u&#38;' p:x='' r:x=''/>", Fault::DuplicateAttribute, 44),
    (b"<a xmlns:p='urn:q' q:x='' p:x=''/>", Fault::DuplicateAttribute, 26),
    (b"<u:a/>", Fault::UndeclaredPrefix, 1),
    (b"<a u:b=''/>", Fault::UndeclaredPrefix, 3),
    (b"<a><b xmlns:u='u'/><u:c/></a>", Fault::UndeclaredPrefix, 20),
    (b"<xmlns:a/>", Fault::UndeclaredPrefix, 1),
    (b"<a xmlns:p=''/>", Fault::Declaration, 3),
    (b"<a xmlns:xmlns='u'/>", Fault::Declaration, 3),
    (b"<a xmlns:xml='u'/>", Fault::Declaration, 3),
    (b"<a xmlns:p='http://www.w3.org/XML/1998/namespace'/>", Fault::Declaration, 3),
    (b"<a xmlns='http://www.w3.org/2000/xmlns/'/>", Fault::Declaration, 3),
    (b"<a>&nbsp;</a>", Fault::Entity, 3),
    (b"<a b='&x;'/>", Fault::Entity, 6),
    (b"<a>&x;&amp;</a>", Fault::Entity, 3),
    (b"<a>&amp;&x; &amp;</a>", Fault::Entity, 8),
    (b"<a>&amp</a>", Fault::Reference, 3),
    (b"<a>& </a>", Fault::Reference, 3),
    (b"<a>&;</a>", Fault::Reference, 3),
    ("<a>&\u{d7};</a>".as_bytes(), Fault::Reference, 3),
    (b"<a>&x\xff;</a>", Fault::Reference, 3),
    (b"<a>&p:x;</a>", Fault::Reference, 3),
    ("<a>&\u{e9};</a>".as_bytes(), Fault::Entity, 3),
    (b"<a>&#;</a>", Fault::Reference, 3),
    (b"<a>&#x;</a>", Fault::Reference, 3),
    (b"<a>&#X41;</a>", Fault::Reference, 3),
    (b"<a>ok &#0;</a>", Fault::Reference, 6),
    (b"<a>&#xD800;</a>", Fault::Reference, 3),
    (b"<a>&#xFFFE;</a>", Fault::Reference, 3),
    (b"<a>&#99999999999999999999;</a>", Fault::Reference, 3),
    (b"<a b='&#1;'/>", Fault::Reference, 6),
    (b"<a>]]></a>", Fault::CdataEnd, 3),
    (b"<a>x]]]></a>", Fault::CdataEnd, 5),
    (b"<a>\x00</a>", Fault::Character, 3),
    (b"<a>x\x1fy</a>", Fault::Character, 4),
    (b"<a b='\x08'/>", Fault::Character, 6),
    (b"<a><![CDATA[\x01]]></a>", Fault::Character, 12),
    (b"<a>\xef\xbf\xbe</a>", Fault::Character, 3),
    (b"<a>0123456789abcdef\xef\xbf\xbf</a>", Fault::Character, 19),
    (b"<a>\xff</a>", Fault::Utf8, 3),
    (b"<a>x\xc0\x80</a>", Fault::Utf8, 4),
    (b"<a>\xed\xa0\x80</a>", Fault::Utf8, 3),
    (b"<a>\xf4\x90\x80\x80</a>", Fault::Utf8, 3),
    (b"<a>\xe2\x82</a>", Fault::Utf8, 3),
    (b"<a b='\x80'/>", Fault::Utf8, 6),
    (b"<a\x80/>", Fault::Utf8, 2),
    (b"<a><![CDATA[\xff]]></a>", Fault::Utf8, 12),
    (b"<!-- c -->", Fault::Comment, 0),
    (b"<a><!-- c --></a>", Fault::Comment, 3),
    (b"<?pi x?>", Fault::ProcessingInstruction, 0),
    (b"<a><?xm?></a>", Fault::ProcessingInstruction, 3),
    (b"<a><?xmlx?></a>", Fault::ProcessingInstruction, 3),
    (b"<?xml version='1.0'?>", Fault::MisplacedXmlDeclaration, 0),
    (b"<!DOCTYPE a>", Fault::Doctype, 0),
    (b"<a><!ENTITY x 'y'></a>", Fault::Bang, 3),
    (b"<a><![CDAT[x]]></a>", Fault::Bang, 3),
    (b"<![CDATA[x]]>", Fault::StrayText, 0),
    (b"<a/>x<b/>", Fault::StrayText, 4),
    (b"&amp;", Fault::StrayText, 0),
    (b"\xff", Fault::Utf8, 0),
    (b"\x00", Fault::Character, 0),
    (b"<stream:stream>", Fault::NestedStream, 0),
    (b"<x:stream xmlns:x='http://etherx.jabber.org/streams'/>", Fault::NestedStream, 0),
    (b"</stream:stream>x", Fault::OutsideDocument, 16),
    (b"</stream:stream><a/>", Fault::OutsideDocument, 16),
];
