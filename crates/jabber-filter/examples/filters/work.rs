//! Filters of several sorts, as many as wanted, and the stanza that one of them matches.

use std::error::Error;

use jabber_filter::{Filter, Filters, Namespaces, XPath};
use jabber_jid::Jid;
use jabber_xml::Element;

/// What filters differ in.
pub(crate) const KINDS: [&str; 7] =
    ["name", "namespace", "from", "bare", "payload", "xpath-from", "xpath-payload"];

/// That many filters that differ in this.
pub(crate) fn filters(kind: &str, count: usize) -> Result<Filters<usize>, Box<dyn Error>> {
    let mut filters = Filters::new();
    for number in 0..count {
        let jid: Jid = format!("user{number}@example.org/desk").parse()?;
        let uri = format!("urn:example:{number}");
        let prefixes = || Namespaces::new().with("p", &uri);
        let filter = match kind {
            "name" => Filter::new().name(&format!("stanza{number}")),
            "namespace" => Filter::new().namespace(&uri),
            "from" => Filter::new().name("message").from(&jid),
            "bare" => Filter::new().name("message").kind("chat").from_bare(&jid),
            "payload" => Filter::new().name("message").child("x", &uri),
            "xpath-from" => format!("/message[@from='{jid}']/body").parse::<XPath>()?.into(),
            "xpath-payload" => XPath::new("/message/p:x[@node]", &prefixes()?)?.into(),
            _ => return Err(format!("a kind of {KINDS:?}").into()),
        };
        filters.add(filter, number);
    }
    Ok(filters)
}

/// A stanza that the sixth filter of a kind matches, and no other.
pub(crate) fn stanza(kind: &str) -> Result<Element, Box<dyn Error>> {
    let rest = "type='chat' id='b1f' from='user5@example.org/desk' to='bot@example.org'>\
        <body>Who is there?</body><active xmlns='http://jabber.org/protocol/chatstates'/>\
        <x xmlns='urn:example:5' node='n'/>";
    Ok(match kind {
        "name" => format!("<stanza5 {rest}</stanza5>"),
        "namespace" => format!("<s:message xmlns:s='urn:example:5' {rest}</s:message>"),
        _ => format!("<message {rest}</message>"),
    }
    .parse()?)
}
