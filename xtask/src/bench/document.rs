//! The document that the table goes into, between two marks; what is around them is left alone.

use std::fs;

use crate::bench::Asked;
use crate::bench::table::Table;
use crate::context::{Context, Failure};
use crate::shell::Run;

/// From the root.
pub(crate) const PATH: &str = "docs/performance.md";

/// What is written between.
#[derive(Clone, Copy, Debug)]
struct Marks {
    begin: &'static str,
    end: &'static str,
}

/// Of the table.
const TABLE: Marks =
    Marks { begin: "<!-- cargo xtask bench: begin -->", end: "<!-- cargo xtask bench: end -->" };

/// Of the many connections.
const SCALE: Marks = Marks {
    begin: "<!-- cargo xtask bench scale: begin -->",
    end: "<!-- cargo xtask bench scale: end -->",
};

pub(crate) fn write(
    context: &Context,
    table: &Table,
    asked: &Asked,
    missing: &[String],
) -> Result<(), Failure> {
    let skipped = if missing.is_empty() {
        String::new()
    } else {
        // Why is for the terminal: it names folders.
        let names: Vec<_> = missing.iter().filter_map(|text| text.split(' ').next()).collect();
        format!(" Skipped: {}.", names.join(", "))
    };
    let text = format!(
        "{}\nMedians of {} repetitions{}, {}. Ours and ours again: {}.{skipped}\n",
        table.markdown(),
        asked.repetitions(),
        quick(asked),
        place(context),
        table.resolution(),
    );
    put(context, TABLE, &text)
}

/// The same, of the many connections.
pub(crate) fn write_scale(context: &Context, text: &str, asked: &Asked) -> Result<(), Failure> {
    let text = format!("{text} One run{}, {}.\n", quick(asked), place(context));
    put(context, SCALE, &text)
}

fn put(context: &Context, marks: Marks, text: &str) -> Result<(), Failure> {
    let path = context.root.join(PATH);
    let document = fs::read_to_string(&path)?;
    fs::write(&path, replaced(&document, marks, text)?)?;
    Ok(())
}

/// `document` with `text` between the marks.
fn replaced(document: &str, marks: Marks, text: &str) -> Result<String, Failure> {
    let Marks { begin, end } = marks;
    let parts = document.split_once(begin).and_then(|(before, rest)| {
        let (_, after) = rest.split_once(end)?;
        Some(format!("{before}{begin}\n\n{text}\n{end}{after}"))
    });
    parts.ok_or_else(|| Failure(format!("{PATH} lacks the marks {begin} and {end}")))
}

const fn quick(asked: &Asked) -> &'static str {
    if asked.quick { " (`--quick`)" } else { "" }
}

fn place(context: &Context) -> String {
    format!("on {}, at commit {}", machine(), commit(context))
}

fn machine() -> String {
    let processors = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = processors.lines().find_map(|line| line.strip_prefix("model name"));
    let model = model.and_then(|rest| rest.split_once(": ")).map_or("some processor", |it| it.1);
    let count = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{count} cores of {}", model.trim())
}

fn commit(context: &Context) -> String {
    let read = Run::new(context, "git rev-parse --short HEAD").read();
    read.map_or_else(|_| "unknown".to_owned(), |text| text.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_around_the_marks_stays() {
        let Marks { begin, end } = SCALE;
        let table = format!("# A\n\n{}\n\nold\n{}\n\nprose\n", TABLE.begin, TABLE.end);
        let document = format!("{table}{begin}\nold\n{end}\n\nmore\n");
        let new = replaced(&document, SCALE, "| new |\n").unwrap();
        assert_eq!(new, format!("{table}{begin}\n\n| new |\n\n{end}\n\nmore\n"));
        assert_eq!(replaced(&new, SCALE, "| new |\n").unwrap(), new);
        let both = replaced(&new, TABLE, "other\n").unwrap();
        assert_eq!(both, new.replacen("old", "other\n", 1));
        assert!(replaced(&table, SCALE, "x").is_err());
    }
}
