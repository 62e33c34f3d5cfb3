//! A server that does as it is told, as cheaply as can be: what it says is rendered beforehand.
//!
//! `load-server [--ca-file PEM] [--identity PEM] [--component PORT] [--client PORT] [--starttls PORT]`
//! listens on loopback, on ports of its own where none is named, and prints them as one JSON line: for
//! components, clients, and clients with STARTTLS.

mod connection;
mod orders;
mod tls;

use std::{error::Error, io::Write as _, sync::Arc};

use jabber_bench::options::Options;
use tokio::net::TcpListener;

use crate::connection::{Connection, Who};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::from_args();
    let acceptor = tls::acceptor(options.text("identity", ""), options.text("ca-file", ""))?;
    let acceptor = Arc::new(acceptor);
    let mut ports = Vec::new();
    for (name, who) in
        [("component", Who::Component), ("client", Who::Client), ("starttls", Who::ClientTls)]
    {
        let port = options.number(name, 0_u16)?;
        let listener = TcpListener::bind((options.text("address", "127.0.0.1"), port)).await?;
        ports.push(format!("\"{name}\":{}", listener.local_addr()?.port()));
        let acceptor = Arc::clone(&acceptor);
        tokio::spawn(async move {
            loop {
                let Ok((socket, _)) = listener.accept().await else { continue };
                let _ = socket.set_nodelay(true);
                let acceptor = Arc::clone(&acceptor);
                tokio::spawn(async move {
                    // Who leaves in the middle has his reasons.
                    let _ = Connection::new(who).serve(socket, &acceptor).await;
                });
            }
        });
    }
    let mut out = std::io::stdout();
    writeln!(out, "{{{}}}", ports.join(","))?;
    out.flush()?;
    // Until whoever started it closes our standard input.
    let mut input = tokio::io::stdin();
    tokio::io::copy(&mut input, &mut tokio::io::sink()).await?;
    Ok(())
}
