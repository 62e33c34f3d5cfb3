//! What is read from elements: stanza errors, and what of them may be shown.
#![allow(clippy::expect_used, reason = "tests")]

use jabber_dialect::{Redacted, Redaction, StanzaCondition, StanzaError, StanzaErrorType};
use jabber_xml::Element;

fn element(text: &str) -> Element {
    text.parse().expect(text)
}

#[test]
fn a_stanza_error_of_today() {
    let stanza = element(
        "<iq type='error'><query xmlns='x'/><error type='modify' by='a'>\
         <not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>\
         <text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>no \u{9b}31m</text></error></iq>",
    );
    let error = StanzaError::of(stanza.root()).expect("an error");
    assert_eq!(error.condition, StanzaCondition::NotAcceptable);
    assert_eq!(error.kind, Some(StanzaErrorType::Modify));
    assert_eq!(error.to_string(), "not-acceptable: no \\u{9b}31m");
}

#[test]
fn a_stanza_error_of_old_servers() {
    let stanza = element("<iq type='error'><error code='401'>Unauthorized</error></iq>");
    let error = StanzaError::of(stanza.root()).expect("an error");
    assert_eq!(error.condition, StanzaCondition::NotAuthorized);
    assert_eq!((error.code, error.kind), (Some(401), None));
    assert_eq!(error.to_string(), "not-authorized (code 401): Unauthorized");
}

#[test]
fn what_is_no_stanza_error() {
    assert_eq!(StanzaError::of(element("<iq type='result'/>").root()), None);
    let unknown =
        element("<iq><error><new xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>");
    let error = StanzaError::of(unknown.root()).expect("an error");
    assert_eq!(error.condition, StanzaCondition::Other("new".into()));
    let empty = element("<iq><error/></iq>");
    assert_eq!(StanzaError::of(empty.root()), Some(StanzaError::undefined()));
}

#[test]
fn threat_36_what_carries_secrets_is_not_shown() {
    let table = [
        (
            "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>SECRET</auth>",
            "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>[redacted]</auth>",
        ),
        (
            "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>",
            "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>",
        ),
        (
            "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>",
            "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>",
        ),
        ("<handshake>SECRET</handshake>", "<handshake>[redacted]</handshake>"),
        (
            "<iq id='>'><query xmlns='jabber:iq:auth'><username>SECRET</username><password>SECRET\
             </password><resource/></query></iq>",
            "<iq id='>'><query xmlns='jabber:iq:auth'><username>[redacted]</username><password>\
             [redacted]</password><resource/></query></iq>",
        ),
        ("<message><body>hello</body></message>", "<message><body>hello</body></message>"),
    ];
    for (text, shown) in table {
        let element = element(text);
        assert_eq!(Redacted::new(&element, Redaction::of(&element)).to_string(), shown);
    }
}
