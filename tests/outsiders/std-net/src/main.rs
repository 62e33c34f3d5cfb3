//! An XMPP client over `std::net`: it logs in, sends a message, gets one, and says good-bye.
//!
//! No task, no runtime, no callback: `driver.rs` is all there is between the socket and the
//! protocol.

use std::net::TcpListener;
use std::thread;

use driver::Driver;
use jabber_sasl::Policy;
use jabber_status::Phase;
use jabber_xml::{Element, ns};
use jabber_xmpp::{Config, TlsPolicy};

mod driver;
mod server;

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn main() -> Outcome<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?.to_string();
    let server = thread::spawn(move || server::serve(&listener));

    let said = talk(&address);
    server.join().map_err(|_| "the server panicked")??;
    println!("{}", said?);
    Ok(())
}

fn talk(address: &str) -> Outcome<String> {
    // The server is on this machine, so TLS may be off: nobody else sees what is sent.
    // The server here has nothing but PLAIN, and the pipe does not leave the machine.
    let config = Config::new("alice@localhost/desk".parse()?, "secret")
        .with_policy(Policy::PLAIN_OVER_TLS)
        .with_tls(TlsPolicy::Off);
    let mut driver = Driver::new(config);
    let message = Element::builder("message", ns::CLIENT)
        .attribute("to", "bob@localhost")
        .child("body", ns::CLIENT, |body| body.text("Is it over std::net?"))
        .build()?;

    driver.connect(address)?;
    while driver.connection.phase() != Phase::Ready {
        driver.turn().ok_or("the login failed, see above")?;
    }
    let identity = driver.connection.identity().ok_or("nobody")?.to_string();
    driver.send(message)?;

    let mut back = 0;
    while let Some(stanzas) = driver.turn() {
        for stanza in stanzas {
            println!("{stanza}");
            back += 1;
            driver.shutdown();
        }
    }
    Ok(format!("ready as {identity}; 1 message there, {back} back; closed in good order"))
}
