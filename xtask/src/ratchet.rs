//! `ratchet`: what a stanza costs must not rise unnoticed.
//!
//! Instructions are counted by callgrind for a number of stanzas and for three times as many: the
//! difference has no start-up in it. Time is only printed: it depends on the machine.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::context::{Context, Failure, Outcome, Report};
use crate::shell::Run;

const BASELINE: &str = "crates/jabber-xml/ratchet.toml";
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
    Run::new(context, "cargo build --release -p jabber-xml --examples").run()?;
    let folder = target(context).join("release/examples");
    let allocations = allocations(context, &folder)?;
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
    let path = context.root.join(BASELINE);
    let baseline = read_baseline(&path);
    print!("{}", table(&costs, &others, &baseline));
    let time = Run::program(context, &folder.join("ratchet")).arg("time").read()?;
    println!("\nTime, on this machine alone:\n\n{time}");
    if bless {
        std::fs::write(&path, render(&costs))?;
        return Ok(Report::of(format!("{BASELINE} written")));
    }
    let risen = risen(&costs, &baseline);
    if risen.is_empty() {
        return Ok(Report::of(format!("{} sorts of stanza", KINDS.len())));
    }
    Err(Failure(format!(
        "a stanza costs more than {BASELINE} says:\n  {}\nMake it cheaper, or say why in the commit \
         that runs `cargo xtask ratchet --bless`.",
        risen.join("\n  ")
    )))
}

fn target(context: &Context) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| context.root.join("target"), |folder| context.root.join(folder))
}

/// Allocations for each stanza by `READER KIND`.
fn allocations(context: &Context, folder: &Path) -> Result<BTreeMap<String, f64>, Failure> {
    let text = Run::program(context, &folder.join("ratchet_allocations")).read()?;
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
    let (few, few_stanzas) = callgrind(context, folder, reader, kind, count)?;
    let (many, many_stanzas) = callgrind(context, folder, reader, kind, count * 3)?;
    Ok((many - few) / (many_stanzas - few_stanzas))
}

/// Instructions of the whole program, and the stanzas that it read.
fn callgrind(
    context: &Context,
    folder: &Path,
    reader: &str,
    kind: &str,
    count: u32,
) -> Result<(f64, f64), Failure> {
    let out = std::env::temp_dir().join(format!("ratchet-{}.callgrind", std::process::id()));
    let read = Run::new(context, "valgrind --tool=callgrind -q")
        .arg(format!("--callgrind-out-file={}", out.display()))
        .arg(folder.join("ratchet"))
        .args(["run", reader, kind, &count.to_string()])
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
        _ => Err(Failure(format!("callgrind's count of {reader} {kind} was not understood"))),
    }
}

/// What the committed file says; nothing if there is none.
fn read_baseline(path: &Path) -> BTreeMap<String, Cost> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let Ok(Value::Object(kinds)) = basic_toml::from_str::<Value>(&text) else {
        return BTreeMap::new();
    };
    let number = |value: &Value, name| value.get(name).and_then(Value::as_f64);
    kinds
        .iter()
        .filter_map(|(kind, value)| {
            let instructions = number(value, "instructions")?;
            let allocations = number(value, "allocations")?;
            Some((format!("{kind} ours"), Cost { instructions, allocations }))
        })
        .collect()
}

fn render(costs: &BTreeMap<String, Cost>) -> String {
    let mut text = String::from(
        "# What a stanza costs: scanned, checked, indexed, two values read. Written by\n\
         # `cargo xtask ratchet --bless`; `cargo xtask ratchet` fails when one rises by over 5 %.\n",
    );
    for (kind, _) in KINDS {
        if let Some(cost) = costs.get(&format!("{kind} ours")) {
            let Cost { instructions, allocations } = cost;
            text += &format!(
                "\n[{kind}]\ninstructions = {instructions:.0}\nallocations = {allocations:.3}\n"
            );
        }
    }
    text
}

/// What costs more than the baseline allows, or is not in it.
fn risen(costs: &BTreeMap<String, Cost>, baseline: &BTreeMap<String, Cost>) -> Vec<String> {
    let mut risen = Vec::new();
    for (name, now) in costs {
        let Some(before) = baseline.get(name) else {
            risen.push(format!("{name}: not in the file"));
            continue;
        };
        for (what, now, before) in [
            ("instructions", now.instructions, before.instructions),
            ("allocations", now.allocations, before.allocations),
        ] {
            if now > before * (1.0 + TOLERANCE) {
                risen.push(format!("{name}: {now:.3} {what}, were {before:.3}"));
            }
        }
    }
    risen
}

fn table(
    costs: &BTreeMap<String, Cost>,
    others: &BTreeMap<String, Cost>,
    baseline: &BTreeMap<String, Cost>,
) -> String {
    let mut text = String::from(
        "| stanza | instructions | before | allocations | quick-xml raw | NsReader | raw / ours |\n\
         |---|--:|--:|--:|--:|--:|--:|\n",
    );
    let shown =
        |cost: Option<&Cost>| cost.map_or("-".to_owned(), |c| format!("{:.0}", c.instructions));
    for (kind, _) in KINDS {
        let Some(ours) = costs.get(&format!("{kind} ours")) else { continue };
        let raw = others.get(&format!("{kind} raw"));
        let ratio = raw.map_or(0.0, |raw| raw.instructions / ours.instructions);
        text += &format!(
            "| {kind} | {:.0} | {} | {:.3} | {} | {} | {ratio:.2} |\n",
            ours.instructions,
            shown(baseline.get(&format!("{kind} ours"))),
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
        assert!(risen(&costs(1050.0, 2.0), &before).is_empty());
        assert_eq!(risen(&costs(1051.0, 2.0), &before).len(), 1);
        assert_eq!(risen(&costs(900.0, 3.0), &before).len(), 1);
        assert_eq!(risen(&costs(1.0, 1.0), &BTreeMap::new()).len(), 1);
    }

    #[test]
    fn what_is_rendered_reads_back() {
        let folder = std::env::temp_dir().join(format!("ratchet-test-{}.toml", std::process::id()));
        std::fs::write(&folder, render(&costs(1234.0, 1.5))).unwrap();
        let read = read_baseline(&folder);
        std::fs::remove_file(&folder).unwrap();
        assert_eq!(read, costs(1234.0, 1.5));
    }
}
