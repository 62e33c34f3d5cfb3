//! Whatever a server sends and whenever the user acts: what holds for every connection
//! (`fuzz/src/connection.rs`), by chance from a fixed seed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    dead_code,
    reason = "test support"
)]

#[path = "../../../fuzz/src/chance.rs"]
mod chance;
#[path = "../../../fuzz/src/connection.rs"]
mod connection;
#[path = "../../../fuzz/src/spoken.rs"]
mod spoken;

use chance::{Chance, Input};
use connection::play;
use spoken::{DIALECTS, spoken};

/// How many connections are played for each dialect.
const RUNS: u64 = 4000;

/// A small generator (`SplitMix64`), so that a run can be played again.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

impl Chance for Random {
    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap()
    }

    fn bytes(&mut self) -> Vec<u8> {
        let length = self.below(64);
        (0..length).map(|_| b" <>/='&;x!?-\0\xff"[self.below(14)]).collect()
    }

    fn is_over(&self) -> bool {
        false
    }
}

#[test]
fn every_dialect_by_chance() {
    for dialect in 0..DIALECTS {
        let spoken = spoken(dialect);
        let (mut ready, mut delivered) = (0, 0);
        for run in 0..RUNS {
            // Shown if it fails.
            eprintln!("dialect {dialect}, run {run}");
            let mut random = Random(run.wrapping_mul(0x1234_5678_9abc_def1) ^ dialect as u64);
            let played = play(&spoken, &mut random);
            ready += u64::from(played.ready);
            delivered += played.delivered;
        }
        // Else it would only have tested refusals. Over TLS with SCRAM nobody can be ready who does not
        // know the password.
        let reachable = dialect != 1;
        assert_eq!(
            reachable,
            ready > RUNS / 20,
            "dialect {dialect}: {ready} of {RUNS} became ready"
        );
        assert_eq!(reachable, delivered > 100, "dialect {dialect}: {delivered} delivered");
    }
}

#[test]
fn the_fuzz_corpus_holds() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus/connection");
    let mut files = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        eprintln!("{}", path.display());
        let input = std::fs::read(path).unwrap();
        let mut input = Input(&input);
        let dialect = input.below(DIALECTS);
        play(&spoken(dialect), &mut input);
        files += 1;
    }
    assert!(files >= 20, "{files} files");
}
