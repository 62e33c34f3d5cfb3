//! The checker and the contract agree on every trace.
//!
//! Both are finite: the pairs (where the checker is, what the contract still wants) are explored
//! until no new one turns up. At each pair every kind must be allowed by both or by neither, and
//! both must agree on whether the trace may end. So this holds for traces of any length.

use std::collections::{HashSet, VecDeque};

use jabber_status::{Kind, Lifecycle, Shape};

use crate::expression::NEVER;
use crate::{BIND_WITHOUT_RESTART, COMPONENT, JABBERD20, LEGACY, SASL_ONLY, XMPP, contract};

/// Explores all; how many pairs there are and how many states of the checker.
fn explore(shape: Shape) -> (usize, usize) {
    let mut seen = HashSet::new();
    let mut states = HashSet::new();
    let mut waiting = VecDeque::from([(Lifecycle::of(shape), contract::of(shape), Vec::new())]);
    while let Some((life, wanted, trace)) = waiting.pop_front() {
        // The number of the attempt is no part of the order.
        let attempt = format!("attempt: {},", life.attempt());
        let place = format!("{life:?}").replace(&attempt, "");
        if !seen.insert((place, wanted)) {
            continue;
        }
        states.insert(life.state());
        assert_eq!(life.may_end(), wanted.may_end(), "the end after {trace:?}");
        let expected = life.expected();
        for kind in Kind::all() {
            let mut next = life;
            let allowed = next.check(kind).is_ok();
            let left = wanted.after(kind);
            assert_eq!(allowed, left != NEVER, "{kind} after {trace:?}");
            assert_eq!(allowed, expected.contains(kind), "{kind} after {trace:?}");
            if allowed {
                let trace = trace.iter().copied().chain([kind]).collect();
                waiting.push_back((next, left, trace));
            }
        }
    }
    (seen.len(), states.len())
}

#[test]
fn xmpp() {
    let (pairs, states) = explore(XMPP);
    assert!(pairs > 100, "{pairs}");
    assert_eq!(states, 18, "every state is reached");
}

#[test]
fn legacy_and_component() {
    assert_eq!(LEGACY, COMPONENT);
    assert_eq!(explore(LEGACY).1, 11, "no TLS, restart, bind, session");
}

#[test]
fn jabberd20_component() {
    assert_eq!(explore(JABBERD20).1, 16, "no session, nothing to resume");
}

#[test]
fn shapes_of_others() {
    explore(SASL_ONLY);
    explore(BIND_WITHOUT_RESTART);
}

#[test]
fn every_other_shape() {
    for bits in 0..32_u8 {
        let mut shape = Shape::new();
        shape.tls = bits & 1 != 0;
        shape.restart = bits & 2 != 0;
        shape.bind = bits & 4 != 0;
        shape.session = bits & 8 != 0;
        shape.resume = bits & 16 != 0;
        explore(shape);
    }
}
