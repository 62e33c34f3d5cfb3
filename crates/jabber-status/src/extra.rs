//! Statuses beyond the 21.

use crate::table::vocabulary;

vocabulary! {
    /// What this project tells besides the 21 statuses. The codes are above 100, so that the first
    /// 21 stay as they are. More may come.
    #[non_exhaustive]
    pub enum Extra ("a status above 100") {
        /// the pipe is encrypted by direct TLS, in a dialect without TLS statuses.
        TlsEstablished = 101 "PCJ_TLS_ESTABLISHED",
        /// a pause before the next attempt, with its length and the reason.
        ReconnectWait = 102 "PCJ_RECONNECT_WAIT",
        /// see-other-host (RFC 6120 §4.9.3.19) is followed; a new attempt begins.
        Redirect = 103 "PCJ_REDIRECT",
        /// one address of several failed; the next is tried.
        TargetFailed = 104 "PCJ_TARGET_FAILED",
        /// stream management (XEP-0198 §5) resumed the earlier session.
        StreamResumed = 105 "PCJ_STREAM_RESUMED",
        /// a request ended without an answer: time-out, disconnected, cancelled.
        RequestEnded = 106 "PCJ_REQUEST_ENDED",
        /// no further attempt, and why.
        ReconnectStopped = 107 "PCJ_RECONNECT_STOPPED",
    }
}
