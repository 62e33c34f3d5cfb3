//! What filters cost a stanza: how many are tried, and what is allocated. `cargo xtask ratchet` counts
//! instructions.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says what it counted"
)]

#[path = "../examples/filters/work.rs"]
mod work;

use jabber_filter::{Filter, Filters, XPath};
use jabber_xml::Element;

fn allocations(filters: &Filters<usize>, stanza: &Element) -> u64 {
    allocation_counter::measure(|| assert!(filters.matches(stanza).count() > 0)).count_total
}

#[test]
fn a_thousand_filters_are_as_few_as_ten() {
    println!("| filters differ in | tried of 10 | of 1,000 | allocations |");
    println!("|---|--:|--:|--:|");
    for kind in work::KINDS {
        let stanza = work::stanza(kind).unwrap();
        let [ten, thousand] = [10, 1000].map(|count| work::filters(kind, count).unwrap());
        let tried = (ten.candidates(&stanza), thousand.candidates(&stanza));
        let allocated = allocations(&thousand, &stanza);
        println!("| {kind} | {} | {} | {allocated} |", tried.0, tried.1);
        assert_eq!((tried, allocated), ((1, 1), 0), "{kind}");
    }
}

#[test]
fn filters_of_all_kinds_together_do_not_disturb_each_other() {
    let mut filters: Filters<usize> = Filters::new();
    for kind in work::KINDS {
        for number in 0..1000 {
            // Each has a condition more, that all of its kind share.
            let path: XPath = "/*[@type='chat']".parse().unwrap();
            let filter = match kind {
                "name" => Filter::new().name(&format!("s{number}")),
                "namespace" => Filter::new().name("x").namespace(&format!("urn:{number}")),
                _ => Filter::new().kind(&format!("{kind}{number}")),
            };
            filters.add(filter.and(path), number);
        }
    }
    let stanza: Element = "<s7 type='chat'/>".parse().unwrap();
    assert_eq!(filters.candidates(&stanza), 1);
    assert_eq!(filters.matches(&stanza).map(|it| *it.value).collect::<Vec<_>>(), [7]);
}

#[test]
fn what_allocates() {
    let count = |filter: Filter, stanza: &str| {
        let stanza: Element = stanza.parse().unwrap();
        let mut filters = Filters::new();
        filters.add(filter, 0);
        allocations(&filters, &stanza)
    };
    let path = |text: &str| Filter::new().and(text.parse().unwrap());
    let message = "<message from='a@b/c' type='chat'><body>hi</body><x><y k='v'/></x></message>";
    for free in [
        path("/message[@type='chat' and not(error)]/body[.='hi']"),
        path("//y[@k='v']"),
        path("x[.//y]/y"),
        path("/message[x[y[1]/@k]]/body/text()"),
        Filter::new().from_domain(&"b".parse().unwrap()),
    ] {
        assert_eq!(count(free.clone(), message), 0, "{free:?}");
    }
    // What was found out is kept.
    assert_eq!(count(path("//x[.//y]"), message), 2);
    // An address that is not in its prepared form is prepared.
    assert!(count(Filter::new().from_domain(&"b".parse().unwrap()), "<iq from='A@b'/>") > 0);
}
