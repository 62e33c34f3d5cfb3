//! Sessions, as the command line wants them.

use std::error::Error;

use jabber::{
    Element, HostPort, Session, Tcp, TlsConfig, XmlError, component, ns,
    sasl::{Mechanism, Policy},
    xmpp,
};
use jabber_bench::options::Options;

/// What all sessions of a run have in common.
#[derive(Debug)]
pub(crate) struct Maker {
    is_component: bool,
    tls: bool,
    address: HostPort,
    password: String,
    /// One for all of them, made once.
    transport: Tcp,
    /// How many requests may be unanswered.
    window: usize,
}

impl Maker {
    pub(crate) fn new(options: &Options) -> Result<Self, Box<dyn Error>> {
        let builder = TlsConfig::builder().without_system_roots();
        let tls = match options.text("cafile", "") {
            "" => TlsConfig::default(),
            file => builder.add_ca_file(file)?.build()?,
        };
        Ok(Self {
            is_component: options.text("dialect", "component") == "component",
            tls: options.text("tls", "none") == "starttls",
            address: options.text("addr", "127.0.0.1:5347").parse()?,
            password: options.text("password", "secret").to_owned(),
            transport: Tcp::new(tls),
            window: options.number("window", 1)?,
        })
    }

    /// A session that is not connected.
    pub(crate) fn session(&self) -> Result<Session, Box<dyn Error>> {
        let builder = if self.is_component {
            let config = component::Config::new("bench.localhost".parse()?, self.password.as_str());
            Session::builder(config)
        } else {
            let tls = if self.tls { xmpp::TlsPolicy::Required } else { xmpp::TlsPolicy::Off };
            let config =
                xmpp::Config::new("bench@localhost/bench".parse()?, self.password.as_str())
                    .with_policy(Policy::only(&[Mechanism::Plain]))
                    // As tokio-xmpp: the server says that it is optional.
                    .with_session(xmpp::SessionPolicy::WhenRequired)
                    .with_tls(tls);
            Session::builder(config)
        };
        let builder = builder.transport(self.transport.clone()).server(self.address.clone());
        // Unless asked for, it stays what every session has.
        let requests = if self.window > 10_000 { self.window } else { 10_000 };
        Ok(builder.requests(requests).build())
    }

    /// A session that is ready.
    pub(crate) async fn ready(&self) -> Result<Session, Box<dyn Error>> {
        let mut session = self.session()?;
        session.connect()?;
        session.ready().await?;
        Ok(session)
    }

    /// A message that tells the server what to do.
    pub(crate) fn order(&self, order: &str) -> Result<Element, XmlError> {
        let message = Element::builder("message", ns::CLIENT).attribute("to", "localhost");
        message
            .attribute_opt("from", self.from())
            .child("body", ns::CLIENT, |body| body.text(order))
            .build()
    }

    /// What a component says it is.
    pub(crate) fn from(&self) -> Option<&'static str> {
        self.is_component.then_some("bench.localhost")
    }
}
