//! How many connections there are to be.

/// So many without TLS, and with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Numbers {
    pub(crate) plain: usize,
    pub(crate) tls: usize,
}

impl Numbers {
    pub(crate) const ALL: Self = Self { plain: 20_000, tls: 5000 };
    pub(crate) const QUICK: Self = Self { plain: 2000, tls: 500 };

    pub(crate) const fn all(self) -> usize {
        self.plain + self.tls
    }
}
