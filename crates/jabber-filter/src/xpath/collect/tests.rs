//! How many nodes an evaluation looks at, in the worst that a peer can send.

use jabber_xml::Element;

use super::super::ast::Expr;
use super::super::{Namespaces, parser};
use super::*;

/// A chain of elements, and many beside each other in the last.
fn chain_and_fan(depth: usize, width: usize) -> Element {
    let text = format!("{}{}{}", "<a>".repeat(depth), "<b/>".repeat(width), "</a>".repeat(depth));
    text.parse().unwrap()
}

/// Whether it selects anything, and the nodes that were looked at for that, and for all.
fn work(expression: &str, stanza: &Element) -> (bool, u64, u64, u64) {
    let (path, steps) = parser::parse(expression, &Namespaces::new()).unwrap();
    let view = View::new(stanza);
    let memo = || Memo::new(if path.repeats() { steps } else { 0 });
    let mut evaluation = Evaluation::new(view, memo());
    let found = all(&path, &mut evaluation);
    let for_all = evaluation.work;
    let mut evaluation = Evaluation::new(view, memo());
    let exists = evaluation.holds(&Expr::Path(path.clone()), ROOT);
    assert_eq!(exists, !found.is_empty(), "{expression}");
    (exists, evaluation.work, for_all, steps as u64)
}

const DEPTH: usize = 200;
const WIDTH: usize = 3000;
const NODES: u64 = (DEPTH + WIDTH) as u64;

#[test]
fn without_positions_each_step_looks_at_each_node_once_or_twice() {
    let stanza = chain_and_fan(DEPTH, WIDTH);
    for expression in [
        "//b",
        "//x",
        "//*//*//*//*//*//x",
        "//*//*//*//*//*[x]",
        "//*[.//*[.//*[.//*[.//*[x]]]]]",
        "//*[.//*[.//*[not(.//x)]]]",
        "//*[not(.//*[not(.//*[not(.//x)])])]",
        "//*[//x]",
        "//*[/a/a//x or //y]",
        "//*[//*[//*[//x]]]",
        "//*[.//b and .//b and not(.//x)]//*[.//b]",
        "//*[.//* != '']",
        "//*//text()",
        "descendant::*/descendant::*[descendant::x]",
    ] {
        let (_, one, all, steps) = work(expression, &stanza);
        println!("{expression}: {one} for the first, {all} for all, of {NODES} nodes");
        assert!(one <= 2 * steps * NODES, "{expression}: {one}");
        assert!(all <= 2 * steps * NODES, "{expression}: {all}");
    }
}

#[test]
fn with_positions_each_step_looks_at_each_node_once_for_each_that_it_is_in() {
    let stanza = chain_and_fan(DEPTH, WIDTH);
    for expression in [
        "//*/descendant::b[2999]/x",
        "//*[.//*/descendant::b[2999]/x]",
        "//*[descendant::b[2999][2]]//x",
        "//*[descendant::*[descendant::b[2999]/x][1]]",
        "//b[3000]/x",
    ] {
        let (exists, one, all, steps) = work(expression, &stanza);
        println!("{expression}: {one} for the first, {all} for all");
        assert!(!exists);
        let most = steps * NODES * DEPTH as u64;
        assert!(one <= most && all <= most, "{expression}: {one}, {all}");
    }
}

#[test]
fn what_cannot_match_is_seen_at_once() {
    let stanza = chain_and_fan(2, WIDTH);
    for expression in ["/b//b", "b[.//x]", "@a", "/a[@x]//*", "a[@x = '1']/b"] {
        assert!(work(expression, &stanza).1 <= 3, "{expression}");
    }
}
