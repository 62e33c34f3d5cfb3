//! When a server is ready: its log says where it listens, and then it answers there.

use std::{
    io,
    process::Child,
    thread,
    time::{Duration, Instant},
};

use rustls::version::{TLS12, TLS13};

use super::{COMPONENT, OPTIONAL, REQUIRED, StartError, log::Log, ports::Ports};
use crate::{
    pki::Authority,
    wire::{self, PATIENCE},
};

const DEADLINE: Duration = Duration::from_secs(40);

/// Returns when every port has answered.
pub(super) fn wait(
    child: &mut Child,
    log: &Log,
    ports: &Ports,
    authority: &Authority,
) -> Result<(), StartError> {
    let failed = |reason: String| StartError::Failed { reason, log: log.tail() };
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

fn answers(ports: &Ports, authority: &Authority) -> io::Result<()> {
    for domain in [OPTIONAL, REQUIRED] {
        let mut stream = wire::open(ports.c2s, PATIENCE)?;
        let header = wire::client_header(domain);
        wire::ask(&mut stream, &header, "</stream:features>", PATIENCE)?;
    }
    let mut stream = wire::open(ports.component, PATIENCE)?;
    wire::ask(&mut stream, &wire::component_header(COMPONENT), " id=", PATIENCE)?;
    let stream = wire::open(ports.direct_tls, PATIENCE)?;
    let mut stream = wire::secure(stream, authority.client(&[&TLS12, &TLS13]), OPTIONAL)?;
    let header = wire::client_header(OPTIONAL);
    wire::ask(&mut stream, &header, "</stream:features>", PATIENCE).map(drop)
}
