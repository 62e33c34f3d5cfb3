//! The system calls and nothing else: what no library can do without.
//!
//! It takes the options of the drivers. Nothing is parsed and nothing is built: what is written is
//! made beforehand, what is read is counted by the byte. With `--tls starttls` rustls is between, so
//! that row is what TLS costs too.

mod pipe;

use std::{error::Error, time::Instant};

use jabber_bench::{
    options::Options,
    report::{Region, Report},
    stanzas::Kind,
};

use crate::pipe::{Maker, Pipe};

/// What is read at once, and about what is written at once.
const PIECE: usize = 64 << 10;
const WARM_UP: usize = 100;

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::from_args();
    let maker = Maker::new(&options)?;
    let n = options.number("n", 1000)?;
    let report = match options.text("mode", "recv") {
        "recv" => receive(&maker, n, options.text("kind", "small"))?,
        "send" => send(&maker, n)?,
        "rr" if options.number("window", 1)? == 1 => ask(&maker, n)?,
        "connect" if options.number("conns", 1)? == 1 => connect(&maker, n)?,
        mode => return Err(format!("there is no floor of --mode {mode}").into()),
    };
    println!("{}", report.finish()?);
    Ok(())
}

fn receive(maker: &Maker, n: usize, kind: &str) -> Result<Report, Box<dyn Error>> {
    let kind = Kind::named(kind).ok_or("no such --kind")?;
    let stanzas = kind.stanzas(maker.jid());
    let mut left: usize = (0..n).map(|number| stanzas[number % stanzas.len()].len()).sum();
    let mut pipe = maker.ready()?;
    let mut room = vec![0; PIECE];
    let region = Region::begin()?;
    pipe.write(maker.message(&format!("cmd:source:{}:{n};", kind.name()), "").as_bytes())?;
    while left > 0 {
        left = left.checked_sub(pipe.read(&mut room)?).ok_or("more has come than was told")?;
    }
    Ok(Report::new("floor", "recv", n, region.end()?))
}

fn send(maker: &Maker, n: usize) -> Result<Report, Box<dyn Error>> {
    let mut pipe = maker.ready()?;
    pipe.write(maker.message(&format!("cmd:sink:{n};"), "").as_bytes())?;
    let body = "Line 000042: the quick brown fox &amp; its friends jump over the lazy dogs that sleep in \
                the warm sunlit";
    let message = maker.message(body, " type='chat' id='m000042'");
    let batch = PIECE / message.len();
    let bytes = message.repeat(batch);
    let region = Region::begin()?;
    let mut left = n;
    while left > 0 {
        let count = left.min(batch);
        pipe.write(&bytes.as_bytes()[..count * message.len()])?;
        left -= count;
    }
    pipe.until("done</body></message>")?;
    Ok(Report::new("floor", "send", n, region.end()?))
}

fn ask(maker: &Maker, n: usize) -> Result<Report, Box<dyn Error>> {
    let mut pipe = maker.ready()?;
    let ping = maker.ping();
    let mut room = vec![0; PIECE];
    let mut ask = |pipe: &mut Pipe| -> Result<(), Box<dyn Error>> {
        pipe.write(ping.as_bytes())?;
        // Each answer is shorter than what one call takes, and comes by itself.
        pipe.read(&mut room)?;
        Ok(())
    };
    for _ in 0..WARM_UP {
        ask(&mut pipe)?;
    }
    let mut times = Vec::with_capacity(n);
    let region = Region::begin()?;
    for _ in 0..n {
        let begun = Instant::now();
        ask(&mut pipe)?;
        times.push(begun.elapsed());
    }
    Ok(Report::new("floor", "rr", n, region.end()?).with_percentiles(times))
}

fn connect(maker: &Maker, n: usize) -> Result<Report, Box<dyn Error>> {
    let mut times = Vec::with_capacity(n);
    let region = Region::begin()?;
    for _ in 0..n {
        let begun = Instant::now();
        let mut pipe = maker.ready()?;
        times.push(begun.elapsed());
        pipe.write(b"</stream:stream>")?;
        pipe.until("</stream:stream>")?;
    }
    Ok(Report::new("floor", "connect", n, region.end()?).with_percentiles(times))
}
