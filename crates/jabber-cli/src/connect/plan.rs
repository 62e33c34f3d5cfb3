//! From the command line to a session: everything is checked before anything is connected.

use std::{fmt::Display, path::Path, time::Duration};

use jabber::{
    Deadlines, Element, Jid, KindSet, Limits, Reconnect, Session, SessionBuilder, Tcp, TlsConfig,
    filter::XPath, ns, sasl::Mechanism,
};

use super::{only, protocol};
use crate::{
    args::{ConnectArgs, Dialect, Tls},
    output::Printers,
};

/// What is to be done, checked.
pub(crate) struct Plan {
    pub(crate) session: Session,
    /// Where it goes, for people.
    pub(crate) server: String,
    pub(crate) queue: Vec<Element>,
    pub(crate) send: Vec<Element>,
    pub(crate) requests: Vec<Element>,
    /// Of the received nodes, only these are printed.
    pub(crate) filter: Option<XPath>,
}

/// What is wrong with the command line, and what to try.
#[derive(Debug)]
pub(crate) struct PlanError {
    pub(crate) what: String,
    pub(crate) advice: Option<&'static str>,
}

impl PlanError {
    pub(super) fn new(what: impl Display) -> Self {
        Self { what: what.to_string(), advice: None }
    }

    pub(super) fn advise(mut self, advice: &'static str) -> Self {
        self.advice = Some(advice);
        self
    }
}

impl Plan {
    pub(crate) fn new(args: &ConnectArgs) -> Result<Self, PlanError> {
        refuse_a_password_in_the_arguments(args)?;
        refuse_what_the_dialect_has_not(args)?;
        let tls = tls_mode(args)?;
        let jid: Jid = args
            .jid
            .parse()
            .map_err(|error| PlanError::new(format!("--jid '{}': {error}", args.jid)))?;
        let server = args.server.as_deref().map(str::parse).transpose();
        let server = server.map_err(|error: jabber::HostPortError| {
            let given = args.server.as_deref().unwrap_or_default();
            PlanError::new(format!("--server '{given}': {error}"))
                .advise("HOST:PORT, such as localhost:5222 or [::1]:5222")
        })?;
        let tls_name = args.tls_name.as_deref().map(tls_name).transpose()?;
        let mechanisms =
            args.mechanisms.iter().map(|it| mechanism(it)).collect::<Result<Vec<_>, _>>()?;
        let queue = elements("--queue", &args.queue)?;
        let send = elements("--send", &args.send)?;
        let requests = elements("--request", &args.request)?;
        let filter = only::filter(args.filter.as_deref(), &args.ns)?;
        requests.iter().try_for_each(|stanza| check_request(args.dialect, stanza))?;
        let transport = Tcp::new(tls_config(args.tls_ca.as_deref())?);

        let named = args.server.clone().unwrap_or_else(|| jid.domain().to_owned());
        // The last, so that nobody is asked for a password in vain.
        let mut builder: SessionBuilder = protocol::builder(args, jid, tls, &mechanisms)?
            .transport(transport)
            .direct_tls(tls == Tls::Direct)
            .subscribe(KindSet::ALL)
            .wire(Printers::new(args.events).show_wire())
            .tracing()
            .limits(Limits::default().with_element_bytes(args.max_stanza))
            .deadlines(
                Deadlines::default()
                    .with_connecting(args.timeout)
                    .with_step(args.timeout)
                    .with_ready(args.timeout),
            );
        if args.reconnect > 0 {
            builder = builder.reconnect(reconnect(args.reconnect));
        }
        if let Some(server) = server {
            builder = builder.server(server);
        }
        if let Some(name) = tls_name {
            builder = builder.tls_name(name);
        }
        Ok(Self { session: builder.build(), server: named, queue, send, requests, filter })
    }
}

fn refuse_a_password_in_the_arguments(args: &ConnectArgs) -> Result<(), PlanError> {
    match args.password {
        None => Ok(()),
        Some(_) => Err(PlanError::new("a password is never an argument: others could read it")
            .advise("--password-file FILE, or the environment's JABBER_PASSWORD")),
    }
}

/// An option that means nothing in a dialect is a mistake of whoever gave it.
fn refuse_what_the_dialect_has_not(args: &ConnectArgs) -> Result<(), PlanError> {
    let dialect = args.dialect.name();
    let none = |what: String, advice| Err(PlanError::new(what).advise(advice));
    match args.dialect {
        Dialect::Legacy | Dialect::Component if !args.mechanisms.is_empty() => none(
            format!("--mechanism: the dialect {dialect} has no SASL"),
            "leave it out, or --dialect xmpp",
        ),
        Dialect::Component if args.username.is_some() => none(
            "--username: a component logs in by its domain and a secret".into(),
            "leave it out, or --dialect jabberd20-component",
        ),
        _ => Ok(()),
    }
}

fn tls_mode(args: &ConnectArgs) -> Result<Tls, PlanError> {
    match (args.dialect, args.tls) {
        (dialect @ (Dialect::Legacy | Dialect::Component), Some(Tls::Starttls)) => {
            let what = format!("--tls starttls: the dialect {} has no STARTTLS", dialect.name());
            Err(PlanError::new(what).advise("--tls direct or --tls off"))
        }
        (_, Some(tls)) => Ok(tls),
        (Dialect::Legacy | Dialect::Component, None) => Ok(Tls::Off),
        (Dialect::Xmpp | Dialect::Jabberd20Component, None) => Ok(Tls::Starttls),
    }
}

/// So many in all, however long a session was ready between them.
fn reconnect(attempts: u32) -> Reconnect {
    Reconnect::default()
        .with_attempts(attempts)
        .with_pauses(Duration::from_secs(1), Duration::from_secs(60))
        .with_jitter(50)
        .with_stable(Duration::MAX)
}

fn tls_name(name: &str) -> Result<Jid, PlanError> {
    let jid: Result<Jid, _> = name.parse();
    match jid {
        Ok(jid) if jid.local().is_none() && jid.is_bare() => Ok(jid),
        Ok(_) => Err(PlanError::new(format!("--tls-name '{name}' is not a host name"))),
        Err(error) => Err(PlanError::new(format!("--tls-name '{name}': {error}"))),
    }
}

fn mechanism(name: &str) -> Result<Mechanism, PlanError> {
    name.parse().map_err(|_| {
        PlanError::new(format!("--mechanism '{name}' is not known")).advise(
            "SCRAM-SHA-512, SCRAM-SHA-256, SCRAM-SHA-1 (each also with -PLUS), PLAIN, EXTERNAL, \
             ANONYMOUS, DIGEST-MD5",
        )
    })
}

fn elements(option: &str, texts: &[String]) -> Result<Vec<Element>, PlanError> {
    let element = |text: &String| {
        text.parse().map_err(|error: jabber::XmlError| {
            PlanError::new(format!("{option}: {error}")).advise("one well-formed XML element")
        })
    };
    texts.iter().map(element).collect()
}

fn check_request(dialect: Dialect, stanza: &Element) -> Result<(), PlanError> {
    let kinds: &[&str] = match stanza.namespace() {
        // What the router answers itself.
        ns::JABBERD20_COMPONENT if dialect == Dialect::Jabberd20Component => {
            &["bind", "unbind", "throttle"]
        }
        _ => &["iq", "message", "presence"],
    };
    if !kinds.contains(&stanza.name()) {
        let what = format!("--request: a <{}/> is never answered", stanza.name());
        return Err(PlanError::new(what).advise("an iq, a message or a presence"));
    }
    match stanza.attribute("to").map(|to| to.parse::<Jid>()).transpose() {
        Ok(_) => Ok(()),
        Err(error) => Err(PlanError::new(format!("--request: the attribute 'to': {error}"))),
    }
}

fn tls_config(ca: Option<&Path>) -> Result<TlsConfig, PlanError> {
    let mut builder = TlsConfig::builder();
    if let Some(file) = ca {
        builder = builder.add_ca_file(file).map_err(|error| {
            PlanError::new(format!("--tls-ca '{}': {}", file.display(), super::cause::text(&error)))
        })?;
    }
    builder.build().map_err(|error| PlanError::new(super::cause::text(&error)))
}
