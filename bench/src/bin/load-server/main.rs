//! A server that does as it is told, as cheaply as can be: what it says is rendered beforehand.
//!
//! `load-server [--ca-file PEM] [--identity PEM] [--component PORT] [--client PORT] [--starttls PORT]
//! [--addresses N] [--first F]` listens on loopback, on ports of its own where none is named, and
//! prints them as one JSON line: for components, clients, and clients with STARTTLS. With N addresses it does so on
//! as many from 127.0.0.F on (F is 1 unless told), at the same ports.

mod connection;
mod orders;
mod tls;

use std::{error::Error, io::Write as _, net::Ipv4Addr, sync::Arc};

use jabber_bench::options::Options;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::connection::{Connection, Who};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::from_args();
    let acceptor = tls::acceptor(options.text("identity", ""), options.text("ca-file", ""))?;
    let acceptor = Arc::new(acceptor);
    let first = options.number("first", 1_u8)?;
    let behind = first.saturating_add(options.number("addresses", 1_u8)?);
    let mut ports = Vec::new();
    for (name, who) in
        [("component", Who::Component), ("client", Who::Client), ("starttls", Who::ClientTls)]
    {
        let mut port = options.number(name, 0_u16)?;
        for last in first..behind {
            let listener = TcpListener::bind((Ipv4Addr::new(127, 0, 0, last), port)).await?;
            port = listener.local_addr()?.port();
            tokio::spawn(listen(listener, who, Arc::clone(&acceptor)));
        }
        ports.push(format!("\"{name}\":{port}"));
    }
    let mut out = std::io::stdout();
    writeln!(out, "{{{}}}", ports.join(","))?;
    out.flush()?;
    // Until whoever started it closes our standard input.
    let mut input = tokio::io::stdin();
    tokio::io::copy(&mut input, &mut tokio::io::sink()).await?;
    Ok(())
}

async fn listen(listener: TcpListener, who: Who, acceptor: Arc<TlsAcceptor>) {
    loop {
        let Ok((socket, _)) = listener.accept().await else { continue };
        let _ = socket.set_nodelay(true);
        let acceptor = Arc::clone(&acceptor);
        tokio::spawn(async move {
            // Who leaves in the middle has his reasons.
            let _ = Connection::new(who).serve(socket, &acceptor).await;
        });
    }
}
