use jabber_filter::{Filter, Filters, Matched, Namespaces, XPath};
use jabber_xml::Element;

/// An expression in the first line, a stanza behind it.
///
/// What is refused is refused at a place that there is. What is understood finds the same whether it is
/// asked if it selects anything, or what, or is found among other filters by what it needs.
pub(crate) fn filter(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    let (expression, stanza) = text.split_once('\n').unwrap_or((text, ""));
    let prefixes = [("x", "urn:x"), ("c", "jabber:client"), ("s", "urn:s")];
    let prefixes = prefixes
        .into_iter()
        .try_fold(Namespaces::new(), |all, (prefix, uri)| all.with(prefix, uri));
    let path = match XPath::new(expression, &prefixes.unwrap_or_default()) {
        Ok(path) => path,
        Err(error) => {
            assert!((1..=expression.chars().count() + 1).contains(&error.column()), "{error}");
            return;
        }
    };
    assert_eq!(path.as_str(), expression);
    let Ok(stanza) = stanza.parse::<Element>() else { return };

    let selected: Vec<Matched<'_>> = path.select(&stanza).collect();
    assert_eq!(path.matches(&stanza), !selected.is_empty());
    let elements: Vec<usize> =
        selected.iter().filter_map(|node| Some(node.element()?.as_str().as_ptr().addr())).collect();
    assert!(elements.is_sorted_by(|one, next| one < next), "in document order, each once");

    let mut filters = Filters::new();
    let mut expected = Vec::new();
    for number in 0..4 {
        let filter = match number {
            0 => Filter::new().name(stanza.name()),
            1 => Filter::new().and(path.clone()).name(stanza.name()),
            2 => Filter::new().and(path.clone()).kind("chat"),
            _ => path.clone().into(),
        };
        if filter.matches(&stanza) {
            expected.push(number);
        }
        filters.add(filter, number);
    }
    let found: Vec<i32> = filters.matches(&stanza).map(|matched| *matched.value).collect();
    assert_eq!(found, expected);
}
