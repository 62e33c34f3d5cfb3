//! What a driver prints, and what becomes of several of them.

use serde_json::Value;

use crate::bench::rows::Unit;
use crate::context::Failure;

/// What user code reads of each message: its `from` and the text of its body, in bytes.
const READ: u64 = 124;

/// What all repetitions of a driver come to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Cell {
    Value(f64),
    /// The driver does not do it, or is not there.
    Cannot,
    Failed,
}

impl Cell {
    pub(crate) const fn value(self) -> Option<f64> {
        match self {
            Self::Value(value) => Some(value),
            Self::Cannot | Self::Failed => None,
        }
    }
}

/// The line of one run.
#[derive(Debug)]
pub(crate) struct Sample(Value);

impl Sample {
    /// The only line that there may be.
    pub(crate) fn parse(printed: &str) -> Result<Self, Failure> {
        match serde_json::from_str(printed.trim()) {
            Ok(value @ Value::Object(_)) => Ok(Self(value)),
            _ => Err(Failure(format!("it has printed no JSON but {printed:?}"))),
        }
    }

    fn number(&self, name: &str) -> Result<f64, Failure> {
        let value = self.0.get(name).and_then(Value::as_f64);
        value.ok_or_else(|| Failure(format!("its line has no number {name:?}")))
    }

    /// That all was read.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        let of = |name: &str| self.0.get(name).and_then(Value::as_u64);
        let wanted = of("n").map(|n| n * READ);
        if wanted.is_some() && of("check") == wanted {
            return Ok(());
        }
        Err(Failure(format!("it has not read all: check {:?}, not {wanted:?}", of("check"))))
    }

    /// What one stanza, or one connection, has cost.
    pub(crate) fn value(&self, unit: Unit) -> Result<f64, Failure> {
        match unit {
            Unit::Kib => self.number("per_conn_kb"),
            Unit::Micros => {
                let time = self.number("cpu_user_s")? + self.number("cpu_sys_s")?;
                Ok(time * 1e6 / self.number("n")?.max(1.0))
            }
        }
    }
}

/// The middle one, or between the two in the middle.
pub(crate) fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let upper = *values.get(values.len() / 2)?;
    let lower = *values.get(values.len().saturating_sub(1) / 2)?;
    Some(f64::midpoint(lower, upper))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = "{\"driver\":\"x\",\"mode\":\"recv\",\"n\":10,\"wall_s\":9.0,\"cpu_user_s\":0.00003,\
                        \"cpu_sys_s\":0.00001,\"check\":1240,\"per_conn_kb\":7.5}\n";

    #[test]
    fn a_line_is_a_cost() {
        let sample = Sample::parse(LINE).unwrap();
        assert!((sample.value(Unit::Micros).unwrap() - 4.0).abs() < 1e-9);
        assert!((sample.value(Unit::Kib).unwrap() - 7.5).abs() < 1e-9);
        assert!(sample.check().is_ok());
    }

    #[test]
    fn what_is_not_all_is_refused() {
        assert!(Sample::parse(&LINE.replace("1240", "1239")).unwrap().check().is_err());
        assert!(Sample::parse(&LINE.replace("check", "chuck")).unwrap().check().is_err());
        assert!(Sample::parse("{\"n\":10}").unwrap().value(Unit::Micros).is_err());
        for wrong in ["", "7", "the connection has ended", "{}{}"] {
            assert!(Sample::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_middle_is_taken() {
        assert_eq!(median(&mut []), None);
        assert_eq!(median(&mut [7.0]), Some(7.0));
        assert_eq!(median(&mut [9.0, 1.0, 3.0]), Some(3.0));
        assert_eq!(median(&mut [9.0, 1.0, 3.0, 5.0]), Some(4.0));
    }
}
