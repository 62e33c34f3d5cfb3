//! What kind of node a text is, whoever wrote it.

use jabber::{Element, ElementRef};

/// `features`, `iq get query version`: the element's name, its type, and its first child with the
/// end of that one's namespace. Of a route: of what it holds. Attributes that differ from session to
/// session and what is redacted on our side are no part of it.
pub(crate) fn summary(text: &str) -> String {
    // A stream's start and end are no elements, and declare what is not used elsewhere.
    let name = text.trim_start_matches(['<', '/']).split([' ', '>']).next().unwrap();
    if let "stream:stream" = name {
        return name.to_owned();
    }
    if text.is_empty() {
        return String::new();
    }
    // The prefix is declared in the stream's header.
    let text = match name.strip_prefix("stream:") {
        Some(local) => text.replacen(name, &format!("{name} xmlns:stream='{local}'"), 1),
        None => text.to_owned(),
    };
    match text.parse::<Element>() {
        Ok(element) => of(element.root()),
        // Undeclared prefixes further inside, or the declaration twice.
        Err(_) => name.trim_start_matches("stream:").to_owned(),
    }
}

fn of(element: ElementRef<'_>) -> String {
    let first = element.children().next();
    match (element.name(), first) {
        ("route", Some(content)) => of(content),
        ("iq", first) => {
            let kind = element.attribute("type").unwrap_or_default();
            let child = first.map_or(String::new(), |child| {
                let space = child.namespace().rsplit([':', '/', '#']).next().unwrap_or_default();
                format!(" {} {space}", child.name())
            });
            format!("iq {kind}{child}")
        }
        (name, _) => name.to_owned(),
    }
}
