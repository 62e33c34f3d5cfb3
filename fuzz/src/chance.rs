//! Where a run takes its choices from.

/// A source of choices: a fuzzer's bytes, or a random generator.
pub(crate) trait Chance {
    /// A number below `bound`, which is not 0.
    fn below(&mut self, bound: usize) -> usize;

    /// Bytes for the other side to say, of the fuzzer's own; none where there are none.
    fn bytes(&mut self) -> Vec<u8>;

    /// True where there is nothing more to choose by.
    fn is_over(&self) -> bool;

    /// True once in so many times.
    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }
}

/// The bytes of an input, one a choice; zeros when they have run out.
#[derive(Debug)]
pub(crate) struct Input<'a>(pub(crate) &'a [u8]);

impl Chance for Input<'_> {
    fn below(&mut self, bound: usize) -> usize {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        usize::from(*first) % bound
    }

    fn bytes(&mut self) -> Vec<u8> {
        let length = self.below(256).min(self.0.len());
        let (bytes, rest) = self.0.split_at(length);
        self.0 = rest;
        bytes.to_vec()
    }

    fn is_over(&self) -> bool {
        self.0.is_empty()
    }
}
