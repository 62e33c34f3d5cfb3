use jabber_security::Entropy;

/// Makes an `id` that nobody can guess (RFC 6120 §8.1.3): 96 random bits as hexadecimal text.
#[must_use]
pub fn fresh_id(entropy: &mut dyn Entropy) -> String {
    let mut bytes = [0; 12];
    entropy.fill(&mut bytes);
    let mut id = [[0; 2]; 12];
    for (digits, byte) in id.iter_mut().zip(bytes) {
        *digits = [digit(byte >> 4), digit(byte & 0x0f)];
    }
    // ASCII: never lossy.
    String::from_utf8_lossy(id.as_flattened()).into_owned()
}

const fn digit(nibble: u8) -> u8 {
    nibble + if nibble < 10 { b'0' } else { b'a' - 10 }
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
