//! Expressions that are none, or more than is understood: the place, and what to write instead.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use jabber_filter::{Namespaces, PrefixError, XPath, XPathFault};
use jabber_xml::ns;

#[track_caller]
fn refused(expression: &str, column: usize, said: &str) {
    let error = match expression.parse::<XPath>() {
        Ok(path) => panic!("{path} is understood"),
        Err(error) => error,
    };
    let text = error.to_string();
    assert_eq!(error.column(), column, "{expression}: {text}");
    assert!(text.contains(said), "{expression}: {text}");
    assert!(text.starts_with(&format!("column {column}: ")), "{text}");
}

#[test]
fn what_is_no_xpath() {
    refused("", 1, "a location path is missing");
    refused("  ", 3, "a location path is missing");
    refused("a/", 3, "a name, *, text() or node() is missing");
    refused("a//", 4, "is missing");
    refused("//", 3, "is missing");
    refused("///a", 3, "is missing");
    refused("a[", 3, "a location path is missing");
    refused("a[]", 3, "a location path is missing");
    refused("a[b", 4, "']' is missing");
    refused("a[1", 4, "']' is missing");
    refused("a]", 2, "ended");
    refused("a b", 3, "ended");
    refused("a[b c]", 5, "']' is missing");
    refused("a[(b]", 5, "')' is missing");
    refused("a[not(b]", 8, "')' is missing");
    refused("a[not()]", 7, "a location path is missing");
    refused("a[b and]", 8, "a location path is missing");
    refused("a[or b]", 6, "']' is missing");
    refused("a[b=]", 5, "a comparison with anything but a text");
    refused("a[b='c]", 5, "quote");
    refused("a[b=\"c']", 5, "quote");
    refused("@", 2, "is missing");
    refused("a/@/b", 4, "is missing");
    refused("/[a]", 2, "ended");
    refused("text(", 6, "')' is missing");
    refused("text(a)", 6, "')' is missing");
    refused("×", 1, "not a name");
    refused("ä/×", 3, "not a name");
    refused("a:", 1, "'a' is not declared");
    refused("xml: a", 6, "is missing");
    refused("xml:", 5, "a name behind the prefix");
    refused("child:: ", 9, "is missing");
    refused("!a", 1, "is missing");
    refused("a[!b]", 3, "is missing");
    refused("a\u{a0}b", 1, "not a name");
}

#[test]
fn what_is_not_understood() {
    for axis in [
        "parent",
        "ancestor",
        "ancestor-or-self",
        "following",
        "following-sibling",
        "preceding",
        "preceding-sibling",
        "namespace",
        "descendant-or-self",
        "nonsense",
    ] {
        refused(&format!("a/{axis}::b"), 3, axis);
    }
    refused("..", 1, "parent");
    refused("a/../b", 3, "the axes are child, descendant, attribute and self");
    refused("a|b", 2, "*[self::a or self::b]");
    refused("a[b|c]", 4, "*[self::a or self::b]");
    for function in ["count", "contains", "starts-with", "string", "name", "id", "true"] {
        refused(&format!("a[{function}(b)]"), 3, function);
        refused(&format!("{function}(b)"), 1, function);
    }
    refused("a[position()=1]", 3, "[2]");
    refused("a[last()]", 3, "[2]");
    refused("not(a)", 1, "message[not(error)]");
    refused("comment()", 1, "comment");
    refused("processing-instruction('x')", 1, "processing-instruction");
    refused("$a", 1, "variable");
    refused("a[$b]", 3, "variable");
    refused("'a'", 1, "text by itself");
    refused("a['b']", 3, "text by itself");
    refused("1", 1, "number");
    refused("-1", 1, "number");
    refused(".5", 1, "number");
    refused("a[1.5]", 3, "fraction");
    refused("a[.5]", 3, "fraction");
    refused("a[1.]", 3, "fraction");
    refused("a[1 or b]", 5, "a position stands alone");
    refused("a[b or 1]", 8, "number");
    refused("a[not(1)]", 7, "number");
    refused("a[b=1]", 5, "text in quotes");
    refused("a[1=b]", 4, "number");
    refused("a[b=c]", 5, "text in quotes");
    refused("a[b<'c']", 4, "'<'");
    refused("a[b>='c']", 4, "'>='");
    refused("a[b + 1]", 5, "'+'");
    refused("a[b mod 2]", 5, "'mod'");
    refused("a div 2", 3, "'div'");
    refused("a and b", 3, "outside of brackets");
    refused("a='b'", 2, "outside of brackets");
    refused("(a)[1]", 1, "parentheses");
    refused("a[(b)/c]", 6, "parentheses");
    refused("a[(b)='c']", 6, "parentheses");
    refused(".[a]", 2, "self::node()[…]");
}

#[test]
fn prefixes() {
    refused("x:a", 1, "'x' is not declared");
    refused("/a/@x:b", 5, "'x' is not declared");
    refused("a/x:*", 3, "'x' is not declared");
    let with = |prefix, uri| Namespaces::new().with(prefix, uri);
    assert!(matches!(with("", "u"), Err(PrefixError::Name(_))));
    assert!(matches!(with("a:b", "u"), Err(PrefixError::Name(_))));
    assert!(matches!(with("1", "u"), Err(PrefixError::Name(_))));
    assert!(matches!(with("a", ""), Err(PrefixError::Empty(_))));
    assert_eq!(with("xml", "u"), Err(PrefixError::Reserved));
    assert_eq!(with("a", ns::XML), Err(PrefixError::Reserved));
    assert_eq!(with("xmlns", "u"), Err(PrefixError::Reserved));
    assert_eq!(with("a", ns::XMLNS), Err(PrefixError::Reserved));
    assert!(with("xml", ns::XML).is_ok());
    let a = with("a", "u").unwrap();
    assert!(a.clone().with("a", "u").is_ok());
    assert!(matches!(a.with("a", "v"), Err(PrefixError::Twice(_))));
}

#[test]
fn limits() {
    let accepted = |expression: String| drop(expression.parse::<XPath>().unwrap());
    let fault = |expression: String| expression.parse::<XPath>().unwrap_err().fault().clone();

    let long = |bytes: usize| "a".repeat(bytes);
    accepted(long(1000));
    let padded = |bytes| format!("a{}", " ".repeat(bytes - 1));
    accepted(padded(XPath::MAX_BYTES));
    assert_eq!(fault(padded(XPath::MAX_BYTES + 1)), XPathFault::TooLong);

    let steps = |n| vec!["a"; n].join("/");
    accepted(steps(XPath::MAX_STEPS));
    assert_eq!(fault(steps(XPath::MAX_STEPS + 1)), XPathFault::TooManySteps);
    let bracketed = |n| format!("a[{}]", vec!["b"; n].join(" or "));
    accepted(bracketed(XPath::MAX_STEPS - 1));
    assert_eq!(fault(bracketed(XPath::MAX_STEPS)), XPathFault::TooManySteps);

    for (open, close) in [("a[", "]"), ("a[(", ")]"), ("a[not(", ")]")] {
        let levels = open.len() - 1 - usize::from(open.contains("not")) * 3;
        let nested = |n| format!("{}b{}", open.repeat(n), close.repeat(n));
        accepted(nested(XPath::MAX_DEPTH / levels));
        assert_eq!(fault(nested(XPath::MAX_DEPTH / levels + 1)), XPathFault::TooDeep, "{open}");
    }
    // Nothing that is nested deeper is ever gone into.
    assert_eq!(fault(format!("a[{}", "(".repeat(4000))), XPathFault::TooDeep);
}
