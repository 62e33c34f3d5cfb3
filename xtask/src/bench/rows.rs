//! What is measured: a table.

use crate::bench::drivers::Driver;

/// A line of the table.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) dialect: Dialect,
    pub(crate) tls: bool,
    pub(crate) unit: Unit,
    pub(crate) work: Work,
    /// What it is compared with, in the same repetition.
    pub(crate) against: Option<(Against, Work)>,
    /// Who does it.
    pub(crate) who: Who,
}

/// How the driver logs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Component,
    Client,
    /// As a component; as a client where a library has no components: it is the same work then.
    Either,
}

/// What a value is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Processor time, user and system, of each.
    Micros,
    /// Memory of each connection.
    Kib,
}

/// What a driver does.
#[derive(Debug)]
pub(crate) struct Work {
    pub(crate) arguments: &'static str,
    /// How often, where it is cheap: slower ones do a part of it.
    pub(crate) n: usize,
    /// Whether `n` is what the row is about, and so the same for all.
    pub(crate) fixed: bool,
}

/// How two runs become one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Against {
    Minus,
    Over,
}

/// Who does it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    All,
    /// Nobody else can, or the row is about ours and the best-known peer in Rust.
    These(&'static [Driver]),
}

const fn work(arguments: &'static str, n: usize) -> Work {
    Work { arguments, n, fixed: false }
}

const fn fixed(arguments: &'static str, n: usize) -> Work {
    Work { arguments, n, fixed: true }
}

impl Work {
    /// How often a driver does it.
    pub(crate) fn n(&self, driver: Driver, quick: bool) -> usize {
        if self.fixed {
            return self.n;
        }
        // It asks one handler after the other, in Python.
        let slow = driver == Slixmpp && self.arguments.contains("--filters");
        let part = driver.pace() * if slow { 50 } else { 1 } * if quick { 4 } else { 1 };
        (self.n / part).max(20)
    }

    /// Whether what was read is counted.
    pub(crate) fn is_checked(&self) -> bool {
        self.arguments.contains("--mode recv")
    }
}

const fn row(name: &'static str, dialect: Dialect, tls: bool, work: Work) -> Row {
    Row { name, dialect, tls, unit: Unit::Micros, work, against: None, who: Who::All }
}

const fn against(row: Row, how: Against, work: Work, who: Who) -> Row {
    Row { against: Some((how, work)), who, ..row }
}

const fn memory(row: Row) -> Row {
    Row { unit: Unit::Kib, ..row }
}

const fn by(row: Row, who: &'static [Driver]) -> Row {
    Row { who: Who::These(who), ..row }
}

use Dialect::{Client, Component, Either};
use Driver::{Iksemel, Libstrophe, Ours, OursAgain, Slixmpp, TokioXmpp};

const OURS: &[Driver] = &[Ours, OursAgain];
const RUST: &[Driver] = &[TokioXmpp, Ours, OursAgain];

/// All of them, in order.
pub(crate) static ROWS: &[Row] = &[
    row(
        "receive a small message, component",
        Component,
        false,
        work("--mode recv --kind small", 200_000),
    ),
    row(
        "receive a small message, client over TLS",
        Client,
        true,
        work("--mode recv --kind small", 200_000),
    ),
    row("receive a 1.5 KB event", Either, false, work("--mode recv --kind event", 40_000)),
    row("receive a 20 KB vcard", Either, false, work("--mode recv --kind vcard", 4000)),
    row("send a small message", Either, false, work("--mode send", 200_000)),
    row("iq round trip, one at a time", Either, false, fixed("--mode rr --window 1", 10_000)),
    row("iq round trip, 32 outstanding", Either, false, work("--mode rr --window 32", 100_000)),
    by(
        row(
            "iq round trip, 100,000 outstanding",
            Component,
            false,
            fixed("--mode rr --window 100000", 300_000),
        ),
        OURS,
    ),
    against(
        row(
            "1,000 filters, extra cost",
            Either,
            false,
            work("--mode recv --filters 1000", 200_000),
        ),
        Against::Minus,
        work("--mode recv", 200_000),
        Who::These(&[Libstrophe, Iksemel, Slixmpp, Ours, OursAgain]),
    ),
    row("connect to ready, component", Component, false, work("--mode connect", 1000)),
    row("connect to ready, client", Client, false, work("--mode connect", 1000)),
    row("connect to ready, client over TLS", Client, true, work("--mode connect", 300)),
    memory(by(
        row("idle connection", Either, false, fixed("--mode idle --conns 1000", 1000)),
        &[TokioXmpp, Libstrophe, Iksemel, Ours, OursAgain],
    )),
    memory(by(
        row("idle connection, TLS", Client, true, fixed("--mode idle --conns 500", 500)),
        &[TokioXmpp, Libstrophe, Ours, OursAgain],
    )),
    against(
        row("1,000,000 stanzas over 10,000", Component, false, fixed("--mode recv", 1_000_000)),
        Against::Over,
        fixed("--mode recv", 10_000),
        Who::These(RUST),
    ),
    against(
        row(
            "1,000 connections over 1",
            Component,
            false,
            // So many each that what it takes to begin is not what is measured.
            work("--mode recv --conns 1000", 1_000_000),
        ),
        Against::Over,
        work("--mode recv", 1_000_000),
        Who::These(RUST),
    ),
];

impl Row {
    /// What its values are of.
    pub(crate) fn unit(&self) -> &'static str {
        match (self.unit, &self.against) {
            (_, Some((Against::Over, _))) => "times",
            (Unit::Micros, _) => "µs",
            (Unit::Kib, _) => "KiB",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ours_does_all_of_them() {
        for row in ROWS {
            if let Who::These(who) = row.who {
                assert!(who.contains(&Ours) && who.contains(&OursAgain), "{}", row.name);
            }
        }
    }

    #[test]
    fn who_is_slow_does_less() {
        let work = work("--mode recv", 200_000);
        assert_eq!(work.n(Ours, false), 200_000);
        assert!(work.n(TokioXmpp, false) < 200_000);
        assert!(work.n(Slixmpp, true) < work.n(Slixmpp, false));
        assert_eq!(fixed("", 7).n(Slixmpp, true), 7);
    }
}
