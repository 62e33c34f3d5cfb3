//! Filters, and which of many match.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use jabber_filter::{Filter, FilterId, Filters, Matched, Namespaces, XPath};
use jabber_jid::Jid;
use jabber_xml::{Element, ns};

fn xml(text: &str) -> Element {
    text.parse().unwrap()
}

fn jid(text: &str) -> Jid {
    text.parse().unwrap()
}

fn path(text: &str) -> XPath {
    XPath::new(text, &Namespaces::new().with("x", "urn:x").unwrap()).unwrap()
}

/// Alone and among others it says the same.
#[track_caller]
fn matches(filter: &Filter, stanza: &str) -> bool {
    let stanza = xml(stanza);
    let alone = filter.matches(&stanza);
    let mut filters = Filters::new();
    for other in ["/x", "/message", "//y", "/*[@from='q']"] {
        filters.add(path(other), None);
    }
    let id = filters.add(filter.clone(), Some(()));
    let found = filters.matches(&stanza).any(|matched| matched.id == id);
    assert_eq!(found, alone, "{filter:?}, {stanza}");
    assert_eq!(filter.select(&stanza).count() > 0, alone, "{filter:?}, {stanza}");
    alone
}

#[test]
fn conditions_of_the_stanza() {
    let message = "<message type='chat' from='a@b/c'><x xmlns='urn:x'/><body/></message>";
    for (filter, expected) in [
        (Filter::new(), true),
        (Filter::new().name("message"), true),
        (Filter::new().name("iq"), false),
        (Filter::new().namespace(ns::CLIENT), true),
        (Filter::new().namespace(ns::COMPONENT_ACCEPT), true),
        (Filter::new().namespace("urn:x"), false),
        (Filter::new().kind("chat"), true),
        (Filter::new().kind("normal"), false),
        (Filter::new().from(&jid("a@b/c")), true),
        (Filter::new().from(&jid("a@b")), false),
        (Filter::new().from_bare(&jid("a@b")), true),
        (Filter::new().from_bare(&jid("a@b/d")), true),
        (Filter::new().from_bare(&jid("b")), false),
        (Filter::new().from_domain(&jid("b")), true),
        (Filter::new().from_domain(&jid("q@b/d")), true),
        (Filter::new().from_domain(&jid("c")), false),
        (Filter::new().child("x", "urn:x"), true),
        (Filter::new().child("x", ns::CLIENT), false),
        (Filter::new().child("x", "urn:x").child("body", ns::COMPONENT_ACCEPT), true),
        (Filter::new().child("body", ns::CLIENT).child("y", "urn:x"), false),
        (Filter::new().and(path("body")), true),
        (Filter::new().and(path("body")).and(path("y")), false),
        (Filter::new().name("iq").and(path("/message")), false),
        (Filter::new().name("message").kind("chat").from_bare(&jid("a@b")).and(path("x:x")), true),
    ] {
        assert_eq!(matches(&filter, message), expected, "{filter:?}");
    }
    // RFC 6121 §5.2.2.
    assert!(matches(&Filter::new().kind("normal"), "<message/>"));
    assert!(matches(&Filter::new().kind("normal"), "<message type='normal'/>"));
    assert!(!matches(&Filter::new().kind("normal"), "<presence/>"));
    // What a path compares is what stands there.
    assert!(!matches(&path("/message[@type='normal']").into(), "<message/>"));
}

#[test]
fn senders_are_compared_as_jids() {
    let from = |text: &str| format!("<message from='{text}'/>");
    let bare = Filter::new().from_bare(&jid("Ärger@Bücher.example"));
    assert!(matches(&bare, &from("ärger@bücher.example/x")));
    assert!(matches(&bare, &from("ÄRGER@xn--bcher-kva.EXAMPLE./x")));
    assert!(matches(&bare, &from("&#xe4;rger@bücher.example")));
    assert!(!matches(&bare, &from("arger@bücher.example")));
    let full = Filter::new().from(&jid("a@b/C"));
    assert!(matches(&full, &from("A@B/C")) && !matches(&full, &from("a@b/c")));
    let domain = Filter::new().from_domain(&jid("b"));
    assert!(matches(&domain, &from("B.")) && matches(&domain, &from("x@b/y")));
    for nobody in ["", "@b", "b@", "a@@b", "a b@b"] {
        assert!(!matches(&domain, &from(nobody)), "{nobody}");
    }
    assert!(!matches(&domain, "<message/>"));
    // A path compares text.
    assert!(!matches(&path("/message[@from='a@b']").into(), &from("A@B")));
}

#[test]
fn several_match_in_the_order_they_were_added() {
    let mut filters = Filters::new();
    let mut add = |filter: Filter, name: &'static str| filters.add(filter, name);
    let ids: Vec<FilterId> = vec![
        add(path("//body").into(), "rest"),
        add(Filter::new().name("message"), "name"),
        add(Filter::new().name("iq"), "other"),
        add(Filter::new().child("body", ns::CLIENT), "child"),
        add(path("//nothing").into(), "nothing"),
        add(Filter::new(), "every"),
        add(Filter::new().kind("chat"), "kind"),
        add(Filter::new().name("message"), "again"),
    ];
    let stanza = xml("<message type='chat'><body>1</body><body>2</body></message>");
    let names = |filters: &Filters<&'static str>| -> Vec<&str> {
        filters.matches(&stanza).map(|matched| *matched.value).collect()
    };
    assert_eq!(names(&filters), ["rest", "name", "child", "every", "kind", "again"]);
    assert!(filters.matches(&stanza).map(|it| it.id).is_sorted());

    assert_eq!(filters.remove(ids[1]), Some("name"));
    assert_eq!(filters.remove(ids[1]), None);
    assert_eq!(filters.remove(ids[0]), Some("rest"));
    assert_eq!(names(&filters), ["child", "every", "kind", "again"]);
    assert_eq!((filters.get(ids[0]), filters.get(ids[3])), (None, Some(&"child")));
    // A new one takes the place of an old one, and comes last all the same.
    let new = filters.add(Filter::new().name("message"), "new");
    assert_eq!(names(&filters), ["child", "every", "kind", "again", "new"]);
    assert_eq!((filters.len(), filters.get(ids[0])), (7, None));
    *filters.get_mut(new).unwrap() = "changed";
    assert_eq!(filters.get_mut(ids[1]), None);
    let left = [ids[2], ids[3], ids[4], ids[5], ids[6], ids[7], new];
    let values: Vec<_> = left.into_iter().filter_map(|id| filters.remove(id)).collect();
    assert_eq!(values, ["other", "child", "nothing", "every", "kind", "again", "changed"]);
    assert!(filters.is_empty() && names(&filters).is_empty());
}

#[test]
fn more_filters_than_fit_in_place() {
    let mut filters = Filters::new();
    for number in 0..100 {
        let filter = match number % 3 {
            0 => Filter::new().name("message"),
            1 => path("//body").into(),
            _ => Filter::new().child("body", ns::CLIENT),
        };
        filters.add(filter, number);
    }
    // A child that comes often finds its filters once.
    let stanza = xml(&format!("<message>{}</message>", "<body/>".repeat(50)));
    let all: Vec<i32> = filters.matches(&stanza).map(|matched| *matched.value).collect();
    assert_eq!(all, (0..100).collect::<Vec<_>>());
}

#[test]
fn what_matched_is_handed_over() {
    let stanza = xml("<message><body>1</body><x xmlns='urn:x' k='v'/><body>2</body></message>");
    let names = |filter: Filter| -> Vec<String> {
        let mut filters = Filters::new();
        filters.add(filter, ());
        let matched = filters.matches(&stanza).next().unwrap();
        assert_eq!(matched.stanza, &stanza);
        let nodes = matched.nodes();
        assert_eq!(nodes.len(), nodes.clone().count());
        nodes
            .map(|node| match node {
                Matched::Element(element) => format!("{}={}", element.name(), element.text()),
                other => other.text().into_owned(),
            })
            .collect()
    };
    assert_eq!(names(Filter::new().name("message")), ["message="]);
    assert_eq!(names(Filter::new().child("body", ns::CLIENT)), ["body=1", "body=2"]);
    let both = Filter::new().child("x", "urn:x").child("body", ns::CLIENT);
    assert_eq!(names(both), ["body=1", "x=", "body=2"]);
    assert_eq!(names(Filter::new().child("x", "urn:x").and(path("body/text()"))), ["1", "2"]);
    // Of several paths, in order and each once.
    let two = Filter::new().and(path("x:x/@k")).and(path("*")).and(path("body"));
    assert_eq!(names(two), ["body=1", "x=", "v", "body=2"]);
}

#[test]
fn what_paths_need_is_found_by() {
    let stanza = xml(
        "<message from='a@b' to='c@d' id='1' type='chat'><x xmlns='urn:x'/><body>hi</body></message>",
    );
    let candidates = |expression: &str| {
        let mut filters = Filters::new();
        filters.add(path(expression), ());
        let found = filters.candidates(&stanza);
        assert!(found >= filters.matches(&stanza).count(), "{expression}");
        found
    };
    for found in [
        "/message",
        "/message/body",
        "body",
        "body[.='no']",
        "/*/x:x",
        "/message[@from='a@b' and @type='chat']/x:x/y",
        "self::message[x:x][@id='1']",
        "/message[1][@to='c@d']",
        "//y",
        "/*",
        "/*[@k='v']",
        "/message[@type='x' or body]",
        "/message[not(@type='x')]",
    ] {
        assert_eq!(candidates(found), 1, "{found}");
    }
    for not_found in [
        "/iq",
        "/x:message",
        "/x:*",
        "x",
        "/*/y",
        "/message[@from='a@c']",
        "/message['a@c' = @from]",
        "/message[@type='error']/body",
        "/*[@id='2' and body]",
        "/*[body and (@to='x' and x:x)]",
        "/message[y/z]//body",
        "self::message[y]",
        "self::iq",
        "/message/y//z",
        "/message[@type='error'][1]",
    ] {
        assert_eq!(candidates(not_found), 0, "{not_found}");
    }
}
