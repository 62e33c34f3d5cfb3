/// A source of random bytes.
///
/// Protocol logic takes its randomness from here, so that a test can replay a connection byte for
/// byte. In production it must be a cryptographically secure source: nonces come from it.
pub trait Entropy {
    /// Fills all of `bytes` with random bytes.
    fn fill(&mut self, bytes: &mut [u8]);
}

impl<E: Entropy + ?Sized> Entropy for &mut E {
    fn fill(&mut self, bytes: &mut [u8]) {
        (**self).fill(bytes);
    }
}
