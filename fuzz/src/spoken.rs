//! What the two sides of a connection speak.

use std::sync::Arc;

use jabber_dialect::Protocol;

/// What no status may show.
pub(crate) const SECRET: &str = "secret-of-the-test";

/// Dialects, by number: what a run speaks, and what a good server says in order, so that runs come far.
pub(crate) struct Spoken {
    pub(crate) protocol: Arc<dyn Protocol>,
    pub(crate) content: &'static str,
    /// Places in [`alphabet`]; the header is [`HEADER`].
    pub(crate) happy: &'static [usize],
}

/// How many there are.
pub(crate) const DIALECTS: usize = 5;
/// The place of the right header in [`alphabet`], the last but one.
const HEADER: usize = 38;

/// The dialect of that number.
pub(crate) fn spoken(number: usize) -> Spoken {
    let jid = |text: &str| text.parse::<jabber_jid::Jid>().expect("a JID");
    let client = || jabber_xmpp::Config::new(jid("alice@example.org"), SECRET);
    let (protocol, content, happy): (Arc<dyn Protocol>, _, &[usize]) = match number {
        0 => {
            let config = client().with_tls(jabber_xmpp::TlsPolicy::Off);
            let config =
                config.with_policy(jabber_sasl::Policy::only(&jabber_sasl::Mechanism::ALL));
            (Arc::new(config), "jabber:client", &[HEADER, 1, 9, HEADER, 3, 14, 15, 17, 17])
        }
        1 => (Arc::new(client()), "jabber:client", &[HEADER, 0, 5, HEADER, 2, 7, 10, HEADER, 3]),
        2 => {
            let config = jabber_component::Config::new(jid("example.org"), SECRET);
            (Arc::new(config), "jabber:component:accept", &[HEADER, 13, 17, 17])
        }
        3 => {
            let config = jabber_legacy::Config::new(jid("alice@example.org/r"), SECRET);
            (Arc::new(config.expect("a full JID")), "jabber:client", &[HEADER, 32, 15, 17, 17])
        }
        _ => {
            let config = jabber_jabberd20_component::Config::new(jid("example.org"), SECRET);
            let config = config.with_tls(jabber_jabberd20_component::TlsPolicy::Off);
            let config =
                config.with_policy(jabber_sasl::Policy::only(&jabber_sasl::Mechanism::ALL));
            let content = "http://jabberd.jabberstudio.org/ns/component/1.0";
            (Arc::new(config), content, &[HEADER, 1, 9, HEADER, 33, 34, 35, 36, 37])
        }
    };
    Spoken { protocol, content, happy }
}

const SASL: &str = "urn:ietf:params:xml:ns:xmpp-sasl";

/// What a good server says, and what it should not; `{id}` is an id that we have used.
pub(crate) fn alphabet(content: &str) -> Vec<String> {
    let header = |content: &str| {
        format!(
            "<?xml version='1.0'?><stream:stream xmlns='{content}' id='s' version='1.0' \
             xmlns:stream='http://etherx.jabber.org/streams' from='example.org'>"
        )
    };
    let mut said: Vec<String> = [
        "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/><mechanisms \
         xmlns='SASL'><mechanism>PLAIN</mechanism></mechanisms></stream:features>",
        "<stream:features><mechanisms xmlns='SASL'><mechanism>PLAIN</mechanism></mechanisms>\
         </stream:features>",
        "<stream:features><mechanisms xmlns='SASL'><mechanism>SCRAM-SHA-1</mechanism>\
         </mechanisms></stream:features>",
        "<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/><session \
         xmlns='urn:ietf:params:xml:ns:xmpp-session'/></stream:features>",
        "<stream:features/>",
        "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
        "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
        "<challenge xmlns='SASL'>cj1hYmMscz1hYmMsaT00MDk2</challenge>",
        "<challenge xmlns='SASL'/>",
        "<success xmlns='SASL'/>",
        "<success xmlns='SASL'>dj1h</success>",
        "<success/>",
        "<failure xmlns='SASL'><not-authorized/></failure>",
        "<handshake/>",
        "<iq type='result' id='{id}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>\
         <jid>alice@example.org/r</jid></bind></iq>",
        "<iq type='result' id='{id}'/>",
        "<iq type='error' id='{id}'><error type='cancel'><conflict \
         xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>",
        "<message from='a@b'><body>&lt;x&#10;</body></message>",
        "<iq type='get' id='1' from='a'><query xmlns='x'/></iq>",
        "<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>",
        "<stream:error><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>",
        "</stream:stream>",
        " \n",
        "<!-- -->",
        "<?pi?>",
        "<!DOCTYPE x>",
        "<a",
        "</a>",
        "text",
        "\u{0}",
        "<x:y/>",
        "<unknown xmlns='urn:x'/>",
        "<iq type='result' id='{id}'><query xmlns='jabber:iq:auth'><username/><password/><digest/>\
         <resource/></query></iq>",
        "<stream:features xmlns:stream='http://etherx.jabber.org/streams'/>",
        "<bind name='example.org' xmlns='http://jabberd.jabberstudio.org/ns/component/1.0'/>",
        "<bind id='{id}' name='example.org' xmlns='http://jabberd.jabberstudio.org/ns/component/1.0'/>",
        "<route from='a' to='example.org' xmlns='http://jabberd.jabberstudio.org/ns/component/1.0'>\
         <message xmlns='jabber:client' from='a@b'/></route>",
        "<route error='404' from='example.org' to='a' \
         xmlns='http://jabberd.jabberstudio.org/ns/component/1.0'><iq xmlns='jabber:client' \
         id='{id}' type='get'/></route>",
    ]
    .iter()
    .map(|text| text.replace("SASL", SASL))
    .collect();
    said.push(header(content));
    said.push(header("jabber:server"));
    said
}
