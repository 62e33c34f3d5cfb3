//! Valid traces, drawn at random with a fixed seed.

use jabber_status::{Kind, Lifecycle, Shape, Status};

/// A valid, complete trace of at least `length` kinds.
pub(crate) fn trace(shape: Shape, seed: u64, length: usize) -> Vec<Kind> {
    let mut life = Lifecycle::of(shape);
    let mut random = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut trace = Vec::new();
    while trace.len() < length || !life.may_end() {
        let kinds: Vec<Kind> = life.expected().iter().collect();
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        let kind = kinds[(random >> 33) as usize % kinds.len()];
        // What may stand anywhere would else be most of the trace, and endings would come early.
        if !is_progress(kind) && random >> 20 & 31 != 0 {
            continue;
        }
        life.check(kind).unwrap();
        trace.push(kind);
    }
    trace
}

fn is_progress(kind: Kind) -> bool {
    match kind {
        Kind::Status(status) => !matches!(status, Status::StreamEnd | Status::ShutdownStart),
        Kind::Error(_) | Kind::Extra(_) => false,
    }
}
