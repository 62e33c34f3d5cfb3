//! A TLS handshake that encrypts nothing: one record each way, of a handshake's form. It lets a
//! server misbehave where a real handshake would be, in memory and without certificates.

use std::io;

use jabber_transport::{BoxPipe, TlsError, TlsFault};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// The length of each record.
pub(super) const RECORD: usize = 7;
/// Type handshake, version 1.2, two bytes: a `ClientHello` (1) without anything (RFC 8446 §5.1).
pub(super) const CLIENT_HELLO: &[u8] = &[0x16, 3, 3, 0, 2, 1, 0];
/// The same: a `ServerHello` (2).
pub(super) const SERVER_HELLO: &[u8] = &[0x16, 3, 3, 0, 2, 2, 0];

/// Type alert, fatal (RFC 8446 §6).
pub(super) fn alert(code: u8) -> Vec<u8> {
    vec![0x15, 3, 3, 0, 2, 2, code]
}

/// The client's side.
pub(super) async fn handshake(pipe: &mut BoxPipe, name: &str) -> Result<(), TlsError> {
    let mut record = [0; RECORD];
    let exchanged = async {
        pipe.write_all(CLIENT_HELLO).await?;
        pipe.flush().await?;
        pipe.read_exact(&mut record).await
    };
    exchanged.await.map_err(|error| TlsError::new(lost(&error), name).with_source(error))?;
    let fault = match record {
        record if record == SERVER_HELLO => return Ok(()),
        [0x15, .., code] => TlsFault::Alert { name: alert_name(code).to_owned(), code },
        _ => TlsFault::NotTls,
    };
    Err(TlsError::new(fault, name))
}

fn lost(error: &io::Error) -> TlsFault {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => TlsFault::HandshakeEof,
        _ => TlsFault::HandshakeReset,
    }
}

const fn alert_name(code: u8) -> &'static str {
    match code {
        40 => "handshake_failure",
        70 => "protocol_version",
        80 => "internal_error",
        _ => "unknown",
    }
}
