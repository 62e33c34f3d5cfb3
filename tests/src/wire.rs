//! XMPP by hand: the few bytes that show whether a server answers, and as what.

use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use rustls::{ClientConfig, ClientConnection, StreamOwned, pki_types::ServerName};

/// How long a test waits for one answer of a server on the same machine.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// A client's stream header for this domain (RFC 6120 §4.7).
#[must_use]
pub fn client_header(domain: &str) -> String {
    format!(
        "<?xml version='1.0'?><stream:stream to='{domain}' version='1.0' xmlns='jabber:client' \
         xmlns:stream='http://etherx.jabber.org/streams'>"
    )
}

/// A component's stream header for this name (XEP-0114 §3).
#[must_use]
pub fn component_header(name: &str) -> String {
    format!(
        "<?xml version='1.0'?><stream:stream to='{name}' xmlns='jabber:component:accept' \
         xmlns:stream='http://etherx.jabber.org/streams'>"
    )
}

/// A connection on which neither reading nor writing blocks for longer than `patience`.
///
/// # Errors
///
/// Whatever connecting says.
pub fn open(address: SocketAddr, patience: Duration) -> io::Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&address, patience)?;
    stream.set_read_timeout(Some(patience))?;
    stream.set_write_timeout(Some(patience))?;
    Ok(stream)
}

/// TLS over an open connection, the handshake done and the certificate verified for `name`.
///
/// # Errors
///
/// Whatever reading, writing or the handshake says; `io::ErrorKind::InvalidInput` for a name that
/// none can be.
pub fn secure(
    mut stream: TcpStream,
    config: Arc<ClientConfig>,
    name: &str,
) -> io::Result<StreamOwned<ClientConnection, TcpStream>> {
    let name = ServerName::try_from(name.to_owned())
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
    let mut tls = ClientConnection::new(config, name).map_err(io::Error::other)?;
    while tls.is_handshaking() {
        tls.complete_io(&mut stream)?;
    }
    Ok(StreamOwned::new(tls, stream))
}

/// Does `attempt` again while the connection breaks off: jabberd2 may take one for another that has
/// just ended on the same descriptor, for some milliseconds. It says `internal-server-error` then,
/// which is not always read before the end.
///
/// # Errors
///
/// The last attempt's, or at once any other.
pub fn again<T>(mut attempt: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    let mut tries = 0;
    loop {
        tries += 1;
        match attempt() {
            Err(error) if tries < 10 && is_mistaken(&error) => {
                thread::sleep(Duration::from_millis(50));
            }
            done => return done,
        }
    }
}

fn is_mistaken(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionReset, UnexpectedEof};
    matches!(error.kind(), BrokenPipe | ConnectionReset | UnexpectedEof)
}

/// Ends a stream in good order (RFC 6120 §4.4): says so, and waits for the other side to end too.
///
/// # Errors
///
/// What reading and writing say, but that the connection is reset: then it has ended.
pub fn leave(stream: &mut (impl Read + Write)) -> io::Result<()> {
    stream.write_all(b"</stream:stream>")?;
    stream.flush()?;
    let ended = [io::ErrorKind::ConnectionReset, io::ErrorKind::UnexpectedEof];
    match stream.read_to_end(&mut Vec::new()) {
        Err(error) if !ended.contains(&error.kind()) => Err(error),
        _ => Ok(()),
    }
}

/// Writes `request` and reads until the answer holds `end`. What came after it is returned too.
///
/// # Errors
///
/// What reading and writing say; `io::ErrorKind::UnexpectedEof` or `TimedOut`, with what came
/// until then, if `end` does not come.
pub fn ask(
    stream: &mut (impl Read + Write),
    request: &str,
    end: &str,
    patience: Duration,
) -> io::Result<String> {
    stream.write_all(request.as_bytes())?;
    stream.flush()?;
    let deadline = Instant::now() + patience;
    let (mut got, mut piece) = (Vec::new(), [0; 4096]);
    loop {
        let length = stream.read(&mut piece)?;
        got.extend(piece.iter().take(length));
        let text = String::from_utf8_lossy(&got);
        if text.contains(end) {
            return Ok(text.into_owned());
        }
        let kind = match length {
            0 => io::ErrorKind::UnexpectedEof,
            _ if Instant::now() >= deadline => io::ErrorKind::TimedOut,
            _ => continue,
        };
        return Err(io::Error::new(kind, format!("waited for {end:?}, got {text:?}")));
    }
}
