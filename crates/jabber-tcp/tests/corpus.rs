//! What the fuzz target checks holds for its corpus, without a fuzzer too.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking"
)]

#[path = "../../../fuzz/src/certificates.rs"]
mod certificates;

#[test]
fn the_certificates_corpus_holds() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus/certificates");
    let mut files = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        eprintln!("{}", path.display());
        let input = std::fs::read(path).unwrap();
        // Damaged at its end it is still no reason to panic.
        for length in [input.len(), input.len() / 2] {
            certificates::certificates(input.get(..length).unwrap());
        }
        files += 1;
    }
    assert!(files >= 20, "{files} files");
}
