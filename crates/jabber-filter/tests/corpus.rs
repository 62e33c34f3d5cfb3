//! What the fuzz target checks holds for its corpus, without a fuzzer too.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test fails by panicking")]

#[path = "../../../fuzz/src/filter.rs"]
mod filter;

#[test]
fn the_filter_corpus_holds() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus/filter");
    let mut files = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        eprintln!("{}", path.display());
        filter::filter(&std::fs::read(path).unwrap());
        files += 1;
    }
    assert!(files >= 20, "{files} files");
}
