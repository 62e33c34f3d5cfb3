//! What a session measures, for the crate `metrics` (feature `metrics`):
//! [`SessionBuilder::metrics`](crate::SessionBuilder::metrics).
//!
//! | name | type | unit | labels | what |
//! |---|---|---|---|---|
//! | `jabber_time_to_connected_seconds` | histogram | seconds | `dialect` | from CONNECT to CONNECTED |
//! | `jabber_time_to_tls_seconds` | histogram | seconds | `dialect` | from CONNECT to SSLSUCCESS or TLS_ESTABLISHED |
//! | `jabber_time_to_auth_seconds` | histogram | seconds | `dialect` | from CONNECT to AUTHSUCCESS |
//! | `jabber_time_to_ready_seconds` | histogram | seconds | `dialect` | from CONNECT to INIT_FINISHED |
//! | `jabber_attempts_total` | counter | | `dialect` | attempts that were begun: CONNECT |
//! | `jabber_reconnects_total` | counter | | `dialect` | those of them that were not a session's first |
//! | `jabber_errors_total` | counter | | `dialect`, `error` | error statuses, by name such as `PCJ_AUTHFAIL`; a SOCKETDISCONNECT that was asked for is none |
//! | `jabber_stanzas_total` | counter | | `dialect`, `direction` | top-level nodes from INIT_FINISHED on, stream errors included |
//! | `jabber_bytes_total` | counter | bytes | `dialect`, `direction` | all on the wire as XML: headers, nodes, stream ends, white space; without what TLS adds |
//! | `jabber_sessions_ready` | gauge | | `dialect` | sessions that are ready |
//! | `jabber_queue_stanzas` | gauge | | `dialect` | stanzas that wait in queues |
//! | `jabber_queue_bytes` | gauge | bytes | `dialect` | their bytes |
//! | `jabber_requests_outstanding` | gauge | | `dialect` | requests that have not ended |
//!
//! `direction` is `sent` or `received`. Gauges are sums over all sessions of the process: each
//! session adds its share, and takes it back when it is dropped.
//!
//! A session looks up the recorder at its first status; install it before that. What is counted for
//! each node costs an addition; nothing is formatted. Without the feature nothing is computed.

mod handles;
mod meter;

pub(crate) use meter::Meter;
