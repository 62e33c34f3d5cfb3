use std::fmt;

/// How the server's bytes are cut into reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Split {
    /// As they stand in the transcript.
    None,
    /// The n-th byte that the server sends, counted from 0 in each attempt, begins a read of its
    /// own.
    At(usize),
    /// Every byte is a read of its own.
    Everywhere,
}

impl Split {
    /// Cuts one read; `before` bytes have come in earlier ones of this attempt.
    pub(crate) fn cut(self, read: &[u8], before: usize) -> Vec<&[u8]> {
        match self {
            Self::At(at) if at > before && at < before + read.len() => {
                let (head, tail) = read.split_at_checked(at - before).unwrap_or((read, &[]));
                vec![head, tail]
            }
            Self::None | Self::At(_) => vec![read],
            Self::Everywhere => read.chunks(1).collect(),
        }
    }
}

impl fmt::Display for Split {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("as it stands"),
            Self::At(at) => write!(f, "split at byte {at} of what the server sends"),
            Self::Everywhere => f.write_str("byte by byte"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_are_cut_where_it_says() {
        let cut = |split: Split, before| split.cut(b"abc", before);
        assert_eq!(cut(Split::None, 0), [b"abc"]);
        assert_eq!(cut(Split::At(1), 0), [&b"a"[..], b"bc"]);
        assert_eq!(cut(Split::At(12), 10), [&b"ab"[..], b"c"]);
        // There is a read's boundary already.
        for (at, before) in [(10, 10), (13, 10), (1, 10), (14, 10)] {
            assert_eq!(cut(Split::At(at), before), [b"abc"]);
        }
        assert_eq!(cut(Split::Everywhere, 7), [b"a", b"b", b"c"]);
    }
}
