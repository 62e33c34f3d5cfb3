use jabber_security::{Entropy, hex};

/// Makes an `id` that nobody can guess (RFC 6120 §8.1.3): 96 random bits as hexadecimal text.
#[must_use]
pub fn fresh_id(entropy: &mut dyn Entropy) -> String {
    let mut bytes = [0; 12];
    entropy.fill(&mut bytes);
    hex(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting(u8);
    impl Entropy for Counting {
        fn fill(&mut self, bytes: &mut [u8]) {
            for byte in bytes {
                self.0 = self.0.wrapping_add(0x1f);
                *byte = self.0;
            }
        }
    }

    #[test]
    fn is_the_entropy_in_hexadecimal() {
        assert_eq!(fresh_id(&mut Counting(0)), "1f3e5d7c9bbad9f817365574");
    }
}
