//! From the command line to a session: everything is checked before anything is connected.

use std::{fmt::Display, path::Path};

use jabber::{
    Deadlines, Element, Jid, KindSet, Limits, Session, SessionBuilder, Tcp, TlsConfig, Tracer,
    component,
    sasl::{Credentials, Mechanism, Policy},
    xmpp,
};

use crate::{
    args::{ConnectArgs, Dialect, Tls},
    password,
};

/// What is to be done, checked.
pub(crate) struct Plan {
    pub(crate) session: Session,
    /// Where it goes, for people.
    pub(crate) server: String,
    pub(crate) queue: Vec<Element>,
    pub(crate) send: Vec<Element>,
    pub(crate) requests: Vec<Element>,
}

/// What is wrong with the command line, and what to try.
#[derive(Debug)]
pub(crate) struct PlanError {
    pub(crate) what: String,
    pub(crate) advice: Option<&'static str>,
}

impl PlanError {
    fn new(what: impl Display) -> Self {
        Self { what: what.to_string(), advice: None }
    }

    fn advise(mut self, advice: &'static str) -> Self {
        self.advice = Some(advice);
        self
    }
}

impl Plan {
    pub(crate) fn new(args: &ConnectArgs) -> Result<Self, PlanError> {
        refuse_what_is_not_there(args)?;
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
        requests.iter().try_for_each(check_request)?;
        let transport = Tcp::new(tls_config(args.tls_ca.as_deref())?);

        let named = args.server.clone().unwrap_or_else(|| jid.domain().to_owned());
        // The last, so that nobody is asked for a password in vain.
        let builder = match args.dialect {
            Dialect::Component => Session::builder(component_config(args, jid)?),
            _ => Session::builder(xmpp_config(args, jid, tls, &mechanisms)?),
        };
        let mut builder: SessionBuilder = builder
            .transport(transport)
            .direct_tls(tls == Tls::Direct)
            .subscribe(KindSet::ALL)
            .observer(Tracer::default())
            .limits(Limits::default().with_element_bytes(args.max_stanza))
            .deadlines(
                Deadlines::default()
                    .with_connecting(args.timeout)
                    .with_step(args.timeout)
                    .with_ready(args.timeout),
            );
        if let Some(server) = server {
            builder = builder.server(server);
        }
        if let Some(name) = tls_name {
            builder = builder.tls_name(name);
        }
        Ok(Self { session: builder.build(), server: named, queue, send, requests })
    }
}

/// An option that is promised and not there yet is never silently ignored.
fn refuse_what_is_not_there(args: &ConnectArgs) -> Result<(), PlanError> {
    let missing = match args {
        ConnectArgs { dialect: Dialect::Legacy, .. } => "--dialect legacy",
        ConnectArgs { dialect: Dialect::Jabberd20Component, .. } => "--dialect jabberd20-component",
        ConnectArgs { filter: Some(_), .. } => "--filter",
        ConnectArgs { ns, .. } if !ns.is_empty() => "--ns",
        ConnectArgs { reconnect: 1.., .. } => "--reconnect",
        ConnectArgs { password: Some(_), .. } => {
            return Err(PlanError::new("a password is never an argument: others could read it")
                .advise("--password-file FILE, or the environment's JABBER_PASSWORD"));
        }
        _ => return Ok(()),
    };
    Err(PlanError::new(format!("{missing} is promised and not there yet")))
}

fn tls_mode(args: &ConnectArgs) -> Result<Tls, PlanError> {
    match (args.dialect, args.tls) {
        (Dialect::Component, Some(Tls::Starttls)) => {
            Err(PlanError::new("--tls starttls: the dialect component has no STARTTLS")
                .advise("--tls direct or --tls off"))
        }
        (_, Some(tls)) => Ok(tls),
        (Dialect::Component, None) => Ok(Tls::Off),
        (_, None) => Ok(Tls::Starttls),
    }
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

fn check_request(stanza: &Element) -> Result<(), PlanError> {
    if !matches!(stanza.name(), "iq" | "message" | "presence") {
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

fn component_config(args: &ConnectArgs, jid: Jid) -> Result<component::Config, PlanError> {
    if jid.local().is_some() || !jid.is_bare() {
        return Err(PlanError::new(format!("--jid '{jid}': a component serves a domain"))
            .advise("--jid echo.localhost"));
    }
    let secret = find_password(args)?;
    Ok(component::Config::new(jid, secret))
}

fn xmpp_config(
    args: &ConnectArgs,
    jid: Jid,
    tls: Tls,
    mechanisms: &[Mechanism],
) -> Result<xmpp::Config, PlanError> {
    let anonymous = mechanisms == [Mechanism::Anonymous];
    if jid.local().is_none() && !anonymous && args.username.is_none() {
        return Err(PlanError::new(format!("--jid '{jid}' has no user"))
            .advise("--jid alice@example.org, or --mechanism ANONYMOUS"));
    }
    let mut policy = match mechanisms {
        [] => Policy::default(),
        mechanisms => Policy::only(mechanisms),
    };
    policy = policy.dangerous_allow_plaintext(args.allow_plaintext);
    let config = match mechanisms {
        [Mechanism::Anonymous] => xmpp::Config::anonymous(jid),
        [Mechanism::External] => xmpp::Config::external(jid),
        _ => {
            let password = find_password(args)?;
            match &args.username {
                None => xmpp::Config::new(jid, password),
                Some(user) => xmpp::Config::new(jid, "")
                    .with_credentials(Credentials::new(user.clone(), password)),
            }
        }
    };
    let config = config.with_policy(policy);
    let config = if args.allow_plaintext { config.dangerous_allow_plaintext() } else { config };
    Ok(if tls == Tls::Off { config.with_tls(xmpp::TlsPolicy::Off) } else { config })
}

fn find_password(args: &ConnectArgs) -> Result<jabber::Secret, PlanError> {
    password::find(args.password_file.as_deref(), &args.jid).map_err(PlanError::new)
}
