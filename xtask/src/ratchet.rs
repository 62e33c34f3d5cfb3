//! `ratchet`: what a stanza costs must not rise unnoticed.
//!
//! Instructions are counted by callgrind for a number of stanzas and for three times as many: the
//! difference has no start-up in it. Time is only printed: it depends on the machine.
//!
//! Two things fail: a rise over the numbers measured last, and more than the budgets, which stay as
//! they are when the numbers are blessed. That holds for what is scanned, and for whole sessions: see
//! `sessions`. A third is what many filters cost: see `filters`.

mod filters;
mod sessions;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::context::{Context, Failure, Outcome, Report};
use crate::shell::Run;

const BASELINE: &str = "crates/jabber-xml/ratchet.toml";
const HEADER: &str =
    "# What a stanza costs: scanned, checked, indexed, two values read. Written by\n";
/// What the names of the budgets begin with.
const BUDGET: &str = "budget_";
/// How much anything may rise, in parts of itself.
const TOLERANCE: f64 = 0.05;
/// The sorts of stanza, and how many of each are counted at first.
const KINDS: [(&str, u32); 3] = [("small", 4000), ("event", 800), ("vcard", 80)];
/// Ours, and for comparison quick-xml without and with namespaces.
const READERS: [&str; 3] = ["ours", "raw", "ns"];

/// What one sort of stanza costs.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Cost {
    instructions: f64,
    allocations: f64,
}

/// `ratchet`.
pub(crate) fn run(context: &Context, arguments: &[String]) -> Outcome {
    let bless = match arguments {
        [] => false,
        [only] if only == "--bless" => true,
        _ => return Err(Failure::new("ratchet takes --bless or nothing")),
    };
    Run::new(context, "cargo build --release -p jabber-xml -p jabber-filter --examples").run()?;
    let sessions = sessions::Sessions::measured(context)?;
    let folder = target(context).join("release/examples");
    let allocations = allocations(context, &folder.join("ratchet_allocations"))?;
    let mut costs = BTreeMap::new();
    let mut others = BTreeMap::new();
    for (kind, count) in KINDS {
        for reader in READERS {
            let cost = Cost {
                instructions: instructions(context, &folder, reader, kind, count)?,
                allocations: allocations
                    .get(&format!("{reader} {kind}"))
                    .copied()
                    .ok_or_else(|| Failure(format!("no allocations for {reader} {kind}")))?,
            };
            let table = if reader == "ours" { &mut costs } else { &mut others };
            table.insert(format!("{kind} {reader}"), cost);
        }
    }
    let known = Known::read(context, BASELINE);
    print!("{}", table(&costs, &others, &known));
    let time = Run::program(context, &folder.join("ratchet")).arg("time").read()?;
    println!("\nTime, on this machine alone:\n\n{time}");
    filters::check(context, &folder)?;
    let names = KINDS.map(|(kind, _)| kind);
    let scanned = known.judge(HEADER, &names, &costs, bless)?;
    let driven = sessions.judge(context, bless)?;
    if bless {
        return Ok(Report::of(format!("{scanned}, {driven} written")));
    }
    Ok(Report::of(format!(
        "{} sorts of stanza and {} of work within their budgets",
        KINDS.len(),
        sessions::WORK.len()
    )))
}

/// What a committed file says.
struct Known {
    file: &'static str,
    path: PathBuf,
    measured: BTreeMap<String, Cost>,
    budgets: BTreeMap<String, Cost>,
}

impl Known {
    fn read(context: &Context, file: &'static str) -> Self {
        let path = context.root.join(file);
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        Self { file, path, measured: read(&text, ""), budgets: read(&text, BUDGET) }
    }

    /// Holds what was measured against it, or writes it there; the file's name.
    fn judge(
        &self,
        header: &str,
        names: &[&str],
        costs: &BTreeMap<String, Cost>,
        bless: bool,
    ) -> Result<&'static str, Failure> {
        let file = self.file;
        let over = above(costs, &self.budgets, 0.0, "the budget is");
        if !over.is_empty() {
            let over = over.join("\n  ");
            return Err(Failure(format!(
                "more than the budget in {file}:\n  {over}\nMake it cheaper: budgets are not blessed."
            )));
        }
        if bless {
            std::fs::write(&self.path, render(header, names, costs, &self.budgets))?;
            return Ok(file);
        }
        let risen = above(costs, &self.measured, TOLERANCE, "were");
        if risen.is_empty() {
            return Ok(file);
        }
        Err(Failure(format!(
            "more than {file} says:\n  {}\nMake it cheaper, or say why in the commit that runs `cargo \
             xtask ratchet --bless`.",
            risen.join("\n  ")
        )))
    }
}

fn target(context: &Context) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| context.root.join("target"), |folder| context.root.join(folder))
}

/// Allocations by the name that the program prints before each number.
fn allocations(context: &Context, program: &Path) -> Result<BTreeMap<String, f64>, Failure> {
    let text = Run::program(context, program).read()?;
    text.lines()
        .map(|line| {
            let (name, number) = line.rsplit_once(' ').unwrap_or((line, ""));
            let number = number.parse().map_err(|_| Failure(format!("not understood: {line}")))?;
            Ok((name.to_owned(), number))
        })
        .collect()
}

fn instructions(
    context: &Context,
    folder: &Path,
    reader: &str,
    kind: &str,
    count: u32,
) -> Result<f64, Failure> {
    each(context, &folder.join("ratchet"), &["run", reader, kind], count)
}

/// Instructions for each stanza of a program that takes how many as its last argument, and prints how
/// many there were.
fn each(context: &Context, program: &Path, arguments: &[&str], count: u32) -> Result<f64, Failure> {
    let (few, few_stanzas) = callgrind(context, program, arguments, count)?;
    let (many, many_stanzas) = callgrind(context, program, arguments, count * 3)?;
    Ok((many - few) / (many_stanzas - few_stanzas))
}

/// Instructions of the whole program, and the stanzas that it read.
fn callgrind(
    context: &Context,
    program: &Path,
    arguments: &[&str],
    count: u32,
) -> Result<(f64, f64), Failure> {
    let out = std::env::temp_dir().join(format!("ratchet-{}.callgrind", std::process::id()));
    let read = Run::new(context, "valgrind --tool=callgrind -q")
        .arg(format!("--callgrind-out-file={}", out.display()))
        .arg(program)
        .args(arguments)
        .arg(count.to_string())
        .read()?;
    let profile = std::fs::read_to_string(&out)?;
    // Nothing depends on it any more.
    let _ = std::fs::remove_file(&out);
    let total = profile
        .lines()
        .find_map(|line| line.strip_prefix("totals: ").or_else(|| line.strip_prefix("summary: ")))
        .and_then(|number| number.trim().parse().ok());
    match (total, read.trim().parse()) {
        (Some(total), Ok(stanzas)) => Ok((total, stanzas)),
        _ => {
            let what = arguments.join(" ");
            Err(Failure(format!("callgrind's count of {what} was not understood")))
        }
    }
}

/// The numbers of the committed file whose names have this prefix; none if there is no file.
fn read(file: &str, prefix: &str) -> BTreeMap<String, Cost> {
    let Ok(Value::Object(kinds)) = basic_toml::from_str::<Value>(file) else {
        return BTreeMap::new();
    };
    let number = |value: &Value, name| value.get(format!("{prefix}{name}")).and_then(Value::as_f64);
    kinds
        .iter()
        .filter_map(|(kind, value)| {
            let instructions = number(value, "instructions")?;
            let allocations = number(value, "allocations")?;
            Some((format!("{kind} ours"), Cost { instructions, allocations }))
        })
        .collect()
}

fn render(
    header: &str,
    names: &[&str],
    costs: &BTreeMap<String, Cost>,
    budgets: &BTreeMap<String, Cost>,
) -> String {
    let mut text = format!(
        "{header}# `cargo xtask ratchet --bless`; `cargo xtask ratchet` fails when one rises by over 5 %, or\n\
         # above its budget. Budgets are written by hand.\n",
    );
    for short in names {
        let name = format!("{short} ours");
        if let Some(Cost { instructions, allocations }) = costs.get(&name) {
            text += &format!(
                "\n[{short}]\ninstructions = {instructions:.0}\nallocations = {allocations:.3}\n"
            );
        }
        if let Some(Cost { instructions, allocations }) = budgets.get(&name) {
            text += &format!("{BUDGET}instructions = {instructions:.0}\n");
            text += &format!("{BUDGET}allocations = {allocations:.3}\n");
        }
    }
    text
}

/// What costs more than the file has, by more than the tolerance, or is not in the file.
fn above(
    costs: &BTreeMap<String, Cost>,
    file: &BTreeMap<String, Cost>,
    tolerance: f64,
    which: &str,
) -> Vec<String> {
    let mut above = Vec::new();
    for (name, now) in costs {
        let Some(known) = file.get(name) else {
            above.push(format!("{name}: {which} not in the file"));
            continue;
        };
        for (what, now, known) in [
            ("instructions", now.instructions, known.instructions),
            ("allocations", now.allocations, known.allocations),
        ] {
            if now > known * (1.0 + tolerance) {
                above.push(format!("{name}: {now:.3} {what}, {which} {known:.3}"));
            }
        }
    }
    above
}

fn table(costs: &BTreeMap<String, Cost>, others: &BTreeMap<String, Cost>, known: &Known) -> String {
    let mut text = String::from(
        "| stanza | instructions | before | budget | allocations | quick-xml raw | NsReader | raw / ours |\n\
         |---|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    let shown =
        |cost: Option<&Cost>| cost.map_or("-".to_owned(), |c| format!("{:.0}", c.instructions));
    for (kind, _) in KINDS {
        let Some(ours) = costs.get(&format!("{kind} ours")) else { continue };
        let raw = others.get(&format!("{kind} raw"));
        let ratio = raw.map_or(0.0, |raw| raw.instructions / ours.instructions);
        text += &format!(
            "| {kind} | {:.0} | {} | {} | {:.3} | {} | {} | {ratio:.2} |\n",
            ours.instructions,
            shown(known.measured.get(&format!("{kind} ours"))),
            shown(known.budgets.get(&format!("{kind} ours"))),
            ours.allocations,
            shown(raw),
            shown(others.get(&format!("{kind} ns"))),
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn costs(instructions: f64, allocations: f64) -> BTreeMap<String, Cost> {
        BTreeMap::from([("small ours".to_owned(), Cost { instructions, allocations })])
    }

    #[test]
    fn a_rise_within_the_tolerance_passes_and_one_beyond_fails() {
        let before = costs(1000.0, 2.0);
        let risen = |now| above(&now, &before, TOLERANCE, "were").len();
        assert_eq!(risen(costs(1050.0, 2.0)), 0);
        assert_eq!(risen(costs(1051.0, 2.0)), 1);
        assert_eq!(risen(costs(900.0, 3.0)), 1);
        assert_eq!(above(&costs(1.0, 1.0), &BTreeMap::new(), TOLERANCE, "were").len(), 1);
    }

    #[test]
    fn a_budget_has_no_tolerance() {
        let budget = costs(4000.0, 2.0);
        assert!(above(&costs(4000.0, 2.0), &budget, 0.0, "the budget is").is_empty());
        assert_eq!(
            above(&costs(4001.0, 2.0), &budget, 0.0, "the budget is"),
            ["small ours: 4001.000 instructions, the budget is 4000.000"]
        );
    }

    #[test]
    fn what_is_rendered_reads_back() {
        let text = render(HEADER, &["small"], &costs(1234.0, 1.5), &costs(4000.0, 2.0));
        assert_eq!(read(&text, ""), costs(1234.0, 1.5));
        assert_eq!(read(&text, BUDGET), costs(4000.0, 2.0));
    }
}
