//! The document that the table goes into, between two marks; what is around them is left alone.

use std::fs;

use crate::bench::Asked;
use crate::bench::table::Table;
use crate::context::{Context, Failure};
use crate::shell::Run;

/// From the root.
pub(crate) const PATH: &str = "docs/performance.md";
const BEGIN: &str = "<!-- cargo xtask bench: begin -->";
const END: &str = "<!-- cargo xtask bench: end -->";

pub(crate) fn write(
    context: &Context,
    table: &Table,
    asked: &Asked,
    missing: &[String],
) -> Result<(), Failure> {
    let path = context.root.join(PATH);
    let document = fs::read_to_string(&path)?;
    let skipped = if missing.is_empty() {
        String::new()
    } else {
        // Why is for the terminal: it names folders.
        let names: Vec<_> = missing.iter().filter_map(|text| text.split(' ').next()).collect();
        format!(" Skipped: {}.", names.join(", "))
    };
    let text = format!(
        "{}\nMedians of {} repetitions{}, on {}, at commit {}. Ours and ours again: {}.{skipped}\n",
        table.markdown(),
        asked.repetitions(),
        if asked.quick { " (`--quick`)" } else { "" },
        machine(),
        commit(context),
        table.resolution(),
    );
    fs::write(&path, replaced(&document, &text)?)?;
    Ok(())
}

/// `document` with `text` between the marks.
fn replaced(document: &str, text: &str) -> Result<String, Failure> {
    let parts = document.split_once(BEGIN).and_then(|(before, rest)| {
        let (_, after) = rest.split_once(END)?;
        Some(format!("{before}{BEGIN}\n\n{text}\n{END}{after}"))
    });
    parts.ok_or_else(|| Failure(format!("{PATH} lacks the marks {BEGIN} and {END}")))
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
    fn what_is_around_the_table_stays() {
        let document = format!("# A\n\n{BEGIN}\nold\n{END}\n\nprose\n");
        let new = replaced(&document, "| new |\n").unwrap();
        assert_eq!(new, format!("# A\n\n{BEGIN}\n\n| new |\n\n{END}\n\nprose\n"));
        assert_eq!(replaced(&new, "| new |\n").unwrap(), new);
        assert!(replaced("# A\n", "x").is_err());
    }
}
