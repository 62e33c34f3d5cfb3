//! Whoever subscribes to less can check what it gets.

use jabber_status::{Extra, Kind, KindSet, Lifecycle, Shape, Status};

use crate::{SHAPES, XMPP, walk};

fn check(shape: Shape, trace: &[Kind], wanted: KindSet) {
    let mut life = Lifecycle::of(shape);
    for kind in trace.iter().filter(|kind| wanted.contains(**kind)) {
        life.check(*kind).unwrap_or_else(|violation| panic!("{violation} in {trace:?}"));
    }
    life.finish().unwrap();
}

#[test]
fn lifecycle_kinds_are_enough() {
    for shape in SHAPES {
        for seed in 0..40 {
            let trace = walk::trace(shape, seed, 80);
            check(shape, &trace, KindSet::ALL);
            check(shape, &trace, KindSet::LIFECYCLE);
            check(shape, &trace, KindSet::ALL.without(Status::RtsStart));
        }
    }
}

#[test]
fn extras_may_be_missing_but_a_resumption() {
    let extras: KindSet = Extra::ALL.iter().copied().collect();
    let others: KindSet = KindSet::ALL.iter().filter(|kind| !extras.contains(*kind)).collect();
    for shape in SHAPES {
        let wanted = if shape == XMPP { others.with(Extra::StreamResumed) } else { others };
        for seed in 0..40 {
            check(shape, &walk::trace(shape, seed, 80), wanted);
        }
    }
}

#[test]
fn random_traces_reach_everything() {
    let traces = (0..60).flat_map(|seed| walk::trace(XMPP, seed, 80));
    let seen: KindSet = traces.collect();
    assert_eq!(seen, KindSet::ALL);
}
