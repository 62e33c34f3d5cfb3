use std::sync::Arc;

use jabber_security::{ChannelBinding, Entropy, Security, TlsFacts};

/// Randomness that is the same each time: a counter, mixed.
#[derive(Clone, Debug, Default)]
pub struct FixedEntropy(u64);

impl Entropy for FixedEntropy {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            *byte = mixed.to_be_bytes()[0];
        }
    }
}

/// What a transcript's TLS handshake comes to.
pub(crate) fn tls_facts() -> TlsFacts {
    let binding = ChannelBinding::none().with_tls_exporter([0x42; 32]);
    TlsFacts::new("TLSv1.3", "TLS_AES_256_GCM_SHA384", "transcript", binding)
}

pub(crate) fn encrypted() -> Security {
    Security::Encrypted(tls_facts())
}

/// A failure of the transport, in a transcript.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Scripted(pub(crate) &'static str);

impl Scripted {
    pub(crate) fn shared(self) -> Arc<Self> {
        Arc::new(self)
    }
}
