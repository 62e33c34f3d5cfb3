//! What `scale` prints: whether it is good, and how it reads.

use serde_json::Value;

use crate::bench::scale::grouped;
use crate::bench::scale::numbers::Numbers;
use crate::context::Failure;

/// The line of a run; what is not in it has not come.
#[derive(Debug)]
pub(crate) struct Outcome(Value);

impl Outcome {
    /// A line that is one.
    pub(crate) fn parse(line: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(line).ok()?;
        value.is_object().then_some(Self(value))
    }

    fn count(&self, at: &str) -> usize {
        let count = self.0.pointer(at).and_then(Value::as_u64).unwrap_or_default();
        count.try_into().unwrap_or_default()
    }

    fn number(&self, at: &str) -> f64 {
        self.0.pointer(at).and_then(Value::as_f64).unwrap_or_default()
    }

    fn echoes(&self) -> &[Value] {
        self.0.get("echoes").and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// One number of each round.
    fn rounds(&self, name: &str, digits: usize) -> String {
        let one = |echo: &Value| {
            let number = echo.get(name).and_then(Value::as_f64).unwrap_or_default();
            format!("{number:.digits$}")
        };
        self.echoes().iter().map(one).collect::<Vec<_>>().join(" · ")
    }

    /// In each second since the server was gone.
    fn attempts(&self) -> impl Iterator<Item = usize> {
        let seconds = self.0.pointer("/back/attempts").and_then(Value::as_array);
        let count = |value: &Value| value.as_u64().and_then(|count| count.try_into().ok());
        seconds.into_iter().flatten().map(move |value| count(value).unwrap_or_default())
    }

    /// Where they live on more than one.
    fn threads(&self) -> String {
        match self.count("/threads") {
            0 | 1 => String::new(),
            count => format!(
                " They live on {count} threads, each with a table of open files of its own, since the system \
                 allows no table as many."
            ),
        }
    }

    fn most(&self) -> usize {
        self.attempts().max().unwrap_or_default()
    }

    /// That all came, and were answered, and came back, and not all at once again and again.
    pub(crate) fn judge(&self, numbers: Numbers) -> Result<(), Failure> {
        let all = numbers.all();
        let is = |count: usize, of: usize, what: &str| match count {
            _ if count == of => Ok(()),
            _ => Err(Failure(format!("{} of {} connections {what}", grouped(count), grouped(of)))),
        };
        is(self.count("/plain/ready"), numbers.plain, "without TLS came ready")?;
        is(self.count("/tls/ready"), numbers.tls, "with TLS came ready")?;
        for echo in self.echoes() {
            let echoed = echo.get("echoed").and_then(Value::as_u64).unwrap_or_default();
            is(echoed.try_into().unwrap_or_default(), all, "had back what they said")?;
        }
        if self.echoes().is_empty() {
            return Err(Failure::new("no connection has said anything"));
        }
        is(self.count("/back/ready"), all, "came back after the server was away")?;
        if self.most() > all {
            return Err(Failure(format!(
                "a storm: {} attempts in one second, by {} connections",
                grouped(self.most()),
                grouped(all)
            )));
        }
        Ok(())
    }

    /// One line.
    pub(crate) fn detail(&self) -> String {
        let ready = self.count("/plain/ready") + self.count("/tls/ready");
        format!(
            "{} connections, {:.1} and {:.1} KiB each; echo of all in {} s; all back {:.0} s after the \
             server, {} attempts, at most {} in a second",
            grouped(ready),
            self.number("/plain/kib"),
            self.number("/tls/kib"),
            self.rounds("wall_s", 2),
            self.number("/back/wall_s"),
            grouped(self.attempts().sum()),
            grouped(self.most()),
        )
    }

    /// For the document, up to where it is said what it was measured on.
    pub(crate) fn markdown(&self, numbers: Numbers) -> String {
        let of = |name: &str, digits: usize| {
            let [plain, tls] = ["plain", "tls"].map(|sort| self.number(&format!("/{sort}/{name}")));
            format!("{plain:.digits$} | {tls:.digits$}")
        };
        format!(
            "| | without TLS | with TLS |\n\
             |---|--:|--:|\n\
             | ready connections | {} | {} |\n\
             | memory of each, with its task, KiB | {} |\n\
             | processor time from nothing to ready, µs | {} |\n\
             \n\
             | all {} | s | processor time of each, µs |\n\
             |---|--:|--:|\n\
             | say something at once and have it back, {} times | {} | {} |\n\
             | are back, when the server was away for {:.0} s | {:.0} | {:.0} |\n\
             \n\
             From the server's end until all were back there were {} attempts, at most {} in a second.{}",
            grouped(self.count("/plain/ready")),
            grouped(self.count("/tls/ready")),
            of("kib", 1),
            of("us", 0),
            grouped(numbers.all()),
            self.echoes().len(),
            self.rounds("wall_s", 2),
            self.rounds("us", 1),
            self.number("/back/away_s"),
            self.number("/back/wall_s"),
            self.number("/back/us"),
            grouped(self.attempts().sum()),
            grouped(self.most()),
            self.threads(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = "{\"driver\":\"ours\",\"mode\":\"scale\",\"n\":2500,\"threads\":1,\"plain\":{\"ready\":2000,\"kib\":9.52,\
                        \"us\":97.4},\"tls\":{\"ready\":500,\"kib\":18.20,\"us\":293.1},\"echoes\":[{\"echoed\":\
                        2500,\"wall_s\":0.812,\"us\":15.1},{\"echoed\":2500,\"wall_s\":1.004,\"us\":18.0}],\
                        \"back\":{\"ready\":2500,\"away_s\":10.2,\"wall_s\":29.6,\"us\":199.3,\"attempts\":\
                        [500,2500,0,1600]}}";

    fn judged(line: &str) -> Result<(), String> {
        Outcome::parse(line).unwrap().judge(Numbers::QUICK).map_err(|failure| failure.0)
    }

    #[test]
    fn who_is_missing_is_told() {
        assert_eq!(judged(LINE), Ok(()));
        for (good, bad, why) in [
            ("{\"ready\":2000", "{\"ready\":1999", "1,999 of 2,000 connections without TLS came"),
            ("{\"ready\":500", "{\"ready\":0", "0 of 500 connections with TLS came"),
            ("2500,\"wall_s\":1.0", "2499,\"wall_s\":1.0", "2,499 of 2,500 connections had back"),
            ("{\"ready\":2500", "{\"ready\":2501", "2,501 of 2,500 connections came back"),
            ("[500,2500", "[500,2501", "a storm: 2,501 attempts in one second"),
            ("\"echoes\"", "\"echos\"", "no connection has said"),
        ] {
            assert!(LINE.contains(good), "{good}");
            let told = judged(&LINE.replace(good, bad)).unwrap_err();
            assert!(told.starts_with(why), "{told}");
        }
        assert!(judged("{}").is_err());
        assert!(Outcome::parse("2000 ready").is_none() && Outcome::parse("7").is_none());
    }

    #[test]
    fn it_is_written_in_words_and_numbers() {
        let text = Outcome::parse(LINE).unwrap().markdown(Numbers::QUICK);
        for line in [
            "| ready connections | 2,000 | 500 |",
            "| memory of each, with its task, KiB | 9.5 | 18.2 |",
            "| processor time from nothing to ready, µs | 97 | 293 |",
            "| all 2,500 | s | processor time of each, µs |",
            "| say something at once and have it back, 2 times | 0.81 · 1.00 | 15.1 · 18.0 |",
            "| are back, when the server was away for 10 s | 30 | 199 |",
            "From the server's end until all were back there were 4,600 attempts, at most 2,500 in a second.",
        ] {
            assert!(text.lines().any(|it| it == line), "{line} is not in:\n{text}");
        }
    }
    #[test]
    fn more_than_one_thread_is_said() {
        let line = LINE.replace("\"threads\":1", "\"threads\":2");
        let text = |line| Outcome::parse(line).unwrap().markdown(Numbers::QUICK);
        assert!(text(&line).contains(" They live on 2 threads"), "{line}");
        assert!(!text(LINE).contains("threads"));
    }
}
