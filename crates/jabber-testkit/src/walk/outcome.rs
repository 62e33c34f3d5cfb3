//! What a letter comes to.

use jabber_status::ErrorStatus;

/// What a letter comes to, in short.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Outcome {
    /// Nothing has changed.
    Stays,
    /// Another state, and the negotiation goes on.
    GoesOn,
    /// INIT_FINISHED.
    Ready,
    /// The connection ends, for that cause.
    Fails(ErrorStatus),
    /// The connection ends as the user has asked for.
    Shutdown,
}

impl Outcome {
    /// One character of a table.
    pub(crate) const fn symbol(self) -> char {
        match self {
            Self::Stays => '.',
            Self::GoesOn => '>',
            Self::Ready => '!',
            Self::Fails(ErrorStatus::SslFail) => 'S',
            Self::Fails(ErrorStatus::AuthFail) => 'A',
            Self::Fails(ErrorStatus::BindFail) => 'B',
            Self::Fails(ErrorStatus::SessionFail) => 'E',
            Self::Fails(ErrorStatus::SocketFail) => 'F',
            Self::Fails(ErrorStatus::ConnectFail) => 'C',
            Self::Fails(ErrorStatus::SocketDisconnect) => 'D',
            Self::Shutdown => 'Q',
        }
    }

    /// Its name, for people.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Stays => "stays",
            Self::GoesOn => "goes on",
            Self::Ready => "INIT_FINISHED",
            Self::Fails(error) => error.name().trim_start_matches("PCJ_"),
            Self::Shutdown => "SHUTDOWN_FINISH",
        }
    }

    /// All that there are.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        let errors = ErrorStatus::ALL.iter().copied().map(Self::Fails);
        [Self::Stays, Self::GoesOn, Self::Ready].into_iter().chain(errors).chain([Self::Shutdown])
    }
}

/// Why a connection has ended, by the lines of its end: its cause, where one was told.
pub(crate) fn cause(lines: &[String]) -> Outcome {
    let told = |name: &str| {
        lines.iter().any(|line| line.split(' ').nth(1).is_some_and(|told| told == name))
    };
    let ends = |error: &&ErrorStatus| **error != ErrorStatus::SocketDisconnect;
    let cause = ErrorStatus::ALL.iter().filter(ends).find(|error| told(error.name()));
    match cause {
        Some(cause) => Outcome::Fails(*cause),
        None if told("PCJ_SHUTDOWN_FINISH") => Outcome::Shutdown,
        None => Outcome::Fails(ErrorStatus::SocketDisconnect),
    }
}

/// The text without the ids and digests in it, that is, without long runs of hexadecimal digits.
pub(crate) fn without_ids(text: &str) -> String {
    const LONG: usize = 16;
    let mut short = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let is_digit = |char: char| matches!(char, '0'..='9' | 'a'..='f');
        let run = rest.find(|char| !is_digit(char)).unwrap_or(rest.len());
        let (digits, behind) = rest.split_at(run);
        short.push_str(if run < LONG { digits } else { "*" });
        let next = behind.find(is_digit).unwrap_or(behind.len());
        let (plain, behind) = behind.split_at(next);
        short.push_str(plain);
        rest = behind;
    }
    short
}

/// The lines without what two ways to the same state may differ in: how much was kept for the user,
/// the words of errors, and ids.
pub(crate) fn outline(lines: &[String]) -> Vec<String> {
    let mut outline: Vec<String> = Vec::new();
    for line in lines {
        let short = match line.split(' ').next() {
            Some(mark @ ("U" | "A" | "R")) => mark.to_owned(),
            Some("!") => line.split(" | ").next().unwrap_or_default().to_owned(),
            _ => without_ids(line),
        };
        if short != "U" || outline.last().is_none_or(|last| last != "U") {
            outline.push(short);
        }
    }
    outline
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_has_a_symbol_of_its_own() {
        let mut symbols: Vec<_> = Outcome::all().map(Outcome::symbol).collect();
        symbols.sort_unstable();
        symbols.dedup();
        assert_eq!(symbols.len(), Outcome::all().count());
    }

    #[test]
    fn ids_are_left_out() {
        let text = "<iq id='6f2af1141d2fd7e870fa30aa' to='abc'>0123456789abcde</iq>";
        assert_eq!(without_ids(text), "<iq id='*' to='abc'>0123456789abcde</iq>");
        assert_eq!(without_ids(""), "");
        assert_eq!(without_ids("0123456789abcdef"), "*");
    }

    #[test]
    fn the_cause_counts_before_the_end() {
        let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
        let cause = |text| cause(&lines(text)).name();
        assert_eq!(cause("! PCJ_SOCKETDISCONNECT | x"), "SOCKETDISCONNECT");
        assert_eq!(cause("! PCJ_AUTHFAIL | x\n! PCJ_SOCKETDISCONNECT"), "AUTHFAIL");
        assert_eq!(cause("! PCJ_SOCKETDISCONNECT\n! PCJ_SHUTDOWN_FINISH"), "SHUTDOWN_FINISH");
    }
}
