//! What a session costs: `session_cost WORK N` does it so often, for `cargo xtask ratchet` to count the
//! instructions. The peer is in memory, and hardly costs anything.
#![allow(clippy::print_stdout, reason = "a program")]

mod peer;
mod work;

use std::error::Error;

use work::Work;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, count] = arguments.as_slice() else {
        return Err("usage: session_cost WORK N".into());
    };
    let work = Work::ALL.iter().find(|(known, _)| known == name);
    let (_, work) = work.ok_or("WORK: receive, send, request, request-among or negotiate")?;
    let count = count.parse()?;
    work.run(count)?;
    println!("{count}");
    Ok(())
}
