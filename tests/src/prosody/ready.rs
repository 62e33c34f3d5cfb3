//! When a server is ready: its log says where it listens, and then it answers there.

use std::{
    process::Child,
    thread,
    time::{Duration, Instant},
};

use super::{NAME, StartError};
use crate::{
    pki::Authority,
    server::{DEADLINE, Log, Ports, answers},
};

/// Returns when every port has answered.
pub(super) fn wait(
    child: &mut Child,
    log: &Log,
    ports: &Ports,
    authority: &Authority,
) -> Result<(), StartError> {
    let failed = |reason: String| StartError::Failed { server: NAME, reason, log: log.tail() };
    let end = Instant::now() + DEADLINE;
    // Nothing is connected to before: whoever has a port then would be taken for the server.
    while !listens(&log.read(), ports)? {
        if let Some(status) = child.try_wait()? {
            return Err(failed(format!("ended while starting ({status})")));
        }
        if Instant::now() >= end {
            return Err(failed(format!("did not listen within {DEADLINE:?}")));
        }
        thread::sleep(Duration::from_millis(10));
    }
    answers(ports, authority).map_err(|error| failed(format!("listens, but: {error}")))
}

/// Whether all ports are open, by the log.
fn listens(log: &str, ports: &Ports) -> Result<bool, StartError> {
    if log.contains("Failed to open server port") {
        return Err(StartError::PortTaken);
    }
    let services =
        [("c2s", ports.c2s), ("c2s_direct_tls", ports.direct_tls), ("component", ports.component)];
    Ok(services.iter().all(|(service, address)| {
        let said = format!("Activated service '{service}' on [127.0.0.1]:{}", address.port());
        log.lines().any(|line| line.ends_with(&said))
    }))
}
