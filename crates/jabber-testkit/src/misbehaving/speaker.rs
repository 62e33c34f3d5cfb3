use std::{borrow::Cow, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jabber_jid::Jid;
use jabber_xml::{Builder, Content, Element, Scope, StreamError, StreamHeader, XmlError, ns};

use super::{
    Step, fake_tls,
    login::{self, Sasl},
    refusals::error_type,
    said::{Said, unasked},
    server::{Role, Server},
};

/// What the server has heard that it answers now.
#[derive(Clone, Copy, Debug)]
pub(super) enum Heard<'a> {
    /// Nothing: it speaks unasked, or too early.
    Nothing,
    Header(&'a StreamHeader),
    Element(&'a Element),
}

/// Why a step is refused: a condition or code, as [`Server::refusals`] lists them.
pub(super) type Condition = Cow<'static, str>;

/// Knows what to say at a step, rightly.
#[derive(Debug)]
pub(super) struct Speaker {
    pub(super) server: Server,
    /// What the server's stream header declares.
    scope: Arc<Scope>,
    /// The client's header has one.
    version: bool,
    streams: usize,
    sasl: Sasl,
    /// What a challenge of SCRAM carries the hash of (XEP-0474); empty for no hash.
    pub(super) offered: &'static [&'static str],
}

impl Speaker {
    pub(super) fn new(server: Server) -> Self {
        let scope = StreamHeader::new(content(server.role)).scope();
        Self { server, scope, version: false, streams: 0, sasl: Sasl::Idle, offered: &[] }
    }

    /// The right answer, or why the client is refused whatever was planned.
    pub(super) fn say(&mut self, step: Step, heard: Heard<'_>) -> Result<Said, Condition> {
        Ok(match step {
            Step::TlsHeader | Step::AuthHeader | Step::BindHeader => {
                if let Heard::Header(header) = heard {
                    self.version = header.version().is_some();
                    self.streams += 1;
                }
                Said::bytes(self.header().to_string())
            }
            Step::Handshake => Said::bytes(fake_tls::SERVER_HELLO),
            Step::End => Said::bytes("</stream:stream>"),
            Step::TlsFeatures => self.write(features(|it| it.child("starttls", ns::TLS, |it| it))),
            Step::AuthFeatures => {
                let name = self.server.mechanism.name();
                self.write(features(|it| {
                    it.child("mechanisms", ns::SASL, |it| {
                        it.child("mechanism", ns::SASL, |it| it.text(name))
                    })
                }))
            }
            Step::BindFeatures if self.server.role == Role::Router => self.write(features(|it| it)),
            Step::BindFeatures => self.write(features(|it| {
                it.child("bind", ns::BIND, |it| it).child("session", ns::SESSION, |it| it)
            })),
            Step::Proceed => self.write(Element::builder("proceed", ns::TLS).build()),
            Step::Challenge | Step::Success => self.sasl(step, heard)?,
            Step::Form => self.reply(heard, |iq| {
                iq.child("query", ns::IQ_AUTH, |query| {
                    ["username", "password", "digest", "resource"]
                        .into_iter()
                        .fold(Content::from(query), |it, name| it.child(name, ns::IQ_AUTH, |it| it))
                })
            }),
            Step::Login => {
                self.check_login(heard)?;
                self.reply(heard, Content::from)
            }
            Step::Accept => {
                if let Heard::Element(handshake) = heard {
                    let right = login::digest(&self.stream_id(), &self.server.secret);
                    if handshake.text() != right {
                        return Err("not-authorized".into());
                    }
                }
                self.write(Element::builder("handshake", ns::CLIENT).build())
            }
            Step::Bind if self.server.role == Role::Router => {
                let id = id_of(heard);
                let bound = Element::builder("bind", ns::JABBERD20_COMPONENT).attribute("id", &id);
                self.write(bound.build()).answering(&id)
            }
            Step::Bind => {
                let jid = self.bound(heard);
                self.reply(heard, |iq| {
                    iq.child("bind", ns::BIND, |it| {
                        it.child("jid", ns::BIND, |it| it.text(jid.as_str()))
                    })
                })
            }
            Step::Session => self.reply(heard, Content::from),
            Step::Answer => self.reply(heard, Content::from),
            Step::Stanza => self.stanza(),
        })
    }

    /// A message that nobody has asked for.
    pub(super) fn stanza(&self) -> Said {
        let Server { role, jid, .. } = &self.server;
        let from = jid.domain();
        let text = "nobody has asked for this";
        if *role == Role::Router {
            let route = Element::builder("route", ns::JABBERD20_COMPONENT)
                .attribute("from", "localhost")
                .attribute("to", from)
                .child("message", ns::CLIENT, |it| {
                    it.attribute("from", "localhost").attribute("to", from).child(
                        "body",
                        ns::CLIENT,
                        |it| it.text(text),
                    )
                });
            return self.write(route.build());
        }
        let from = if *role == Role::Component { "localhost" } else { from };
        let message = Element::builder("message", ns::CLIENT)
            .attribute("from", from)
            .attribute("to", jid.as_str())
            .child("body", ns::CLIENT, |it| it.text(text));
        self.write(message.build())
    }

    pub(super) fn unknown(&self) -> Said {
        self.write(Element::builder("unknown", "urn:example:unknown").build())
    }

    pub(super) fn stream_error(&self, error: &StreamError) -> Said {
        self.write(Ok(error.to_element()))
    }

    /// The step's own refusal, where it is an element and nothing more; it may be tried again.
    pub(super) fn refusal(&mut self, step: Step, heard: Heard<'_>, condition: &str) -> Said {
        match step {
            Step::TlsFeatures | Step::AuthFeatures | Step::BindFeatures => {
                self.write(features(|it| it))
            }
            Step::Proceed => self.write(Element::builder("failure", ns::TLS).build()),
            Step::Handshake => Said::bytes(fake_tls::alert(condition.parse().unwrap_or(80))),
            Step::Challenge | Step::Success => {
                self.sasl = Sasl::Idle;
                let failure =
                    Element::builder("failure", ns::SASL).child(condition, ns::SASL, |it| it);
                self.write(failure.build())
            }
            Step::Bind if self.server.role == Role::Router => {
                let id = id_of(heard);
                let bind = Element::builder("bind", ns::JABBERD20_COMPONENT);
                let name = self.server.jid.domain();
                let bind =
                    bind.attribute("id", &id).attribute("name", name).attribute("error", condition);
                self.write(bind.build()).answering(&id)
            }
            _ => self.iq("error", heard, |iq| {
                iq.child("error", ns::CLIENT, |error| {
                    error.attribute("type", error_type(condition)).child(
                        condition,
                        ns::STANZA_ERRORS,
                        |it| it,
                    )
                })
            }),
        }
    }

    /// The header that the server answers with.
    pub(super) fn header(&self) -> StreamHeader {
        let Server { role, jid, .. } = &self.server;
        let header =
            StreamHeader::new(content(*role)).with_from(jid.domain()).with_id(self.stream_id());
        if self.version { header.with_version("1.0") } else { header }
    }

    fn stream_id(&self) -> String {
        format!("stream-{}", self.streams)
    }

    fn sasl(&mut self, step: Step, heard: Heard<'_>) -> Result<Said, Condition> {
        let Server { mechanism, secret, .. } = &self.server;
        let (challenge, success) = login::blind(*mechanism);
        let data = match (heard, step) {
            (Heard::Element(auth), Step::Challenge) => {
                self.sasl.challenge(auth, *mechanism, secret, self.offered).map_err(condition)?
            }
            (Heard::Element(last), _) => {
                self.sasl.success(last, *mechanism, secret).map_err(condition)?
            }
            (_, Step::Challenge) => challenge.into(),
            _ => success.into(),
        };
        let name = if step == Step::Challenge { "challenge" } else { "success" };
        let element = Element::builder(name, ns::SASL);
        let element = match data.is_empty() {
            true => element.build(),
            false => element.text(&STANDARD.encode(data)).build(),
        };
        Ok(self.write(element))
    }

    /// XEP-0078 §3: the password itself, or the digest of it.
    fn check_login(&self, heard: Heard<'_>) -> Result<(), Condition> {
        let Heard::Element(iq) = heard else { return Ok(()) };
        let Server { jid, secret, .. } = &self.server;
        let query = iq.child("query", ns::IQ_AUTH);
        let value = |name| query.and_then(|it| it.child(name, ns::IQ_AUTH)).map(|it| it.text());
        if value("resource").is_none() {
            return Err("not-acceptable".into());
        }
        let proved = match (value("password"), value("digest")) {
            (Some(password), _) => password == secret.expose(),
            (None, Some(digest)) => digest == login::digest(&self.stream_id(), secret),
            (None, None) => return Err("not-acceptable".into()),
        };
        let known = value("username").as_deref() == jid.local();
        if proved && known { Ok(()) } else { Err("not-authorized".into()) }
    }

    /// The account with the resource that the client wants, or one of ours.
    fn bound(&self, heard: Heard<'_>) -> Jid {
        let account = self.server.jid.to_bare();
        let wanted = match heard {
            Heard::Element(iq) => iq
                .child("bind", ns::BIND)
                .and_then(|bind| bind.child("resource", ns::BIND))
                .map(|resource| resource.text().into_owned()),
            _ => None,
        };
        let wanted = wanted.or(self.server.jid.resource().map(str::to_owned));
        account.with_resource(wanted.as_deref().unwrap_or("testkit")).unwrap_or(account)
    }

    fn reply(&self, heard: Heard<'_>, inner: impl FnOnce(Builder) -> Content) -> Said {
        self.iq("result", heard, inner)
    }

    /// The answer to an iq, whatever the client has wrapped it in.
    fn iq(&self, kind: &str, heard: Heard<'_>, inner: impl FnOnce(Builder) -> Content) -> Said {
        let id = id_of(heard);
        let Heard::Element(asked) = heard else {
            let iq =
                Element::builder("iq", ns::CLIENT).attribute("type", kind).attribute("id", &id);
            return self.write(inner(iq).build()).answering(&id);
        };
        let iq = asked.child("iq", ns::CLIENT).unwrap_or(asked.root());
        let (from, to) = (iq.attribute("to"), iq.attribute("from"));
        let answer = |builder: Builder| {
            builder
                .attribute("type", kind)
                .attribute("id", &id)
                .attribute_opt("from", from.as_deref())
                .attribute_opt("to", to.as_deref())
        };
        if asked.name() != "route" {
            let answer = answer(Element::builder("iq", ns::CLIENT));
            return self.write(inner(answer).build()).answering(&id);
        }
        let answer = inner(answer(Element::builder("iq", ns::CLIENT))).build();
        let route = Element::builder("route", ns::JABBERD20_COMPONENT)
            .attribute_opt("from", asked.attribute("to"))
            .attribute_opt("to", asked.attribute("from"));
        let routed = answer.and_then(|answer| route.element(&answer).build());
        self.write(routed).answering(&id)
    }

    /// An element that cannot be written is one that the server does not say.
    fn write(&self, element: Result<Element, XmlError>) -> Said {
        match element {
            Ok(element) => Said::element(&element, &self.scope),
            Err(_) => Said::bytes(""),
        }
    }
}

/// The content namespace of its streams.
pub(super) const fn content(role: Role) -> &'static str {
    match role {
        Role::Xmpp | Role::Legacy => ns::CLIENT,
        Role::Component => ns::COMPONENT_ACCEPT,
        Role::Router => ns::JABBERD20_COMPONENT,
    }
}

fn features<F: Into<Content>>(inner: impl FnOnce(Builder) -> F) -> Result<Element, XmlError> {
    let features: Content = inner(Element::builder("features", ns::STREAM)).into();
    features.build()
}

fn id_of(heard: Heard<'_>) -> String {
    let Heard::Element(asked) = heard else { return unasked().to_owned() };
    let inner = asked.child("iq", ns::CLIENT).and_then(|iq| iq.attribute("id"));
    let id = asked.attribute("id").or(inner);
    id.map_or_else(String::new, Cow::into_owned)
}

fn condition(condition: jabber_sasl::FailureCondition) -> Condition {
    Cow::Owned(condition.as_str().to_owned())
}
