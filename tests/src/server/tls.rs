//! What of TLS a server speaks.

/// The versions of TLS that a server speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// 1.2 only.
    V12,
    /// 1.3 only.
    V13,
    /// 1.2 and 1.3.
    Both,
}
