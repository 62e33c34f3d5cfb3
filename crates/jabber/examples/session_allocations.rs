//! How many allocations a session makes: beside `session_cost`, which counts without this allocator.
//!
//! Prints a line `WORK ALLOCATIONS` for each: what a thousand more have cost, apiece.
#![allow(clippy::print_stdout, reason = "a program")]

#[path = "session_cost/peer.rs"]
mod peer;
#[path = "session_cost/work.rs"]
mod work;

use std::error::Error;

use work::Work;

fn main() -> Result<(), Box<dyn Error>> {
    for (name, work) in Work::ALL {
        let few = allocations(work, 1000)?;
        let many = allocations(work, 2000)?;
        println!("{name} {:.3}", (many - few) as f64 / 1000.0);
    }
    Ok(())
}

fn allocations(work: Work, count: usize) -> Result<u64, Box<dyn Error>> {
    let mut outcome = Ok(());
    let made = allocation_counter::measure(|| outcome = work.run(count)).count_total;
    outcome.map(|()| made)
}
