//! What expressions select.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use jabber_filter::{Matched, Namespaces, XPath};
use jabber_xml::{Element, ns};

fn prefixes() -> Namespaces {
    let prefixes = Namespaces::new().with("x", "urn:x").unwrap();
    prefixes.with("c", ns::COMPONENT_ACCEPT).unwrap()
}

/// Elements by their `n`, attributes as `@name=value`, texts in quotes.
fn select(expression: &str, stanza: &Element) -> Vec<String> {
    let path = XPath::new(expression, &prefixes()).unwrap_or_else(|e| panic!("{expression}: {e}"));
    let found: Vec<_> = path.select(stanza).map(|matched| describe(&matched)).collect();
    assert_eq!(path.matches(stanza), !found.is_empty(), "{expression}");
    found
}

fn describe(matched: &Matched<'_>) -> String {
    match matched {
        Matched::Element(element) => element.attribute("n").unwrap_or_default().into_owned(),
        Matched::Attribute(attribute) => format!("@{}={}", attribute.name(), attribute.value()),
        Matched::Text(text) => format!("'{text}'"),
        _ => unreachable!(),
    }
}

#[track_caller]
fn all(stanza: &str, expected: &[(&str, &[&str])]) {
    let stanza: Element = stanza.parse().unwrap();
    for (expression, nodes) in expected {
        assert_eq!(select(expression, &stanza), *nodes, "{expression}");
    }
}

const MESSAGE: &str = "<message n='0' from='a@b/c' type='chat' xml:lang='en'>\
    <body n='1'>hi</body><body n='2' xml:lang='de'>hallo</body>\
    <x n='3' xmlns='urn:x'><item n='4' id='p'>1</item><item n='5'/><item n='6' id='p'>1</item></x>\
    <x n='7' xmlns='urn:y'><body n='8' xmlns='jabber:client'>in</body></x></message>";

#[test]
fn names_and_namespaces() {
    all(
        MESSAGE,
        &[
            ("/message", &["0"]),
            ("/iq", &[]),
            ("body", &["1", "2"]),
            ("/message/body", &["1", "2"]),
            ("/*/body", &["1", "2"]),
            // The context node is the stanza, not the root node.
            ("message", &[]),
            ("c:body", &["1", "2"]),
            ("x", &[]),
            ("x:x", &["3"]),
            ("x:x/item", &[]),
            ("x:x/x:item", &["4", "5", "6"]),
            ("*", &["1", "2", "3", "7"]),
            ("x:*", &["3"]),
            ("c:*", &["1", "2"]),
            ("//body", &["1", "2", "8"]),
            ("//x:*", &["3", "4", "5", "6"]),
            ("self::message", &["0"]),
            ("self::*", &["0"]),
            ("self::iq", &[]),
            (".", &["0"]),
            ("./body", &["1", "2"]),
            ("child::body", &["1", "2"]),
            ("descendant::body", &["1", "2", "8"]),
            (".//body", &["1", "2", "8"]),
            ("body/.", &["1", "2"]),
            ("body/./text()", &["'hi'", "'hallo'"]),
        ],
    );
}

#[test]
fn attributes() {
    all(
        MESSAGE,
        &[
            ("@from", &["@from=a@b/c"]),
            ("/message/@type", &["@type=chat"]),
            ("attribute::type", &["@type=chat"]),
            ("@xml:lang", &["@lang=en"]),
            ("@lang", &[]),
            ("@xml:*", &["@lang=en"]),
            ("@*", &["@n=0", "@from=a@b/c", "@type=chat", "@lang=en"]),
            ("//@id", &["@id=p", "@id=p"]),
            ("body[@xml:lang]", &["2"]),
            ("//*[@id='p']", &["4", "6"]),
            ("//*[@id!='p']", &[]),
            ("//x:item[not(@id='p')]", &["5"]),
            ("//x:item[@id != 'q']", &["4", "6"]),
            ("//x:item['p' = @id]", &["4", "6"]),
            ("@from/.", &["@from=a@b/c"]),
            ("@from//.", &["@from=a@b/c"]),
            ("@from/self::node()", &["@from=a@b/c"]),
            ("@from/self::from", &[]),
            ("@from/node()", &[]),
            ("@from/@from", &[]),
            ("@from[.='a@b/c']", &["@from=a@b/c"]),
            ("@node()", &["@n=0", "@from=a@b/c", "@type=chat", "@lang=en"]),
            ("@text()", &[]),
        ],
    );
}

#[test]
fn positions() {
    all(
        "<m n='0'><a n='1'><b n='2'/><b n='3'/></a><a n='4'><b n='5'/><b n='6' k=''/><b n='7' k=''/></a></m>",
        &[
            ("a[1]", &["1"]),
            ("a[2]", &["4"]),
            ("a[ 02 ]", &["4"]),
            ("a[3]", &[]),
            ("a[0]", &[]),
            ("a[18446744073709551616]", &[]),
            ("a/b[1]", &["2", "5"]),
            ("//b[1]", &["2", "5"]),
            ("/descendant::b[1]", &["2"]),
            ("descendant::b[4]", &["6"]),
            ("//b[3]", &["7"]),
            ("//a[2]/b[2]", &["6"]),
            ("//b[@k][1]", &["6"]),
            ("//b[2][@k]", &["6"]),
            ("//b[@k][2]", &["7"]),
            ("//b[1][1]", &["2", "5"]),
            ("//b[1][2]", &[]),
            ("//b[@k][2][1][1][1][1][1]", &["7"]),
            ("//*[b[3]]", &["4"]),
            ("//a[b[3]/@k]", &["4"]),
            ("/m[1]", &["0"]),
            ("/*[2]", &[]),
            ("//node()[2]", &["3", "4", "6"]),
            ("@*[1]", &["@n=0"]),
            ("self::m[1]", &["0"]),
            (".//.", &["0", "1", "2", "3", "4", "5", "6", "7"]),
            ("//*//*[1]", &["1", "2", "5"]),
        ],
    );
}

#[test]
fn conditions() {
    all(
        MESSAGE,
        &[
            ("/message[@type='chat' and body]", &["0"]),
            ("/message[@type=\"chat\"][body]", &["0"]),
            ("/message[@type='error' or body]", &["0"]),
            ("/message[@type='error' or x]", &[]),
            ("/message[not(@type='error')]", &["0"]),
            ("/message[not(body)]", &[]),
            // `and` binds more tightly than `or`.
            ("/message[body or x and x]", &["0"]),
            ("/message[(body or x) and x]", &[]),
            ("/message[body='hallo']", &["0"]),
            ("/message[body!='hallo']", &["0"]),
            ("/message[not(body='hey')]", &["0"]),
            ("body[.='hi']", &["1"]),
            ("body[text()='hi']", &["1"]),
            ("body[. != 'hi']", &["2"]),
            ("/message[//x:item[@id]]", &["0"]),
            ("//*[/message]", &["0", "1", "2", "3", "4", "5", "6", "7", "8"]),
            ("//*[/iq]", &[]),
            ("*[self::body or self::x:x]", &["1", "2", "3"]),
            ("*[*]", &["3", "7"]),
            ("x:x[x:item='1']", &["3"]),
            // The string-value of an element is all the text in it.
            ("x:x[.='11']", &["3"]),
            ("/message[.='hihallo11in']", &["0"]),
            ("/message[.='hihallo11i']", &[]),
            ("/message[.='hihallo11inn']", &[]),
            ("x:x/x:item[.='']", &["5"]),
            ("/message[not(not(body))]", &["0"]),
            ("/message[ not ( iq ) and ( body ) ]", &["0"]),
        ],
    );
}

#[test]
fn texts() {
    all(
        "<m n='0'>a&lt;<![CDATA[b]]>c<e n='1'/>d<f n='2'><![CDATA[]]></f><![CDATA[]]><g n='3'>x</g>y\
         <h n='4'>z</h><![CDATA[]]>w<![CDATA[]]></m>",
        &[
            ("text()", &["'a<bc'", "'d'", "'y'", "'w'"]),
            ("//text()", &["'a<bc'", "'d'", "'x'", "'y'", "'z'", "'w'"]),
            ("text()[2]", &["'d'"]),
            ("text()[.='a<bc']", &["'a<bc'"]),
            ("*[text()]", &["3", "4"]),
            ("*[node()]", &["3", "4"]),
            ("node()", &["'a<bc'", "1", "'d'", "2", "3", "'y'", "4", "'w'"]),
            ("g/node()", &["'x'"]),
            ("g/text()/.", &["'x'"]),
            ("g/text()/node()", &[]),
            ("text()/@n", &[]),
            ("/m[.='a<bcdxyzw']", &["0"]),
            ("self::text()", &[]),
        ],
    );
}

#[test]
fn the_root_node() {
    all(
        MESSAGE,
        &[
            ("/", &["0"]),
            ("/.", &["0"]),
            ("/node()", &["0"]),
            ("/self::node()", &["0"]),
            ("/self::*", &[]),
            ("/@from", &[]),
            ("/text()", &[]),
            ("//message", &["0"]),
            ("/descendant::message", &["0"]),
            ("body[/]", &["1", "2"]),
            ("body[(/) and /message]", &["1", "2"]),
            // Behind `/` stands a name (XPath 1.0 §3.7).
            ("body[/ and /message]", &[]),
        ],
    );
    // It stands for the stanza, which comes once.
    let stanza: Element = "<m n='0'><a n='1'/></m>".parse().unwrap();
    assert_eq!(select("//.", &stanza), ["0", "1"]);
}

#[test]
fn names_that_are_words_of_xpath() {
    all(
        "<and n='0'><or n='1'/><not n='2'/><div n='3'/><text n='4'/><self n='5'/><child n='6'/></and>",
        &[
            ("/and[or and not]", &["0"]),
            ("/and[or or or]", &["0"]),
            ("or", &["1"]),
            ("not", &["2"]),
            ("/and[not(not)]", &[]),
            ("div", &["3"]),
            ("text", &["4"]),
            ("self::and/self", &["5"]),
            ("child::child", &["6"]),
            ("*[self::or or self::div]", &["1", "3"]),
        ],
    );
}

#[test]
fn on_any_stream_and_in_a_route() {
    use bytes::BytesMut;
    use jabber_xml::{Item, Limits, Scanner};

    let path = |text: &str| XPath::new(text, &prefixes()).unwrap();
    for (header, stanza, expression) in [
        (ns::COMPONENT_ACCEPT, "<message><body/></message>", "/message/body"),
        (
            ns::JABBERD20_COMPONENT,
            "<route from='a' to='b'><message xmlns='jabber:client'><body/></message></route>",
            "message/body",
        ),
    ] {
        let mut scanner = Scanner::new(Limits::default());
        let mut input = BytesMut::from(
            format!("<stream:stream xmlns='{header}' xmlns:stream='{}'>{stanza}", ns::STREAM)
                .as_bytes(),
        );
        assert!(matches!(scanner.next(&mut input), Ok(Some(Item::Header(_)))));
        let Ok(Some(Item::Element(element))) = scanner.next(&mut input) else { panic!("{header}") };
        assert!(path(expression).matches(&element), "{header}");
        // A part of an element is a stanza of its own.
        for message in element.children().map(jabber_xml::ElementRef::to_element) {
            let its_own = message.is("message", ns::CLIENT);
            assert_eq!(path("/message/body").matches(&message), its_own);
            assert!(!path("//route").matches(&message));
        }
    }
}
