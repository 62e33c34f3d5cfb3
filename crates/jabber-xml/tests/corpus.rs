//! What the fuzz targets check holds for their corpus, without a fuzzer too.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test fails by panicking"
)]

#[path = "../../../fuzz/src/checks.rs"]
mod checks;
mod common;
#[path = "../../../fuzz/src/header.rs"]
mod header;

/// Runs the check on each file of the corpus of that target.
fn replay(target: &str, check: fn(&[u8])) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus");
    let mut files = 0;
    for entry in std::fs::read_dir(format!("{folder}/{target}")).unwrap() {
        let path = entry.unwrap().path();
        eprintln!("{}", path.display());
        check(&std::fs::read(path).unwrap());
        files += 1;
    }
    assert!(files >= 20, "{files} files");
}

#[test]
fn the_scanner_corpus_holds() {
    replay("scanner", checks::scanner);
}

#[test]
fn the_header_corpus_holds() {
    replay("header", header::header);
}

#[test]
fn the_element_corpus_holds() {
    replay("element", checks::element);
}
