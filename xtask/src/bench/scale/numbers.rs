//! How many connections there are to be: each is an open file, here and at the server.

use crate::bench::scale::grouped;
use crate::context::Failure;

/// Without TLS and with it.
const WANTED: (usize, usize) = (20_000, 5000);

/// Open files beside the connections; `scale` wants no more.
const SPARE: usize = 100;

/// So many of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Numbers {
    pub(crate) plain: usize,
    pub(crate) tls: usize,
    /// Where there are fewer than are wanted: the limit that does it, and what is wanted.
    limited: Option<(usize, (usize, usize))>,
}

impl Numbers {
    /// As many as are wanted, or as a limit allows, in the same proportion.
    pub(crate) fn within(files: Option<usize>, quick: bool) -> Result<Self, Failure> {
        let part = if quick { 10 } else { 1 };
        let (plain, tls) = (WANTED.0 / part, WANTED.1 / part);
        let Some(files) = files.filter(|files| files.saturating_sub(SPARE) < plain + tls) else {
            return Ok(Self { plain, tls, limited: None });
        };
        let of_tls = files.saturating_sub(SPARE) * tls / (plain + tls);
        if of_tls == 0 {
            let text =
                format!("the system allows {files} open files, which is too few for `scale`");
            return Err(Failure(text));
        }
        Ok(Self { plain: of_tls * plain / tls, tls: of_tls, limited: Some((files, (plain, tls))) })
    }

    pub(crate) const fn all(&self) -> usize {
        self.plain + self.tls
    }

    /// What is to be said where there are fewer than are wanted.
    pub(crate) fn warning(&self) -> Option<String> {
        self.limited.map(|(files, (plain, tls))| {
            format!(
                "the system allows {} open files in a process (ulimit -Hn), so `scale` has {} connections \
                 without TLS and {} with it, in place of {} and {}",
                grouped(files),
                grouped(self.plain),
                grouped(self.tls),
                grouped(plain),
                grouped(tls),
            )
        })
    }

    /// The same for the document.
    pub(crate) fn remark(&self) -> String {
        self.limited.map_or_else(String::new, |(files, _)| {
            format!(
                " The system allows {} open files in a process, and no more was asked for.",
                grouped(files)
            )
        })
    }
}

/// How many files a process may open at most, by `/proc/self/limits`; `None` if there is no limit, or
/// nothing that tells.
pub(crate) fn hard_limit(limits: &str) -> Option<usize> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn within(files: Option<usize>, quick: bool) -> (usize, usize, bool) {
        let numbers = Numbers::within(files, quick).unwrap();
        (numbers.plain, numbers.tls, numbers.warning().is_some())
    }

    #[test]
    fn a_limit_leaves_the_proportion() {
        assert_eq!(within(None, false), (20_000, 5000, false));
        assert_eq!(within(Some(25_100), false), (20_000, 5000, false));
        assert_eq!(within(Some(25_099), false), (19_996, 4999, true));
        assert_eq!(within(Some(20_000), false), (15_920, 3980, true));
        assert_eq!(within(Some(20_000), true), (2000, 500, false));
        assert_eq!(within(Some(1024), true), (736, 184, true));
        for few in [0, 99, 104] {
            assert!(Numbers::within(Some(few), false).is_err(), "{few}");
        }
    }

    #[test]
    fn a_limit_is_said() {
        let numbers = Numbers::within(Some(20_000), false).unwrap();
        let text = numbers.warning().unwrap();
        assert!(text.starts_with("the system allows 20,000 open files"), "{text}");
        assert!(text.contains("15,920") && text.contains("3,980"), "{text}");
        assert!(numbers.remark().contains("20,000"));
        assert!(text.ends_with("in place of 20,000 and 5,000"), "{text}");
        assert_eq!(Numbers::within(None, false).unwrap().remark(), "");
        let text = Numbers::within(Some(600), true).unwrap().warning().unwrap();
        assert!(text.ends_with("in place of 2,000 and 500"), "{text}");
    }

    #[test]
    fn the_hard_limit_is_the_second() {
        let head =
            "Limit                     Soft Limit           Hard Limit           Units     \n";
        let line =
            "Max open files            1024                 20000                files     \n";
        assert_eq!(hard_limit(&format!("{head}{line}")), Some(20_000));
        assert_eq!(hard_limit(&line.replace("20000", "unlimited")), None);
        assert_eq!(hard_limit(head), None);
    }
}
