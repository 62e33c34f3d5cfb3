//! The error statuses.

use crate::table::vocabulary;

vocabulary! {
    /// What went wrong. Errors are numbered apart from [`Status`](crate::Status).
    ///
    /// An event of one of these carries its typed cause, see
    /// [`StatusEvent::error`](crate::StatusEvent::error).
    pub enum ErrorStatus ("an error status") {
        /// an error at socket level: call, OS code, text.
        SocketFail = 0 "PCJ_SOCKETFAIL",
        /// the connection is gone, in normal and in error states.
        SocketDisconnect = 1 "PCJ_SOCKETDISCONNECT",
        /// authentication failed.
        AuthFail = 2 "PCJ_AUTHFAIL",
        /// binding failed.
        BindFail = 3 "PCJ_BINDFAIL",
        /// session establishment failed.
        SessionFail = 4 "PCJ_SESSIONFAIL",
        /// TLS failed, was refused, or was required and not offered.
        SslFail = 5 "PCJ_SSLFAIL",
        /// no connection could be made: call, OS code, text.
        ConnectFail = 6 "PCJ_CONNECTFAIL",
    }
}
