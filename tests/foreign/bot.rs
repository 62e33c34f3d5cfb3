//! A bot: started, and heard.

use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use jabber_tests::server::OPTIONAL;
use tokio::{
    sync::mpsc::{UnboundedReceiver, unbounded_channel},
    time::timeout,
};

/// How long it may take for anything, and how long it lives at most.
const PATIENCE: Duration = Duration::from_secs(20);

/// What it sends: not ASCII, with all that XML escapes, and blanks that count.
pub(crate) const TEXT: &str =
    "Grüße, 密码 \u{1F980}: <b a=\"1\" c='2'>&amp; & ]]> </b>\n  two  \u{a0}\tend ";
/// The same for an attribute, where an unescaped newline would become a blank.
pub(crate) const LINE: &str = "Größe <Ω> & \"密码\" 'x' &lt; \u{1F980}";

/// Who it is.
#[derive(Clone, Debug)]
pub(crate) struct Role<'a> {
    /// `client`, `component`, `legacy`.
    pub(crate) kind: &'a str,
    pub(crate) jid: &'a str,
    pub(crate) password: &'a str,
    pub(crate) server: SocketAddr,
    pub(crate) direct_tls: bool,
    pub(crate) ca: &'a Path,
}

/// One that runs. Dropped, it is killed.
#[derive(Debug)]
pub(crate) struct Bot {
    child: Child,
    lines: UnboundedReceiver<String>,
}

impl Bot {
    pub(crate) fn start(mut command: Command, role: &Role<'_>, peer: &str) -> Self {
        let (host, port) = (role.server.ip().to_string(), role.server.port().to_string());
        command.env("AS", role.kind).env("HOST", host).env("PORT", port).env("DOMAIN", OPTIONAL);
        command.env("JID", role.jid).env("PASSWORD", role.password).env("CA", role.ca);
        command.env("DIRECT_TLS", u8::from(role.direct_tls).to_string()).env("PEER", peer);
        command.env("TEXT", TEXT).env("LINE", LINE);
        command.env("SECONDS", PATIENCE.as_secs().to_string());
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (said, lines) = unbounded_channel();
        thread::spawn(move || {
            for line in stdout.lines() {
                // A test that has failed listens no longer.
                let _ = said.send(line.unwrap());
            }
        });
        Self { child, lines }
    }

    /// The texts of its next line, which begins with this word.
    pub(crate) async fn says(&mut self, word: &str) -> Vec<String> {
        let line = timeout(PATIENCE, self.lines.recv()).await;
        let line = line.unwrap_or_else(|_| panic!("it does not say {word}"));
        let line = line.unwrap_or_else(|| panic!("it ended without {word}"));
        let mut parts = line.split(' ');
        assert_eq!(parts.next(), Some(word), "{line}");
        parts.map(text).collect()
    }

    /// It says nothing more, and ends so.
    pub(crate) async fn ends(mut self, status: i32) {
        let rest = timeout(PATIENCE, self.lines.recv()).await.unwrap();
        assert_eq!(rest, None);
        let ended = self.child.wait().unwrap();
        assert_eq!(ended.code(), Some(status), "{ended}");
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn text(hex: &str) -> String {
    if hex == "-" {
        return String::new();
    }
    let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    String::from_utf8((0..hex.len()).step_by(2).map(byte).collect()).unwrap()
}
