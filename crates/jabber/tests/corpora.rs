//! What the fuzz targets check holds for their corpora, and for spoilt copies of them, without a fuzzer.
//!
//! The targets of one crate alone have theirs in that crate; a whole connection is in `hostile.rs`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    dead_code,
    reason = "a test fails by panicking"
)]

#[path = "../../../fuzz/src/chance.rs"]
mod chance;
#[path = "../../../fuzz/src/features.rs"]
mod features;
#[path = "../../../fuzz/src/names.rs"]
mod names;
#[path = "../../../fuzz/src/sasl.rs"]
mod sasl;

/// Spoilt copies of each input.
const COPIES: u64 = 20;

fn replay(target: &str, check: fn(&[u8])) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus");
    let mut paths: Vec<_> = std::fs::read_dir(format!("{folder}/{target}"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    assert!(paths.len() >= 20, "{} files", paths.len());
    for path in paths {
        let input = std::fs::read(&path).unwrap();
        eprintln!("{}", path.display());
        check(&input);
        for copy in 0..COPIES {
            let spoilt = spoilt(&input, copy);
            eprintln!("copy {copy}: {spoilt:?}");
            check(&spoilt);
        }
    }
}

/// The same for the same number: some bytes changed, left out or doubled.
fn spoilt(input: &[u8], number: u64) -> Vec<u8> {
    let mut state = number ^ 0x9e37_79b9_7f4a_7c15 ^ input.len() as u64;
    let mut next = |bound: usize| {
        state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        usize::try_from(state >> 33).unwrap() % bound.max(1)
    };
    let mut out = input.to_vec();
    for _ in 0..=next(3) {
        let at = next(out.len());
        match next(4) {
            0 if !out.is_empty() => out[at] = u8::try_from(next(256)).unwrap(),
            1 if !out.is_empty() => drop(out.remove(at)),
            2 if !out.is_empty() => out.truncate(at),
            _ => out.insert(at, b"<>='\"&,;@/:\0\xff"[next(13)]),
        }
    }
    out
}

#[test]
fn logins() {
    replay("sasl", sasl::sasl);
}

#[test]
fn digest_md5_challenges() {
    replay("digest_md5", sasl::digest_md5);
}

#[test]
fn stream_features() {
    replay("features", features::features);
}

#[test]
fn jids() {
    replay("jid", names::jid);
}

#[test]
fn addresses() {
    replay("address", names::address);
}
