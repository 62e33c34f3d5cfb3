//! What a run has come to, which is told as far as it came.

use std::{error::Error, fmt};

use jabber_bench::report::{Cost, Report};

use crate::tally::Attempts;

/// All of it.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// On how many the connections live.
    pub(crate) threads: usize,
    pub(crate) plain: Opened,
    pub(crate) tls: Opened,
    pub(crate) echoes: Vec<Echo>,
    pub(crate) back: Back,
}

/// Connections of one sort.
#[derive(Debug, Default)]
pub(crate) struct Opened {
    pub(crate) ready: usize,
    /// Memory of each, in KiB.
    pub(crate) kib: f64,
    /// Processor time of each, from nothing to ready.
    pub(crate) us: f64,
}

/// All said something at once.
#[derive(Debug, Default)]
pub(crate) struct Echo {
    /// So many had it back.
    pub(crate) echoed: usize,
    pub(crate) wall_s: f64,
    pub(crate) us: f64,
}

/// The server was away.
#[derive(Debug, Default)]
pub(crate) struct Back {
    pub(crate) ready: usize,
    pub(crate) away_s: f64,
    /// From when it was there again.
    pub(crate) wall_s: f64,
    pub(crate) us: f64,
    /// Since it was gone.
    pub(crate) attempts: Attempts,
}

impl Outcome {
    /// As one line of JSON.
    pub(crate) fn report(&self, all: usize, cost: Cost) -> Result<String, Box<dyn Error>> {
        let echoes: Vec<_> = self.echoes.iter().map(ToString::to_string).collect();
        Report::new("ours", "scale", all, cost)
            .with("threads", self.threads)
            .with("plain", &self.plain)
            .with("tls", &self.tls)
            .with("echoes", format!("[{}]", echoes.join(",")))
            .with("back", &self.back)
            .finish()
    }
}

impl fmt::Display for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { ready, kib, us } = self;
        write!(f, "{{\"ready\":{ready},\"kib\":{kib:.2},\"us\":{us:.1}}}")
    }
}

impl fmt::Display for Echo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { echoed, wall_s, us } = self;
        write!(f, "{{\"echoed\":{echoed},\"wall_s\":{wall_s:.3},\"us\":{us:.1}}}")
    }
}

impl fmt::Display for Back {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { ready, away_s, wall_s, us, attempts } = self;
        let by_second = attempts.by_second();
        write!(
            f,
            "{{\"ready\":{ready},\"away_s\":{away_s:.1},\"wall_s\":{wall_s:.1},\"us\":{us:.1},\"attempts\":{by_second:?}}}"
        )
    }
}
