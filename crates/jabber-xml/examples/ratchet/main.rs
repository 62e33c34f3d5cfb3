//! What a stanza costs: scanned, checked, indexed, and two values read from it.
//!
//! `ratchet time` prints nanoseconds; `ratchet run READER KIND N` is what `cargo xtask ratchet`
//! counts instructions of.
#![allow(clippy::print_stdout, reason = "a program")]

mod work;

use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

use work::{Kind, Reader};

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.as_slice() {
        ["run", reader, kind, count] => {
            let reader = named(&Reader::ALL, reader).ok_or("reader: ours, raw or ns")?;
            let kind = named(&Kind::ALL, kind).ok_or("kind: small, event or vcard")?;
            let count: usize = count.parse()?;
            black_box(reader.read(kind, count)?);
            println!("{}", Reader::rounded(kind, count));
            Ok(())
        }
        ["time"] => time(),
        _ => Err("usage: ratchet time | ratchet run READER KIND N".into()),
    }
}

fn named<T: Copy>(all: &[(&str, T)], name: &str) -> Option<T> {
    all.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
}

/// Medians of interleaved repetitions.
fn time() -> Result<(), Box<dyn Error>> {
    println!("| stanza | bytes | ours ns | quick-xml raw ns | NsReader ns |");
    println!("|---|--:|--:|--:|--:|");
    for (name, kind) in Kind::ALL {
        let len = kind.stanza().len();
        let count = 40_000_000 / len;
        let mut samples = [[0.0_f64; 7]; 3];
        for round in 0..7 {
            for (row, (_, reader)) in samples.iter_mut().zip(Reader::ALL) {
                let start = Instant::now();
                black_box(reader.read(kind, count)?);
                let each =
                    start.elapsed().as_secs_f64() * 1e9 / Reader::rounded(kind, count) as f64;
                if let Some(sample) = row.get_mut(round) {
                    *sample = each;
                }
            }
        }
        let medians = samples.map(|mut row| {
            row.sort_by(f64::total_cmp);
            row.get(3).copied().unwrap_or_default()
        });
        let [ours, raw, ns] = medians;
        println!(
            "| {name} | {len} | {ours:.0} | {raw:.0} ({:.1}x) | {ns:.0} ({:.1}x) |",
            raw / ours,
            ns / ours
        );
    }
    Ok(())
}
