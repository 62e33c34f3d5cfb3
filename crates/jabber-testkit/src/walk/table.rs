//! States and answers as a table.

use std::{collections::BTreeSet, fmt};

use super::{Walked, outcome::Outcome};

/// For each answer and state what comes of it.
pub(crate) struct Table<'a> {
    walked: &'a Walked,
    /// A row for each answer.
    rows: Vec<Vec<BTreeSet<Outcome>>>,
}

impl<'a> Table<'a> {
    pub(crate) fn of(walked: &'a Walked) -> Self {
        let row = vec![BTreeSet::new(); walked.nodes.len()];
        let mut rows = vec![row; walked.alphabet.letters.len()];
        for (state, letter, step) in walked.steps() {
            let node = walked.number(&state.place.node);
            let cell = rows.get_mut(letter).zip(node).and_then(|(row, node)| row.get_mut(node));
            if let Some(cell) = cell {
                cell.insert(step.outcome);
            }
        }
        Self { walked, rows }
    }

    /// The pairs that were never taken.
    pub(crate) fn missing(&self) -> impl Iterator<Item = (&str, String)> {
        let names = self.walked.alphabet.names();
        names.zip(&self.rows).flat_map(move |(name, row)| {
            let cells = row.iter().zip(&self.walked.nodes);
            let missing = cells.filter(|(cell, _)| cell.is_empty());
            missing.map(move |(_, node)| (name, node.among(&self.walked.nodes)))
        })
    }
}

impl fmt::Display for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sizes = self.walked.sizes();
        for (number, node) in self.walked.nodes.iter().enumerate() {
            let size = sizes.get(node).copied().unwrap_or_default();
            let node = node.among(&self.walked.nodes);
            writeln!(f, "{:>3} {node} ({size})", number + 1)?;
        }
        let legend: Vec<_> =
            Outcome::all().map(|it| format!("{} {}", it.symbol(), it.name())).collect();
        writeln!(f, "{}", legend.join(", "))?;
        let width = self.walked.alphabet.names().map(|name| name.chars().count()).max();
        let width = width.unwrap_or_default();
        write!(f, "{:width$}", "")?;
        let wide = self.rows.iter().flatten().map(BTreeSet::len).max().unwrap_or_default().max(2);
        for number in 1..=self.walked.nodes.len() {
            write!(f, " {number:>wide$}")?;
        }
        for (name, row) in self.walked.alphabet.names().zip(&self.rows) {
            write!(f, "\n{name:width$}")?;
            for cell in row {
                let symbols: String = cell.iter().map(|outcome| outcome.symbol()).collect();
                write!(f, " {symbols:>wide$}")?;
            }
        }
        Ok(())
    }
}
