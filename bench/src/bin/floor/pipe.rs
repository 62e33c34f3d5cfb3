//! A blocking socket, with TLS or without, and the login as fixed text.

use std::{
    error::Error,
    io::{Read as _, Write as _},
    net::TcpStream,
    sync::Arc,
};

use jabber_bench::options::Options;
use tokio_rustls::rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned,
    client::Resumption,
    crypto::ring,
    pki_types::{CertificateDer, pem::PemObject as _},
};

/// `secret` and the id `load`, as XEP-0114 wants them; the server looks at no handshake anyway.
const HANDSHAKE: &str = "<handshake>0000000000000000000000000000000000000000</handshake>";
/// `\0bench\0secret`.
const AUTH: &str =
    "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGJlbmNoAHNlY3JldA==</auth>";
const BIND: &str = "<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>bench</resource></bind></iq>";

/// What all connections of a run have in common.
pub(crate) struct Maker {
    is_component: bool,
    tls: Option<Arc<ClientConfig>>,
    address: String,
}

/// One connection.
pub(crate) enum Pipe {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ClientConnection, TcpStream>>),
}

impl Maker {
    pub(crate) fn new(options: &Options) -> Result<Self, Box<dyn Error>> {
        let tls = match options.text("tls", "none") {
            "starttls" => Some(trusting(options.text("cafile", ""))?),
            _ => None,
        };
        Ok(Self {
            is_component: options.text("dialect", "component") == "component",
            tls,
            address: options.text("addr", "127.0.0.1:5347").to_owned(),
        })
    }

    /// Who the server takes us for.
    pub(crate) fn jid(&self) -> &'static str {
        if self.is_component { "bench.localhost" } else { "bench@localhost/bench" }
    }

    fn from(&self) -> &'static str {
        if self.is_component { " from='bench.localhost'" } else { "" }
    }

    /// A message with that body, which is XML already.
    pub(crate) fn message(&self, body: &str, attributes: &str) -> String {
        let from = self.from();
        format!("<message to='peer@localhost'{from}{attributes}><body>{body}</body></message>")
    }

    pub(crate) fn ping(&self) -> String {
        let from = self.from();
        format!("<iq type='get' to='localhost'{from} id='1'><ping xmlns='urn:xmpp:ping'/></iq>")
    }

    /// A stream that is ready.
    pub(crate) fn ready(&self) -> Result<Pipe, Box<dyn Error>> {
        let socket = TcpStream::connect(&self.address)?;
        socket.set_nodelay(true)?;
        let mut pipe = Pipe::Plain(socket);
        if self.is_component {
            pipe.open("jabber:component:accept", "bench.localhost", ">")?;
            pipe.write(HANDSHAKE.as_bytes())?;
            pipe.until("<handshake/>")?;
            return Ok(pipe);
        }
        if let Some(config) = &self.tls {
            pipe.open("jabber:client", "localhost", "</stream:features>")?;
            pipe.write(b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")?;
            pipe.until("/>")?;
            let Pipe::Plain(socket) = pipe else { return Err("TLS twice".into()) };
            let session = ClientConnection::new(Arc::clone(config), "localhost".try_into()?)?;
            pipe = Pipe::Tls(Box::new(StreamOwned::new(session, socket)));
        }
        pipe.open("jabber:client", "localhost", "</stream:features>")?;
        pipe.write(AUTH.as_bytes())?;
        pipe.until("/>")?;
        pipe.open("jabber:client", "localhost", "</stream:features>")?;
        pipe.write(BIND.as_bytes())?;
        pipe.until("</iq>")?;
        Ok(pipe)
    }
}

impl Pipe {
    fn open(&mut self, content: &str, to: &str, until: &str) -> Result<(), Box<dyn Error>> {
        self.write(
            format!(
                "<stream:stream xmlns='{content}' xmlns:stream='http://etherx.jabber.org/streams' \
                 to='{to}' version='1.0'>"
            )
            .as_bytes(),
        )?;
        self.until(until)
    }

    /// Reads until what was said last ends so.
    pub(crate) fn until(&mut self, end: &str) -> Result<(), Box<dyn Error>> {
        let mut said = Vec::new();
        let mut room = [0; 4096];
        while !said.ends_with(end.as_bytes()) {
            let length = self.read(&mut room)?;
            said.extend_from_slice(&room[..length]);
        }
        Ok(())
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), Box<dyn Error>> {
        match self {
            Self::Plain(socket) => socket.write_all(bytes)?,
            Self::Tls(stream) => {
                stream.write_all(bytes)?;
                stream.flush()?;
            }
        }
        Ok(())
    }

    /// At least one byte.
    pub(crate) fn read(&mut self, room: &mut [u8]) -> Result<usize, Box<dyn Error>> {
        let length = match self {
            Self::Plain(socket) => socket.read(room)?,
            Self::Tls(stream) => stream.read(room)?,
        };
        if length == 0 { Err("the server has ended the stream".into()) } else { Ok(length) }
    }
}

fn trusting(file: &str) -> Result<Arc<ClientConfig>, Box<dyn Error>> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(file)? {
        roots.add(certificate?)?;
    }
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    // As everybody: each connection verifies the certificate.
    config.resumption = Resumption::disabled();
    Ok(Arc::new(config))
}
