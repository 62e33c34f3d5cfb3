//! The table, for a terminal and for a document.

use std::fmt::Write as _;
use std::io::Write as _;

use crate::bench::drivers::Driver;
use crate::bench::rows::{Against, Row};
use crate::bench::samples::Cell;
use crate::context::Context;

/// All rows with what each driver has come to.
#[derive(Debug, Default)]
pub(crate) struct Table {
    pub(crate) rows: Vec<(&'static Row, Vec<(Driver, Cell)>)>,
}

impl Table {
    /// For a terminal: green where ours costs less than half, red where another costs less.
    pub(crate) fn coloured(&self, context: &Context) -> String {
        let wide = self.rows.iter().map(|(row, _)| row.name.chars().count()).max().unwrap_or(0);
        let mut text = format!("{:wide$}       ", "");
        for driver in Driver::ALL {
            let _ = write!(text, " {:>15}", driver.name());
        }
        let mut text = context.paint("1", text.trim_end());
        for (row, cells) in &self.rows {
            let _ = write!(text, "\n{:wide$}  {:<5}", row.name, row.unit());
            for (driver, cell) in cells {
                let shown = format!("{:>15}", shown(row, cells, *driver, *cell));
                let _ =
                    write!(text, " {}", context.paint(style(row, cells, *driver, *cell), &shown));
            }
        }
        text
    }

    /// For a document: Markdown.
    pub(crate) fn markdown(&self) -> String {
        let mut text = "| work | |".to_owned();
        for driver in Driver::ALL {
            let name = driver.name();
            let strong = if driver == Driver::Ours { "**" } else { "" };
            let _ = write!(text, " {strong}{name}{strong} |");
        }
        text.push_str("\n|---|---|");
        text.push_str(&"--:|".repeat(Driver::ALL.len()));
        for (row, cells) in &self.rows {
            let _ = write!(text, "\n| {} | {} |", row.name, row.unit());
            for (driver, cell) in cells {
                let shown = shown(row, cells, *driver, *cell);
                let strong = if *driver == Driver::Ours { "**" } else { "" };
                let _ = write!(text, " {strong}{shown}{strong} |");
            }
        }
        text.push('\n');
        text
    }

    /// How far apart the two runs of ours are: the worst, and in the middle.
    pub(crate) fn resolution(&self) -> String {
        let mut apart: Vec<f64> = self
            .rows
            .iter()
            .filter_map(|(row, cells)| {
                let again = ratio(row, cells, Driver::OursAgain)?;
                Some(again.max(1.0 / again))
            })
            .collect();
        let middle = super::median(&mut apart);
        match (middle, apart.last()) {
            (Some(middle), Some(worst)) => {
                format!("{middle:.2} times apart in the median row, {worst:.2} in the worst")
            }
            _ => "nothing to compare".to_owned(),
        }
    }
}

/// One row while the run goes on.
pub(crate) fn line(context: &Context, row: &Row, cells: &[(Driver, Cell)]) -> String {
    let known = cells.iter().filter(|(_, cell)| *cell != Cell::Cannot);
    let one = |(driver, cell): &(Driver, Cell)| {
        let text = format!("{} {}", driver.name(), shown(row, cells, *driver, *cell));
        context.paint(style(row, cells, *driver, *cell), &text)
    };
    format!("{}: {}", row.unit(), known.map(one).collect::<Vec<_>>().join(" · "))
}

/// Where it is, on a terminal.
pub(crate) fn progress(context: &Context, repetition: usize, of: usize, driver: Driver) {
    if context.colour {
        print!(
            "\r\u{1b}[K  {}",
            context.paint("2", &format!("{repetition}/{of} {}", driver.name()))
        );
        let _ = std::io::stdout().flush();
    }
}

/// Removes what [`progress`] has left.
pub(crate) fn clear(context: &Context) {
    if context.colour {
        print!("\r\u{1b}[K");
        let _ = std::io::stdout().flush();
    }
}

/// The value, with how many times ours it is.
fn shown(row: &Row, cells: &[(Driver, Cell)], driver: Driver, cell: Cell) -> String {
    match cell {
        Cell::Cannot => "–".to_owned(),
        Cell::Failed => "FAILED".to_owned(),
        Cell::Value(value) => match ratio(row, cells, driver) {
            Some(ratio) if driver != Driver::Ours => {
                format!("{} ({}×)", figure(value), figure(ratio))
            }
            _ => figure(value),
        },
    }
}

/// How many times what ours costs. Of what is a ratio itself there is none, nor of differences that
/// are below what can be measured.
fn ratio(row: &Row, cells: &[(Driver, Cell)], driver: Driver) -> Option<f64> {
    if matches!(row.against, Some((Against::Over, _))) {
        return None;
    }
    let of = |wanted: Driver| {
        let cell = cells.iter().find(|(driver, _)| *driver == wanted);
        cell.and_then(|(_, cell)| cell.value()).filter(|value| *value > 0.0)
    };
    Some(of(driver)? / of(Driver::Ours)?)
}

fn style(row: &Row, cells: &[(Driver, Cell)], driver: Driver, cell: Cell) -> &'static str {
    match (driver, cell) {
        (_, Cell::Failed) => "1;31",
        (_, Cell::Cannot) | (Driver::Floor, _) => "2",
        (Driver::Ours, _) => "1",
        (Driver::OursAgain, _) => "0",
        _ => match ratio(row, cells, driver) {
            Some(ratio) if ratio < 1.0 => "31",
            Some(ratio) if ratio >= 2.0 => "32",
            _ => "0",
        },
    }
}

/// With as many digits as mean something.
fn figure(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::rows::ROWS;

    fn cells(others: &[(Driver, Cell)]) -> Vec<(Driver, Cell)> {
        let of = |driver: &Driver| {
            let known = others.iter().find(|(known, _)| known == driver);
            (*driver, known.map_or(Cell::Cannot, |(_, cell)| *cell))
        };
        Driver::ALL.iter().map(of).collect()
    }

    fn table() -> Table {
        let cells = cells(&[
            (Driver::TokioXmpp, Cell::Value(8.25)),
            (Driver::Libstrophe, Cell::Failed),
            (Driver::Iksemel, Cell::Value(0.25)),
            (Driver::Ours, Cell::Value(0.5)),
            (Driver::OursAgain, Cell::Value(0.4)),
        ]);
        Table { rows: vec![(&ROWS[0], cells)] }
    }

    #[test]
    fn ratios_are_to_ours() {
        let markdown = table().markdown();
        let row = "| receive a small message, component | µs | – | 8.25 (16.5×) | FAILED | 0.25 (0.50×) | – \
                   | **0.50** | 0.40 (0.80×) |";
        assert_eq!(markdown.lines().nth(2), Some(row));
        assert!(table().resolution().starts_with("1.25 times"));
    }

    #[test]
    fn colours_tell_better_from_worse() {
        let context = Context { root: ".".into(), strict: false, colour: true };
        let text = table().coloured(&context);
        for style in ["\u{1b}[32m   8.25 (16.5×)", "\u{1b}[31m   0.25 (0.50×)", "\u{1b}[1;31m"] {
            assert!(text.contains(style), "{text:?}");
        }
    }

    #[test]
    fn a_ratio_has_none_and_nothing_is_divided_by_nothing() {
        let over = ROWS.iter().find(|row| row.unit() == "times").unwrap();
        assert_eq!(ratio(over, &cells(&[(Driver::Ours, Cell::Value(1.0))]), Driver::Ours), None);
        let cells = cells(&[(Driver::Ours, Cell::Value(-0.01)), (Driver::Floor, Cell::Value(1.0))]);
        assert_eq!(ratio(&ROWS[0], &cells, Driver::Floor), None);
    }

    #[test]
    fn figures_have_three_digits() {
        assert_eq!([0.084, 12.34, 493.2].map(figure), ["0.08", "12.3", "493"]);
    }
}
