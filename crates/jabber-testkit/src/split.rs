/// How the server's bytes are cut into reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Split {
    /// As they stand in the transcript.
    None,
    /// The n-th byte that the server sends, counted over all, begins a read of its own.
    At(usize),
    /// Every byte is a read of its own.
    Everywhere,
}

impl Split {
    /// Cuts one read; `before` bytes have come in earlier ones.
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
