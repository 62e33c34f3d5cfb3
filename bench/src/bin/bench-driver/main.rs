//! This project's driver: a user of the crate `jabber`, and nothing that a user could not write.
//!
//! ```text
//! bench-driver --mode recv|send|rr|connect|idle --dialect component|client --tls none|starttls
//!              --addr 127.0.0.1:PORT --n N [--window W] [--kind small|event|mixed|vcard]
//!              [--conns C] [--filters F] [--cafile PEM] [--password P]
//! ```

mod receive;
mod request;
mod send;
mod session;
mod standing;

use std::error::Error;

use jabber_bench::options::Options;

use crate::session::Maker;

/// What a run does, and with how much.
#[derive(Debug)]
struct Work {
    n: usize,
    conns: usize,
    window: usize,
    filters: usize,
    kind: String,
    maker: Maker,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::from_args();
    let work = Work {
        n: options.number("n", 1000)?,
        conns: options.number("conns", 1)?,
        window: options.number("window", 1)?,
        filters: options.number("filters", 0)?,
        kind: options.text("kind", "small").to_owned(),
        maker: Maker::new(&options)?,
    };
    let report = match options.text("mode", "recv") {
        "recv" => receive::run(work).await?,
        "send" => send::run(&work).await?,
        "rr" => request::run(&work).await?,
        "connect" => standing::connect(&work).await?,
        "idle" => standing::idle(&work).await?,
        mode => return Err(format!("--mode {mode}: no such mode").into()),
    };
    println!("{}", report.finish()?);
    Ok(())
}
