use std::time::Duration;

use jabber_security::Security;
use jabber_xml::Element;

use crate::{escape::unescape, fixed::encrypted};

/// Something that happens to a connection.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Input {
    /// The user connects, and the pipe is connected with this security.
    Connect(Security),
    /// The user connects, and the pipe cannot be connected.
    Refused,
    /// The user connects, and nothing has come of it yet.
    Dial,
    /// The server sends this, with a transcript's escapes and placeholders; one read.
    Server(String),
    /// The same; it is never split.
    Packet(String),
    /// The TLS handshake is done.
    Tls,
    /// The TLS handshake fails.
    TlsFails,
    /// The server closes the connection.
    End,
    /// The connection is reset.
    Reset,
    /// The TLS connection ends without `close_notify`.
    Truncate,
    /// The user sends this.
    Send(Element),
    /// The user sends this as a request.
    Request(Element),
    /// The user purges the queue.
    Purge,
    /// The user shuts down.
    Shutdown,
    /// The user halts.
    Halt,
    /// Time passes.
    Wait(Duration),
    /// The server reads no more: what is written is not flushed.
    Stall,
    /// The server reads again.
    Drain,
}

/// A line of a transcript that is none.
#[derive(Clone, Debug, thiserror::Error)]
#[error("line {line}: {fault}: {text}")]
#[non_exhaustive]
pub struct ScriptError {
    /// The line's number, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub fault: String,
    /// The line.
    pub text: String,
}

/// A transcript's inputs, as they stand.
#[derive(Debug, Default)]
pub(crate) struct Script {
    pub(crate) inputs: Vec<Input>,
    /// For each input its line, with the comments above it.
    pub(crate) lines: Vec<String>,
    /// The comments below the last.
    pub(crate) rest: String,
}

impl Script {
    pub(crate) fn read(transcript: &str) -> Result<Self, ScriptError> {
        let mut script = Self::default();
        for (at, line) in transcript.lines().enumerate() {
            let fail = |fault: String| ScriptError { line: at + 1, fault, text: line.to_owned() };
            let input = if line.is_empty() || line.starts_with('#') {
                None
            } else {
                match Input::read(line).map_err(fail)? {
                    None => continue,
                    input => input,
                }
            };
            script.rest += line;
            script.rest.push('\n');
            if let Some(input) = input {
                script.inputs.push(input);
                script.lines.push(std::mem::take(&mut script.rest));
            }
        }
        Ok(script)
    }
}

impl Input {
    /// `None` for a line that tells what came of the inputs.
    pub(crate) fn read(line: &str) -> Result<Option<Self>, String> {
        let (mark, rest) = line.split_once(' ').unwrap_or((line, ""));
        let (command, argument) = rest.split_once(' ').unwrap_or((rest, ""));
        let element = || argument.parse::<Element>().map_err(|error| error.to_string());
        let text = || unescape(rest).map(|_| rest.to_owned());
        Ok(Some(match (mark, command, argument) {
            ("C" | "!" | "U" | "A" | "B" | "D" | "R" | "K" | "L" | "?", ..) => return Ok(None),
            ("S", ..) => Self::Server(text()?),
            ("P", ..) => Self::Packet(text()?),
            ("T", "", "") => Self::Tls,
            ("T", "fails", "") => Self::TlsFails,
            ("E", "", "") => Self::End,
            ("X", "", "") => Self::Reset,
            ("@", "connect", "open") => Self::Connect(Security::Open),
            ("@", "connect", "" | "private") => Self::Connect(Security::Private),
            ("@", "connect", "tls") => Self::Connect(Security::TlsNext),
            ("@", "connect", "encrypted") => Self::Connect(encrypted()),
            ("@", "refused", "") => Self::Refused,
            ("@", "dial", "") => Self::Dial,
            ("@", "truncate", "") => Self::Truncate,
            ("@", "send", _) => Self::Send(element()?),
            ("@", "request", _) => Self::Request(element()?),
            ("@", "purge", "") => Self::Purge,
            ("@", "shutdown", "") => Self::Shutdown,
            ("@", "halt", "") => Self::Halt,
            ("@", "stall", "") => Self::Stall,
            ("@", "drain", "") => Self::Drain,
            ("@", "wait", _) => {
                let seconds = argument.parse().map_err(|_| "not a whole number of seconds")?;
                Self::Wait(Duration::from_secs(seconds))
            }
            _ => return Err("not a line of a transcript".into()),
        }))
    }
}
