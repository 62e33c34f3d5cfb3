use std::time::Duration;

use jabber_security::Security;
use jabber_xml::Element;

use crate::fixed::encrypted;

/// Something that happens to a connection.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Input {
    /// The pipe is connected, with this security.
    Connect(Security),
    /// The pipe cannot be connected.
    Refused,
    /// The server sends this; one read.
    Server(String),
    /// The TLS handshake is done.
    Tls,
    /// The TLS handshake fails.
    TlsFails,
    /// The server closes the connection.
    End,
    /// The connection is reset.
    Reset,
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

impl Input {
    /// The line that stands for it.
    pub(crate) fn line(&self) -> String {
        match self {
            Self::Connect(Security::Open) => "@ connect open".into(),
            Self::Connect(Security::TlsNext) => "@ connect tls".into(),
            Self::Connect(_) => "@ connect private".into(),
            Self::Refused => "@ refused".into(),
            Self::Server(text) => format!("S {text}"),
            Self::Tls => "T".into(),
            Self::TlsFails => "T fails".into(),
            Self::End => "E".into(),
            Self::Reset => "X".into(),
            Self::Send(stanza) => format!("@ send {}", stanza.as_str()),
            Self::Request(stanza) => format!("@ request {}", stanza.as_str()),
            Self::Purge => "@ purge".into(),
            Self::Shutdown => "@ shutdown".into(),
            Self::Halt => "@ halt".into(),
            Self::Wait(time) => format!("@ wait {}", time.as_secs()),
        }
    }

    /// The inputs among a transcript's lines, each with the comments that stand above it.
    pub(crate) fn read_all(transcript: &str) -> Result<Vec<(String, Self)>, ScriptError> {
        let mut inputs = Vec::new();
        let mut comments = String::new();
        for (at, line) in transcript.lines().enumerate() {
            let fail = |fault: String| ScriptError { line: at + 1, fault, text: line.to_owned() };
            if line.is_empty() || line.starts_with('#') {
                comments += line;
                comments.push('\n');
            } else if let Some(input) = Self::read(line).map_err(fail)? {
                inputs.push((std::mem::take(&mut comments), input));
            }
        }
        Ok(inputs)
    }

    /// `None` for a line that tells what came of the inputs.
    fn read(line: &str) -> Result<Option<Self>, String> {
        let (mark, rest) = line.split_once(' ').unwrap_or((line, ""));
        let (command, argument) = rest.split_once(' ').unwrap_or((rest, ""));
        let element = || argument.parse::<Element>().map_err(|error| error.to_string());
        Ok(Some(match (mark, command) {
            ("C" | "!" | "U" | "A" | "K" | "L", _) => return Ok(None),
            ("S", _) => Self::Server(rest.to_owned()),
            ("T", "") => Self::Tls,
            ("T", "fails") => Self::TlsFails,
            ("E", "") => Self::End,
            ("X", "") => Self::Reset,
            ("@", "connect") => Self::Connect(match argument {
                "open" => Security::Open,
                "tls" => Security::TlsNext,
                "encrypted" => encrypted(),
                _ => Security::Private,
            }),
            ("@", "refused") => Self::Refused,
            ("@", "send") => Self::Send(element()?),
            ("@", "request") => Self::Request(element()?),
            ("@", "purge") => Self::Purge,
            ("@", "shutdown") => Self::Shutdown,
            ("@", "halt") => Self::Halt,
            ("@", "wait") => {
                let seconds = argument.parse().map_err(|_| "not a number of seconds")?;
                Self::Wait(Duration::from_secs(seconds))
            }
            _ => return Err("not a line of a transcript".into()),
        }))
    }
}
