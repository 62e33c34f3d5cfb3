//! What a run has cost, and the line that says so.

use std::{error::Error, fmt::Write as _, fs, time::Duration, time::Instant};

use nix::sys::{
    resource::{UsageWho, getrusage},
    time::TimeVal,
};

/// A clock for one region: wall time, and the processor time of all threads.
#[derive(Clone, Copy, Debug)]
pub struct Region {
    wall: Instant,
    user: Duration,
    system: Duration,
}

/// What a region has cost.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    wall: Duration,
    user: Duration,
    system: Duration,
}

impl Region {
    /// Begins now.
    ///
    /// # Errors
    /// If the system does not say what the process has used.
    pub fn begin() -> Result<Self, Box<dyn Error>> {
        let (user, system) = used()?;
        Ok(Self { wall: Instant::now(), user, system })
    }

    /// Ends now.
    ///
    /// # Errors
    /// If the system does not say what the process has used.
    pub fn end(self) -> Result<Cost, Box<dyn Error>> {
        let wall = self.wall.elapsed();
        let (user, system) = used()?;
        Ok(Cost { wall, user: user - self.user, system: system - self.system })
    }
}

impl Cost {
    /// The processor time of all threads, in user code and in the system.
    #[must_use]
    pub fn cpu(self) -> Duration {
        self.user + self.system
    }
}

fn used() -> Result<(Duration, Duration), Box<dyn Error>> {
    let usage = getrusage(UsageWho::RUSAGE_SELF)?;
    Ok((duration(usage.user_time())?, duration(usage.system_time())?))
}

fn duration(time: TimeVal) -> Result<Duration, Box<dyn Error>> {
    let micros = u64::try_from(time.tv_usec())?;
    Ok(Duration::from_secs(time.tv_sec().try_into()?) + Duration::from_micros(micros))
}

/// One result, as a JSON object on one line.
#[derive(Debug)]
pub struct Report(String);

impl Report {
    /// Of so many pieces of work in `mode`.
    #[must_use]
    pub fn new(driver: &str, mode: &str, n: usize, cost: Cost) -> Self {
        let Cost { wall, user, system } = cost;
        let mut line = format!("{{\"driver\":\"{driver}\",\"mode\":\"{mode}\",\"n\":{n}");
        for (name, time) in [("wall_s", wall), ("cpu_user_s", user), ("cpu_sys_s", system)] {
            let _ = write!(line, ",\"{name}\":{:.6}", time.as_secs_f64());
        }
        Self(line)
    }

    /// With a further number.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl std::fmt::Display) -> Self {
        let _ = write!(self.0, ",\"{name}\":{value}");
        self
    }

    /// With the median and the 99th percentile of what single pieces took.
    #[must_use]
    pub fn with_percentiles(self, mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        let at = |percent: usize| {
            let time = times.get((times.len().saturating_sub(1)) * percent / 100);
            time.map_or(0.0, |time| time.as_secs_f64() * 1e6)
        };
        let (half, most) = (at(50), at(99));
        self.with("p50_us", format!("{half:.1}")).with("p99_us", format!("{most:.1}"))
    }

    /// The whole line, with the most memory that the process has had.
    ///
    /// # Errors
    /// If the system does not say that.
    pub fn finish(self) -> Result<String, Box<dyn Error>> {
        let most = memory("VmHWM")?;
        Ok(format!("{}}}", self.with("max_rss_kb", most).0))
    }
}

/// A line of what the system says of this process's memory, in KiB: `VmHWM` is the most that was
/// resident, `VmRSS` what is.
///
/// # Errors
/// If it does not say.
pub fn memory(name: &str) -> Result<u64, Box<dyn Error>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let number = line.and_then(|line| line.split_whitespace().next());
    Ok(number.ok_or("the system does not say how much memory there is in use")?.parse()?)
}
