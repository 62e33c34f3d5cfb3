use std::{env, fmt::Write as _, fs, io, path::Path};

use super::{Walked, diagram::Diagram, table::Table};

/// A drawing that is not what the walk draws.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DrawingError {
    /// The file cannot be read or written.
    #[error("the drawing's file: {0}")]
    File(#[from] io::Error),
    /// It is another one.
    #[error(
        "the states have changed, at line {line}:\n- {written}\n+ {drawn}\n\
         run this with JABBER_BLESS=1 to draw them anew, then read what git diff says"
    )]
    Differs {
        /// The number, from 1, of the first line that differs.
        line: usize,
        /// What is written there.
        written: String,
        /// What was drawn.
        drawn: String,
    },
}

impl Walked {
    /// What was found, as Markdown: below `heading` a Mermaid diagram of each case that is to be
    /// [drawn](super::Case::drawn), and the table of states and answers.
    #[must_use]
    pub fn drawing(&self, heading: &str) -> String {
        let mut text = format!("{}\n", heading.trim_end());
        let cases = self.cases.iter().filter(|(case, _)| case.drawn);
        for (case, explored) in cases {
            let diagram = Diagram::of(self, explored);
            // Writing to a string cannot fail.
            let _ = write!(text, "\n## {}\n\n```mermaid\n{diagram}```\n", case.name);
        }
        let names: Vec<_> = self.cases.iter().map(|(case, _)| &*case.name).collect();
        let _ = write!(
            text,
            "\n## All states and answers\n\nWalked: {}. {} states, {} answers, {} pairs; the longest \
             happy path has {} answers.\n\n```text\n{}\n```\n",
            names.join("; "),
            self.states(),
            self.alphabet.letters.len(),
            self.pairs(),
            self.happy(),
            Table::of(self)
        );
        text
    }

    /// Compares the drawing with the file. With the environment variable `JABBER_BLESS` set it is
    /// written into it first.
    ///
    /// # Errors
    /// With the first line that differs.
    pub fn check_drawing(&self, file: &Path, heading: &str) -> Result<(), DrawingError> {
        let drawn = self.drawing(heading);
        if env::var_os("JABBER_BLESS").is_some() {
            fs::write(file, &drawn)?;
        }
        let written = fs::read_to_string(file)?;
        // A checkout may have other line ends.
        let (mut before, mut after) = (written.lines(), drawn.lines());
        for line in 1.. {
            match (before.next(), after.next()) {
                (None, None) => break,
                (left, right) if left == right => {}
                (left, right) => {
                    let text = |line: Option<&str>| line.unwrap_or("(the end)").to_owned();
                    let (written, drawn) = (text(left), text(right));
                    return Err(DrawingError::Differs { line, written, drawn });
                }
            }
        }
        Ok(())
    }
}
