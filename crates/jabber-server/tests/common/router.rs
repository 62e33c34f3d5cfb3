//! A component of jabberd 2.0, of a few lines.

use base64::{Engine, engine::general_purpose::STANDARD};
use jabber_sasl::{Authenticated, Credentials, Mechanism, Offer, Policy, Reply, Service, choose};
use jabber_security::{Entropy, Security};
use jabber_server::{Builder, Server};
use jabber_xml::Element;

use super::{Raw, SASL, attribute};

pub(crate) const ROUTER: &str = "http://jabberd.jabberstudio.org/ns/component/1.0";
pub(crate) const ROUTER_HEADER: &str = "<stream:stream to='anything' version='1.0' \
    xmlns='http://jabberd.jabberstudio.org/ns/component/1.0' \
    xmlns:stream='http://etherx.jabber.org/streams'>";

/// The usual accounts and component, and a user that may bind anything.
pub(crate) fn with_jabberd() -> Builder {
    super::builder().router_user("jabberd", "pässword")
}

/// Not random: what it makes is only ever compared.
struct Counting(u8);
impl Entropy for Counting {
    fn fill(&mut self, bytes: &mut [u8]) {
        bytes.iter_mut().for_each(|byte| {
            self.0 = self.0.wrapping_add(37);
            *byte = self.0;
        });
    }
}

impl Raw {
    /// Sends a header and takes the router's; its features.
    pub(crate) async fn router_header(&mut self) -> Element {
        self.send(ROUTER_HEADER).await;
        let header = self.header().await;
        assert_eq!(header.from(), Some("anything"));
        assert_eq!((header.content(), header.version()), (ROUTER, Some("1.0")));
        self.element().await
    }

    /// A login with DIGEST-MD5 by our own client; the answer if it was refused.
    pub(crate) async fn digest_md5(&mut self, user: &str, secret: &str) -> Result<(), Element> {
        let policy = Policy::only(&[Mechanism::DigestMd5]);
        let (offer, service) = (Offer::new(["DIGEST-MD5"]), Service::new("jabberd-router"));
        let credentials = Credentials::new(user, secret.into());
        let choice = choose(&policy, &offer, &credentials, &Security::Open, &service).unwrap();
        let (mut exchange, mut entropy) = (choice.exchange, Counting(1));
        assert!(exchange.initial(&mut entropy).unwrap().is_none());
        let auth = format!("<auth xmlns='{SASL}' mechanism='DIGEST-MD5'/>");
        let challenge = STANDARD.decode(&*self.ask(&auth).await.text()).unwrap();
        let Ok(Reply::Respond(response)) = exchange.challenge(&challenge, &mut entropy) else {
            panic!("there is a response to {challenge:?}");
        };
        let response = STANDARD.encode(&*response);
        let answer = self.ask(&format!("<response xmlns='{SASL}'>{response}</response>")).await;
        if answer.name() != "success" {
            return Err(answer);
        }
        let data = STANDARD.decode(&*answer.text()).unwrap();
        let proved = exchange.success(Some(&data)).expect("the router proves itself");
        assert!(Authenticated::is_mutual(&proved));
        Ok(())
    }

    /// On the router, with no name yet.
    pub(crate) async fn routed(server: &Server, user: &str, secret: &str) -> Self {
        let mut raw = Self::connect(server.components()).await;
        raw.router_header().await;
        raw.digest_md5(user, secret).await.unwrap();
        raw.restart();
        assert_eq!(raw.router_header().await.children().count(), 0, "there are no more features");
        raw
    }

    /// With a user that may bind anything.
    pub(crate) async fn jabberd(server: &Server) -> Self {
        Self::routed(server, "jabberd", "pässword").await
    }

    /// Binds a name and takes the presences of those that others have.
    pub(crate) async fn bind_name(&mut self, name: &str, others: &[&str]) {
        self.bind_with(name, "", "", others).await;
    }

    pub(crate) async fn bind_with(
        &mut self,
        name: &str,
        attributes: &str,
        content: &str,
        others: &[&str],
    ) {
        let bind = format!("<bind name='{name}' id='x' {attributes}>{content}</bind>");
        let answer = self.ask(&bind).await;
        assert!(answer.is("bind", ROUTER), "{answer}");
        assert_eq!(answer.attribute("error"), None, "{answer}");
        assert_eq!((answer.attribute("name"), attribute(&answer, "id")), (None, "x".into()));
        let mut seen = Vec::new();
        for _ in others {
            seen.push(self.presence().await);
        }
        seen.sort();
        let expected: Vec<_> = others.iter().map(|name| format!("{name} ")).collect();
        assert_eq!(seen, expected);
    }

    /// The name and the type of the presence that comes next.
    pub(crate) async fn presence(&mut self) -> String {
        let presence = self.element().await;
        assert!(presence.is("presence", ROUTER), "{presence}");
        format!("{} {}", attribute(&presence, "from"), attribute(&presence, "type"))
    }

    /// The next route: from, to, type and error, and the stanza in it.
    pub(crate) async fn route(&mut self) -> ([String; 4], Element) {
        let route = self.element().await;
        assert!(route.is("route", ROUTER), "{route}");
        let stanza = route.children().next().unwrap().to_element();
        (["from", "to", "type", "error"].map(|name| attribute(&route, name)), stanza)
    }

    /// That nothing comes: a bind that is refused is answered next.
    pub(crate) async fn nothing_more(&mut self) {
        let answer = self.ask("<bind id='nothing'/>").await;
        assert!(answer.is("bind", ROUTER), "{answer}");
        assert_eq!(attribute(&answer, "error"), "400");
    }
}

pub(crate) fn message(from: &str, to: &str, id: &str) -> String {
    format!(
        "<message xmlns='jabber:client' from='{from}' to='{to}' id='{id}'><body>b</body></message>"
    )
}
