use std::sync::Arc;

use jabber_security::{ChannelBinding, Entropy, Security, TlsFacts};

/// Randomness that is the same each time: a counter, mixed.
///
/// # Examples
/// ```
/// use jabber_security::Entropy;
/// use jabber_testkit::FixedEntropy;
///
/// let (mut first, mut second) = ([0; 16], [0; 16]);
/// let mut entropy = FixedEntropy::default();
/// entropy.fill(&mut first);
/// entropy.fill(&mut second);
/// assert_ne!(first, second);
///
/// FixedEntropy::default().fill(&mut second);
/// assert_eq!(first, second);
/// ```
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

/// The data that a transcript's TLS channel is bound by.
pub(crate) fn channel_binding() -> ChannelBinding {
    ChannelBinding::none().with_tls_exporter([0x42; 32])
}

/// What a transcript's TLS handshake comes to; its server knows the channel binding.
#[must_use]
pub fn encrypted() -> Security {
    let cipher = "TLS_AES_256_GCM_SHA384";
    Security::Encrypted(TlsFacts::new("TLSv1.3", cipher, "transcript", channel_binding()))
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
