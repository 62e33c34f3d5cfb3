use ::metrics::{
    Counter, Gauge, Histogram, Unit, counter, describe_counter, describe_gauge, describe_histogram,
    gauge, histogram,
};

/// The metrics of one dialect, looked up once.
pub(super) struct Handles {
    pub(super) to_connected: Histogram,
    pub(super) to_tls: Histogram,
    pub(super) to_auth: Histogram,
    pub(super) to_ready: Histogram,
    pub(super) attempts: Counter,
    pub(super) reconnects: Counter,
    pub(super) sent: Traffic,
    pub(super) received: Traffic,
    pub(super) ready: Share,
    pub(super) queue_stanzas: Share,
    pub(super) queue_bytes: Share,
    pub(super) requests: Share,
}

/// What goes one way.
pub(super) struct Traffic {
    pub(super) stanzas: Counter,
    pub(super) bytes: Counter,
}

/// One session's share of a gauge that all sessions add to.
pub(super) struct Share {
    gauge: Gauge,
    now: usize,
}

impl Handles {
    pub(super) fn new(dialect: &'static str) -> Self {
        describe();
        let share = |gauge| Share { gauge, now: 0 };
        let traffic = |direction: &'static str| Traffic {
            stanzas: counter!("jabber_stanzas_total", "dialect" => dialect, "direction" => direction),
            bytes: counter!("jabber_bytes_total", "dialect" => dialect, "direction" => direction),
        };
        Self {
            to_connected: histogram!("jabber_time_to_connected_seconds", "dialect" => dialect),
            to_tls: histogram!("jabber_time_to_tls_seconds", "dialect" => dialect),
            to_auth: histogram!("jabber_time_to_auth_seconds", "dialect" => dialect),
            to_ready: histogram!("jabber_time_to_ready_seconds", "dialect" => dialect),
            attempts: counter!("jabber_attempts_total", "dialect" => dialect),
            reconnects: counter!("jabber_reconnects_total", "dialect" => dialect),
            sent: traffic("sent"),
            received: traffic("received"),
            ready: share(gauge!("jabber_sessions_ready", "dialect" => dialect)),
            queue_stanzas: share(gauge!("jabber_queue_stanzas", "dialect" => dialect)),
            queue_bytes: share(gauge!("jabber_queue_bytes", "dialect" => dialect)),
            requests: share(gauge!("jabber_requests_outstanding", "dialect" => dialect)),
        }
    }
}

/// Errors are few: their counters are looked up as they come.
pub(super) fn count_error(dialect: &'static str, name: &'static str) {
    counter!("jabber_errors_total", "dialect" => dialect, "error" => name).increment(1);
}

impl Share {
    pub(super) fn set(&mut self, to: usize) {
        if to != self.now {
            // Beyond 2^52 stanzas the sum is not exact.
            self.gauge.increment(to as f64 - self.now as f64);
            self.now = to;
        }
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.set(0);
    }
}

fn describe() {
    const SECONDS: Unit = Unit::Seconds;
    describe_histogram!("jabber_time_to_connected_seconds", SECONDS, "CONNECT to CONNECTED");
    describe_histogram!("jabber_time_to_tls_seconds", SECONDS, "CONNECT to the end of TLS");
    describe_histogram!("jabber_time_to_auth_seconds", SECONDS, "CONNECT to AUTHSUCCESS");
    describe_histogram!("jabber_time_to_ready_seconds", SECONDS, "CONNECT to INIT_FINISHED");
    describe_counter!("jabber_attempts_total", "attempts that were begun");
    describe_counter!("jabber_reconnects_total", "attempts that were not a session's first");
    describe_counter!("jabber_errors_total", "error statuses");
    describe_counter!("jabber_stanzas_total", "top-level nodes from INIT_FINISHED on");
    describe_counter!("jabber_bytes_total", Unit::Bytes, "all on the wire as XML");
    describe_gauge!("jabber_sessions_ready", "sessions that are ready");
    describe_gauge!("jabber_queue_stanzas", "stanzas that wait in queues");
    describe_gauge!("jabber_queue_bytes", Unit::Bytes, "bytes of the stanzas that wait");
    describe_gauge!("jabber_requests_outstanding", "requests that have not ended");
}
