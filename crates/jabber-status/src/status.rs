//! The 21 statuses.

use crate::table::vocabulary;

vocabulary! {
    /// What a connection is doing: the 21 statuses, whose codes, names and meanings never change.
    ///
    /// `Display` and `FromStr` use the stable name.
    ///
    /// # Examples
    ///
    /// ```
    /// use jabber_status::Status;
    ///
    /// assert_eq!(Status::InitFinished.code(), 17);
    /// assert_eq!(Status::InitFinished.to_string(), "PCJ_INIT_FINISHED");
    /// assert_eq!("PCJ_INIT_FINISHED".parse(), Ok(Status::InitFinished));
    /// ```
    pub enum Status ("a status") {
        /// a connect or a reconnect was asked for.
        Connect = 0 "PCJ_CONNECT",
        /// connecting is now in process.
        Connecting = 1 "PCJ_CONNECTING",
        /// the initial connection (a socket, or whatever the transport has) is established.
        Connected = 2 "PCJ_CONNECTED",
        /// a `<stream:stream>` tag has been sent. How often depends on the dialect: once per
        /// stream, and the stream begins anew after TLS and after SASL.
        StreamStart = 3 "PCJ_STREAMSTART",
        /// TLS negotiation has begun. Only dialects with TLS statuses have it.
        SslNegotiate = 4 "PCJ_SSLNEGOTIATE",
        /// TLS negotiation is complete; the socket layer is encrypted.
        SslSuccess = 5 "PCJ_SSLSUCCESS",
        /// authentication (iq:auth, SASL, `<handshake/>`) is in process.
        AuthNegotiate = 6 "PCJ_AUTHNEGOTIATE",
        /// authentication succeeded.
        AuthSuccess = 7 "PCJ_AUTHSUCCESS",
        /// binding of a resource, or of a component's domain, has begun.
        BindNegotiate = 8 "PCJ_BINDNEGOTIATE",
        /// that binding succeeded.
        BindSuccess = 9 "PCJ_BINDSUCCESS",
        /// session establishment (XMPP IM, RFC 3921 §3) has begun.
        SessionNegotiate = 10 "PCJ_SESSIONNEGOTIATE",
        /// session establishment succeeded.
        SessionSuccess = 11 "PCJ_SESSIONSUCCESS",
        /// a node has been placed, outbound, on the wire's write side.
        NodeSent = 12 "PCJ_NODESENT",
        /// a node has been received.
        NodeReceived = 13 "PCJ_NODERECEIVED",
        /// a send was tried while there was no initialized connection; the node has been queued.
        NodeQueued = 14 "PCJ_NODEQUEUED",
        /// a return_to_sender was fired for an outbound node: a request goes out.
        RtsStart = 15 "PCJ_RTS_START",
        /// a return_to_sender was fired for the matching inbound node: its answer is here.
        RtsFinish = 16 "PCJ_RTS_FINISH",
        /// the connection is fully initialized and ready for use; transactions begin after it.
        InitFinished = 17 "PCJ_INIT_FINISHED",
        /// `</stream:stream>` has been sent and flushed.
        StreamEnd = 18 "PCJ_STREAMEND",
        /// a shutdown was fired; tearing down is in progress.
        ShutdownStart = 19 "PCJ_SHUTDOWN_START",
        /// the shutdown is complete.
        ShutdownFinish = 20 "PCJ_SHUTDOWN_FINISH",
    }
}
