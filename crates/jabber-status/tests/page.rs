//! docs/statuses.md says what the code says.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::path::Path;

use jabber_status::{ErrorStatus, Extra, Phase, Status};

fn page() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/statuses.md");
    std::fs::read_to_string(path).unwrap()
}

/// The rows `| code | PCJ_NAME |` of the page.
fn rows(page: &str) -> BTreeSet<(u16, String)> {
    let rows = page.lines().filter_map(|line| {
        let mut cells = line.split('|').map(str::trim).skip(1);
        Some((cells.next()?.parse().ok()?, cells.next()?.to_owned()))
    });
    rows.collect()
}

#[test]
fn every_code_and_name_and_no_other() {
    let statuses = Status::ALL.iter().map(|it| (it.code(), it.name()));
    let errors = ErrorStatus::ALL.iter().map(|it| (it.code(), it.name()));
    let extras = Extra::ALL.iter().map(|it| (it.code(), it.name()));
    let all = statuses.chain(errors).chain(extras);
    assert_eq!(rows(&page()), all.map(|(code, name)| (code, name.to_owned())).collect());
}

#[test]
fn every_phase() {
    let page = page();
    for phase in Phase::ALL {
        assert!(page.contains(&format!("\n| {phase} | ")), "{phase}");
    }
}
