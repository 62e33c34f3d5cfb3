//! Whether a server that listens also answers.

use std::{
    io::{self, Read, Write},
    time::Duration,
};

use rustls::version::{TLS12, TLS13};

use super::{COMPONENT, OPTIONAL, Ports, REQUIRED};
use crate::{
    pki::Authority,
    wire::{self, PATIENCE},
};

/// How long a server may take to start, on a machine that is busy with others.
pub(crate) const DEADLINE: Duration = Duration::from_secs(40);

/// Asks on every port.
pub(crate) fn answers(ports: &Ports, authority: &Authority) -> io::Result<()> {
    for (address, domain) in [(ports.c2s, OPTIONAL), (ports.required, REQUIRED)] {
        let header = wire::client_header(domain);
        wire::again(|| greet(wire::open(address, PATIENCE)?, &header, "</stream:features>"))?;
    }
    let header = wire::component_header(COMPONENT);
    greet(wire::open(ports.component, PATIENCE)?, &header, " id=")?;
    wire::again(|| {
        let stream = wire::open(ports.direct_tls, PATIENCE)?;
        let stream = wire::secure(stream, authority.client(&[&TLS12, &TLS13]), OPTIONAL)?;
        greet(stream, &wire::client_header(OPTIONAL), "</stream:features>")
    })
}

fn greet(mut stream: impl Read + Write, header: &str, end: &str) -> io::Result<()> {
    wire::ask(&mut stream, header, end, PATIENCE)?;
    // A stream that breaks off would stand in the log as trouble.
    wire::leave(&mut stream)
}
