use std::{net::SocketAddr, path::PathBuf};

use clap::{ArgAction, Parser, Subcommand, ValueEnum, builder::styling};

const STYLES: clap::builder::Styles = clap::builder::Styles::styled()
    .header(styling::AnsiColor::Green.on_default().bold())
    .usage(styling::AnsiColor::Green.on_default().bold())
    .literal(styling::AnsiColor::Cyan.on_default().bold())
    .placeholder(styling::AnsiColor::Cyan.on_default());

/// Talks to Jabber/XMPP servers, and says what it is doing at every step.
#[derive(Debug, Parser)]
#[command(name = "jabber", version, styles = STYLES, max_term_width = 100, arg_required_else_help = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// An embedded server, two clients and two components in one process: the whole life of a
    /// connection in each of the four dialects. Needs nothing else.
    Demo(DemoArgs),
    /// One real connection: every status, what is sent and received, until it ends.
    Connect(Box<ConnectArgs>),
    /// The embedded development server alone, on loopback.
    Serve(ServeArgs),
    /// What a domain offers, and what is wrong with it (not there yet).
    Doctor(DoctorArgs),
}

#[derive(Debug, clap::Args)]
pub(crate) struct DemoArgs {
    /// Print what happens to the connections of this dialect (repeatable) [default: of all four].
    #[arg(long = "dialect", value_enum, value_name = "D")]
    pub(crate) dialects: Vec<Dialect>,
    /// What is printed on standard output [default: human on a terminal, else json].
    #[arg(long, value_enum)]
    pub(crate) events: Option<EventFormat>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct DoctorArgs {
    /// The domain.
    pub(crate) domain: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ServeArgs {
    /// The domain that is served.
    #[arg(long, default_value = "localhost")]
    pub(crate) domain: String,
    /// Where clients connect (STARTTLS). Port 0: a free one.
    #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:5222")]
    pub(crate) c2s: SocketAddr,
    /// Where clients connect with direct TLS.
    #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:5223")]
    pub(crate) direct_tls: SocketAddr,
    /// Where components connect: XEP-0114, and jabberd 2.0's router.
    #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:5347")]
    pub(crate) components: SocketAddr,
    /// Whether clients that connect without TLS have to use STARTTLS, may, or cannot.
    #[arg(long, value_enum, value_name = "MODE", default_value = "required")]
    pub(crate) starttls: StartTls,
    /// An account (repeatable) [default: alice:wonderland and bob:builder]. For development only:
    /// everybody on this machine can see a program's arguments.
    #[arg(long = "user", value_name = "NAME:PASSWORD")]
    pub(crate) users: Vec<String>,
    /// A component and its secret (repeatable), for XEP-0114 and as a user of the router that may
    /// bind this name [default: echo.DOMAIN:secret].
    #[arg(long = "component", value_name = "DOMAIN:SECRET")]
    pub(crate) component_secrets: Vec<String>,
    /// A user of the router and the secret (repeatable): for jabberd20-component, with the right to
    /// bind any name, several of them, and with log and default.
    #[arg(long = "router-user", value_name = "NAME:SECRET")]
    pub(crate) router_users: Vec<String>,
    /// Write the CA that signed the server's certificate here, for `jabber connect --tls-ca`.
    #[arg(long, value_name = "FILE")]
    pub(crate) ca_file: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
#[command(after_help = EXIT_STATUS)]
pub(crate) struct ConnectArgs {
    /// The protocol to speak.
    #[arg(long, value_enum, default_value = "xmpp", help_heading = "Who and where")]
    pub(crate) dialect: Dialect,
    /// xmpp, legacy: local@domain[/resource]; the components: the domain to serve.
    #[arg(long, value_name = "JID", help_heading = "Who and where")]
    pub(crate) jid: String,
    /// The login, where it is not the JID's local part (jabberd20-component: the router's user).
    #[arg(long, value_name = "U", help_heading = "Who and where")]
    pub(crate) username: Option<String>,
    /// The password is this file's first line. Else it is in the environment's JABBER_PASSWORD,
    /// else it is asked for at the terminal.
    #[arg(long, value_name = "FILE", help_heading = "Who and where")]
    pub(crate) password_file: Option<PathBuf>,
    /// Connect there [default: the JID's domain at the default port].
    #[arg(long, value_name = "HOST:PORT", help_heading = "Who and where")]
    pub(crate) server: Option<String>,
    /// [default: starttls for xmpp and jabberd20-component, off for legacy and component].
    #[arg(long, value_enum, value_name = "MODE", help_heading = "Security")]
    pub(crate) tls: Option<Tls>,
    /// PEM roots to trust beside the system's.
    #[arg(long, value_name = "FILE", help_heading = "Security")]
    pub(crate) tls_ca: Option<PathBuf>,
    /// The name that the certificate must be for [default: xmpp and legacy the JID's domain; the
    /// components the host of --server].
    #[arg(long, value_name = "NAME", help_heading = "Security")]
    pub(crate) tls_name: Option<String>,
    /// Let a password itself cross an unencrypted connection that is not loopback, and let xmpp
    /// and jabberd20-component log in without TLS there.
    #[arg(long, help_heading = "Security")]
    pub(crate) allow_plaintext: bool,
    /// A SASL mechanism that may be used (repeatable) [default: every one that is safe here,
    /// strongest first; DIGEST-MD5 in jabberd20-component only].
    #[arg(long = "mechanism", value_name = "M", help_heading = "Security")]
    pub(crate) mechanisms: Vec<String>,
    /// Send before connecting, so that it is queued (repeatable).
    #[arg(long, value_name = "XML", help_heading = "What to do")]
    pub(crate) queue: Vec<String>,
    /// Purge the queue at INIT_FINISHED, before the first --send.
    #[arg(long, help_heading = "What to do")]
    pub(crate) purge_queue: bool,
    /// Send after INIT_FINISHED (repeatable, in order).
    #[arg(long, value_name = "XML", help_heading = "What to do")]
    pub(crate) send: Vec<String>,
    /// Send after INIT_FINISHED and print the answer (return_to_sender; repeatable).
    #[arg(long, value_name = "XML", help_heading = "What to do")]
    pub(crate) request: Vec<String>,
    /// Print only those received nodes in which this XPath 1.0 location path selects something;
    /// everything else is printed as always. The node is the document's root element: /message/body.
    #[arg(long, value_name = "XPATH", help_heading = "What to do")]
    pub(crate) filter: Option<String>,
    /// A namespace prefix for --filter (repeatable). Without prefix a name is in the content namespace.
    #[arg(long, value_name = "PREFIX=URI", help_heading = "What to do")]
    pub(crate) ns: Vec<String>,
    /// Send one XML element a line from standard input, until its end.
    #[arg(long, help_heading = "What to do")]
    pub(crate) stdin: bool,
    /// Stay that long after the above is done [default: 0 if there was anything to do, else until
    /// Ctrl-C].
    #[arg(long, value_name = "SECONDS", value_parser = seconds, help_heading = "Time and size")]
    pub(crate) linger: Option<std::time::Duration>,
    /// To reach INIT_FINISHED, and for each request.
    #[arg(long, value_name = "SECONDS", value_parser = seconds, default_value = "30", help_heading = "Time and size")]
    pub(crate) timeout: std::time::Duration,
    /// At most N reconnects after a connection was lost or could not be made, with growing pauses;
    /// never after a refused login or what else would fail again.
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = "Time and size")]
    pub(crate) reconnect: u32,
    /// The largest node that is taken in.
    #[arg(long, value_name = "BYTES", default_value_t = 1 << 20, help_heading = "Time and size")]
    pub(crate) max_stanza: usize,
    /// What is printed on standard output [default: human on a terminal, else json].
    #[arg(long, value_enum, help_heading = "Output")]
    pub(crate) events: Option<EventFormat>,
    /// A password is never an argument; this says so.
    #[arg(long, hide = true, num_args = 0..=1, action = ArgAction::Set)]
    pub(crate) password: Option<Option<String>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Dialect {
    Xmpp,
    Legacy,
    Component,
    #[value(name = "jabberd20-component")]
    Jabberd20Component,
}

impl Dialect {
    /// As it is written on the command line.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Xmpp => "xmpp",
            Self::Legacy => "legacy",
            Self::Component => "component",
            Self::Jabberd20Component => "jabberd20-component",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Tls {
    /// STARTTLS; required, without a fallback.
    Starttls,
    /// TLS from the first byte on.
    Direct,
    /// None.
    Off,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum StartTls {
    /// Nothing else is offered until TLS is in place.
    Required,
    /// A login without TLS is possible too.
    Optional,
    /// It is not offered; jabberd 2.0's router does not offer it either.
    Off,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum EventFormat {
    /// For people, with colour on a terminal.
    Human,
    /// One JSON object a line.
    Json,
}

fn seconds(text: &str) -> Result<std::time::Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number of seconds".to_owned())?;
    std::time::Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
}

const EXIT_STATUS: &str = "Exit status:
  0    everything asked for was done and the stream was closed in good order
  1    a fault of our own, or standard output is gone
  2    the command line, an XML argument or a line of standard input is wrong
  10   no connection            13   binding failed
  11   TLS failed               14   no session
  12   authentication failed    15   the socket failed, or the server sent bad XML
  16   the server ended the stream before the work was done
  17   connected, but not ready within --timeout
  18   a request was answered with an error, or not in time
  130  SIGINT, 143 SIGTERM, before the work was done";
