//! How many allocations a stanza costs: beside `ratchet`, which counts without this allocator.
//!
//! Prints a line `READER KIND ALLOCATIONS` for each, an average over many stanzas.
#![allow(clippy::print_stdout, reason = "a program")]

#[path = "ratchet/work.rs"]
mod work;

use std::error::Error;
use std::hint::black_box;

use work::{Kind, Reader};

fn main() -> Result<(), Box<dyn Error>> {
    for (kind_name, kind) in Kind::ALL {
        let count = 20_000_000 / kind.stanza().len();
        for (name, reader) in Reader::ALL {
            let mut read = Ok(0);
            let made = allocation_counter::measure(|| read = reader.read(kind, count)).count_total;
            black_box(read?);
            println!("{name} {kind_name} {:.3}", made as f64 / Reader::rounded(kind, count) as f64);
        }
    }
    Ok(())
}
