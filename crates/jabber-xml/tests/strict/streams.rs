//! Whole streams: random ones, stanzas and headers that are spoilt or cut off, the corpora.

use jabber_xml::Fault;

use crate::agree;
use crate::common::{BAD, GOOD, HEADER};
use crate::constructs::{CONSTRUCTS, HEADERS};
use crate::random::{Random, stream};
use crate::stanzas::{self, STANZAS};
use crate::strict::{Bounds, Ending};

/// The lengths of the pieces that a stream is cut in.
fn lengths(random: &mut Random) -> Vec<usize> {
    let most = [1, 3, 9, 33, 200][random.below(5)];
    (0..6).map(|_| 1 + random.below(most)).collect()
}

#[test]
fn the_corpus_is_read_the_same() {
    let bounds = Bounds::default();
    for good in GOOD.iter().chain(STANZAS) {
        let stream = [HEADER, good].concat();
        assert_eq!(agree::document(&bounds, stream.as_bytes(), &[7]), Ending::Between, "{good}");
    }
    for &(bad, fault, _) in BAD {
        let stream = [HEADER.as_bytes(), bad].concat();
        let expected = match fault {
            Fault::Incomplete => Ending::Within,
            fault => Ending::Refused(fault),
        };
        assert_eq!(agree::document(&bounds, &stream, &[1]), expected);
    }
    for construct in CONSTRUCTS {
        agree::inside(&bounds, construct.bytes, &[1]);
    }
    for &(header, fault, _) in HEADERS {
        assert_eq!(agree::document(&bounds, header, &[1]), Ending::Refused(fault));
    }
}

#[test]
fn random_streams_are_read_the_same() {
    let mut taken = 0;
    for seed in 0..100_000 {
        let random = &mut Random::new(seed);
        let bounds = if seed % 4 == 0 { Bounds::small() } else { Bounds::default() };
        let stream = stream(random);
        taken += usize::from(agree::inside(&bounds, &stream, &lengths(random)));
    }
    assert!((5_000..95_000).contains(&taken), "a poor mixture: {taken} taken");
}

#[test]
fn spoilt_stanzas_are_read_the_same() {
    let mut taken = 0;
    for seed in 0..80_000 {
        let random = &mut Random::new(seed);
        let spoilt = stanzas::spoilt(random);
        taken += usize::from(agree::inside(&Bounds::default(), &spoilt, &lengths(random)));
    }
    assert!((5_000..75_000).contains(&taken), "a poor mixture: {taken} taken");
}

#[test]
fn headers_are_read_the_same() {
    let mut taken = 0;
    for seed in 0..40_000 {
        let random = &mut Random::new(seed);
        let spoilt = stanzas::spoilt_header(random);
        let bounds = if seed % 4 == 0 { Bounds::small() } else { Bounds::default() };
        let ending = agree::document(&bounds, &spoilt, &lengths(random));
        taken += usize::from(!matches!(ending, Ending::Refused(_)));
    }
    assert!((3_000..37_000).contains(&taken), "a poor mixture: {taken} taken");
}

/// Cut off anywhere, a stream waits in the same place.
#[test]
fn unfinished_streams_wait_the_same() {
    let bounds = Bounds::default();
    for stanza in GOOD.iter().chain(STANZAS) {
        let stream = [HEADER, stanza].concat();
        for end in 0..stream.len() {
            let ending = agree::document(&bounds, &stream.as_bytes()[..end], &[11]);
            assert!(!matches!(ending, Ending::Refused(_)), "{end} of {stream}");
        }
    }
}

#[test]
fn the_fuzz_corpora_are_read_the_same() {
    // What stands before the input itself: how it is split and the like.
    for (target, skipped) in [("scanner", 2), ("header", 2), ("element", 0), ("second_opinion", 0)]
    {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus");
        let mut files = 0;
        for entry in std::fs::read_dir(format!("{folder}/{target}")).unwrap() {
            let input = std::fs::read(entry.unwrap().path()).unwrap();
            agree::fuzzed(input.get(skipped..).unwrap_or_default());
            files += 1;
        }
        assert!(files >= 20, "{files} files for {target}");
    }
}
