//! What filters cost a stanza.
//!
//! `filters time` prints nanoseconds; `filters run KIND FILTERS STANZAS` is what `cargo xtask ratchet`
//! counts instructions of.
#![allow(clippy::print_stdout, reason = "a program")]

mod work;

use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.as_slice() {
        ["run", kind, filters, stanzas] => {
            let stanzas = stanzas.parse()?;
            match_all(kind, filters.parse()?, stanzas)?;
            println!("{stanzas}");
            Ok(())
        }
        ["time"] => time(),
        _ => Err("usage: filters time | filters run KIND FILTERS STANZAS".into()),
    }
}

/// Nanoseconds a stanza.
fn match_all(kind: &str, filters: usize, stanzas: u32) -> Result<f64, Box<dyn Error>> {
    let filters = work::filters(kind, filters)?;
    let stanza = work::stanza(kind)?;
    let start = Instant::now();
    let mut found = 0;
    for _ in 0..stanzas {
        found += black_box(&filters).matches(black_box(&stanza)).count();
    }
    let each = start.elapsed().as_secs_f64() * 1e9 / f64::from(stanzas);
    let expected = if filters.is_empty() { 0 } else { stanzas as usize };
    if found == expected { Ok(each) } else { Err(format!("{found} matches").into()) }
}

/// Medians of interleaved repetitions.
fn time() -> Result<(), Box<dyn Error>> {
    const COUNTS: [usize; 4] = [0, 10, 1000, 100_000];
    println!("| filters differ in | none ns | 10 ns | 1,000 ns | 100,000 ns | 1,000 : 10 |");
    println!("|---|--:|--:|--:|--:|--:|");
    for kind in work::KINDS {
        let mut samples = [[0.0_f64; 5]; COUNTS.len()];
        for round in 0..5 {
            for (row, count) in samples.iter_mut().zip(COUNTS) {
                if let Some(sample) = row.get_mut(round) {
                    *sample = match_all(kind, count, 100_000)?;
                }
            }
        }
        let [none, ten, thousand, more] = samples.map(|mut row| {
            row.sort_by(f64::total_cmp);
            row.get(2).copied().unwrap_or_default()
        });
        let ratio = thousand / ten;
        println!("| {kind} | {none:.0} | {ten:.0} | {thousand:.0} | {more:.0} | {ratio:.2} |");
    }
    Ok(())
}
