//! A client or a component of tokio-xmpp's, as one thing.

use std::error::Error;

#[cfg(feature = "component")]
use futures::SinkExt as _;
use futures::StreamExt as _;
use jabber_bench::options::Options;
use tokio_xmpp::{Client, Event, Stanza, connect::DnsConfig, jid::Jid, xmlstream::Timeouts};
#[cfg(feature = "component")]
use tokio_xmpp::{Component, connect::TcpServerConnector};

/// What all connections of a run have in common.
pub(crate) struct Maker {
    is_component: bool,
    tls: bool,
    address: String,
    password: String,
}

/// One connection.
pub(crate) enum Pipe {
    #[cfg(feature = "component")]
    Component(Box<Component<TcpServerConnector>>),
    Client(Box<Client>),
}

impl Maker {
    pub(crate) fn new(options: &Options) -> Self {
        Self {
            is_component: options.text("dialect", "component") == "component",
            tls: options.text("tls", "none") == "starttls",
            address: options.text("addr", "127.0.0.1:5347").to_owned(),
            password: options.text("password", "secret").to_owned(),
        }
    }

    /// What a component says it is.
    pub(crate) fn from(&self) -> Option<Jid> {
        self.is_component.then(|| "bench.localhost".parse().ok()).flatten()
    }

    pub(crate) async fn ready(&self) -> Result<Pipe, Box<dyn Error>> {
        let address = DnsConfig::addr(&self.address);
        #[cfg(feature = "component")]
        if self.is_component {
            let timeouts = Timeouts::tight();
            let component =
                Component::new_plaintext("bench.localhost", &self.password, address, timeouts);
            return Ok(Pipe::Component(Box::new(component.await?)));
        }
        let jid: Jid = "bench@localhost/bench".parse()?;
        let password = self.password.as_str();
        let mut client = if self.tls {
            Client::new_starttls(jid, password, address, Timeouts::default())
        } else {
            Client::new_plaintext(jid, password, address, Timeouts::default())
        };
        loop {
            match client.next().await {
                Some(Event::Online { .. }) => return Ok(Pipe::Client(Box::new(client))),
                Some(Event::Stanza(_)) => {}
                Some(Event::Disconnected(error)) => return Err(error.into()),
                None => return Err("ended before it was ready".into()),
            }
        }
    }
}

impl Pipe {
    pub(crate) async fn send(&mut self, stanza: Stanza) -> Result<(), Box<dyn Error>> {
        match self {
            // `send_stanza` would flush each: `feed` is what its sink has for many.
            #[cfg(feature = "component")]
            Self::Component(component) => component.feed(stanza).await?,
            Self::Client(client) => drop(client.send_stanza(stanza).await?),
        }
        Ok(())
    }

    pub(crate) async fn next(&mut self) -> Result<Stanza, Box<dyn Error>> {
        match self {
            #[cfg(feature = "component")]
            Self::Component(component) => {
                component.flush().await?;
                component.next().await.ok_or_else(|| "the stream has ended".into())
            }
            Self::Client(client) => loop {
                match client.next().await {
                    Some(Event::Stanza(stanza)) => return Ok(stanza),
                    Some(Event::Online { .. }) => {}
                    Some(Event::Disconnected(error)) => return Err(error.into()),
                    None => return Err("the stream has ended".into()),
                }
            },
        }
    }

    pub(crate) async fn close(self) -> Result<(), Box<dyn Error>> {
        match self {
            #[cfg(feature = "component")]
            Self::Component(mut component) => {
                component.send_end().await?;
                // Unlike the client it does not wait for the server's end by itself (RFC 6120 §4.4).
                while component.next().await.is_some() {}
            }
            Self::Client(client) => client.send_end().await?,
        }
        Ok(())
    }
}
