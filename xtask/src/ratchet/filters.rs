//! What many filters cost a stanza must not depend on how many they are, where they differ in what a
//! table can answer.

use std::path::Path;

use crate::context::{Context, Failure};

/// What filters differ in.
const KINDS: [&str; 7] =
    ["name", "namespace", "from", "bare", "payload", "xpath-from", "xpath-payload"];
/// How many there are: none, few, many.
const COUNTS: [&str; 3] = ["0", "10", "1000"];
/// How many stanzas are counted at first.
const STANZAS: u32 = 2000;
/// How much more than ten a thousand may cost, in parts.
const TOLERANCE: f64 = 0.2;

/// Prints the table; fails when a thousand cost more than ten.
pub(super) fn check(context: &Context, folder: &Path) -> Result<(), Failure> {
    println!("What filters cost a stanza, in instructions:\n");
    println!("| filters differ in | none | 10 | 1,000 | 1,000 : 10 |\n|---|--:|--:|--:|--:|");
    let mut dear = Vec::new();
    for kind in KINDS {
        let mut costs = [0.0; COUNTS.len()];
        for (cost, count) in costs.iter_mut().zip(COUNTS) {
            let program = folder.join("filters");
            *cost = super::each(context, &program, &["run", kind, count], STANZAS)?;
        }
        let [none, ten, thousand] = costs;
        println!("| {kind} | {none:.0} | {ten:.0} | {thousand:.0} | {:.2} |", thousand / ten);
        dear.extend(too_dear(kind, ten, thousand));
    }
    println!();
    if dear.is_empty() { Ok(()) } else { Err(Failure(dear.join("\n"))) }
}

fn too_dear(kind: &str, ten: f64, thousand: f64) -> Option<String> {
    (thousand > ten * (1.0 + TOLERANCE)).then(|| {
        format!("1,000 filters that differ in {kind} cost {thousand:.0} instructions a stanza, 10 {ten:.0}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thousand_may_cost_a_little_more_than_ten() {
        assert_eq!(too_dear("name", 1000.0, 1200.0), None);
        assert!(too_dear("name", 1000.0, 1201.0).is_some_and(|text| text.contains("name")));
    }
}
