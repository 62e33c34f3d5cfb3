//! What carries credentials is not shown, however it is written and wherever it stands.
#![allow(clippy::expect_used, reason = "tests")]

use jabber_dialect::{Redacted, Redaction};
use jabber_xml::Element;

const SECRET: &str = "correcthorsebattery";
const SASL: &str = "urn:ietf:params:xml:ns:xmpp-sasl";

fn shown(text: &str) -> String {
    let element: Element = text.parse().expect(text);
    Redacted::new(&element, Redaction::of(&element)).to_string()
}

/// Shown, with a mark and without the secret, and without anything of what it stands in.
#[track_caller]
fn hidden(text: &str) {
    let shown = shown(text);
    assert!(text.contains(SECRET), "the test hides nothing: {text}");
    assert!(!shown.contains(SECRET), "{text} is shown as {shown}");
    assert!(shown.contains("[redacted]"), "{text} is shown as {shown}");
}

#[test]
fn threat_36_steps_of_an_exchange_are_hidden_in_every_spelling() {
    for name in ["auth", "challenge", "response", "success"] {
        hidden(&format!("<{name} xmlns='{SASL}'>{SECRET}</{name}>"));
        hidden(&format!("<p:{name} xmlns:p='{SASL}'>{SECRET}</p:{name}>"));
        hidden(&format!("<{name} xmlns='urn:ietf:params:xml:ns:xmpp&#45;sasl'>{SECRET}</{name}>"));
        hidden(&format!("<{name} a='/>' xmlns='{SASL}'><![CDATA[</{name}>{SECRET}]]></{name}>"));
    }
    for (name, inner) in [
        ("authenticate", "initial-response"),
        ("challenge", "x"),
        ("response", "x"),
        ("success", "additional-data"),
        ("continue", "additional-data"),
        ("next", "task-data"),
    ] {
        hidden(&format!("<{name} xmlns='urn:xmpp:sasl:2'><{inner}>{SECRET}</{inner}></{name}>"));
        hidden(&format!("<p:{name} xmlns:p='urn:xmpp:sasl:2'>{SECRET}</p:{name}>"));
    }
}

#[test]
fn threat_36_tokens_are_hidden_though_they_are_attributes() {
    let token = format!("<token xmlns='urn:xmpp:fast:0' expiry='2027' token='{SECRET}'/>");
    hidden(&format!("<success xmlns='urn:xmpp:sasl:2'>{token}</success>"));
    for name in ["iq", "message", "presence", "other"] {
        hidden(&format!("<{name}>{token}</{name}>"));
        hidden(&format!("<{name}><a xmlns='urn:a'><b>{token}</b></a></{name}>"));
    }
    // Beside a password as well.
    hidden(&format!("<iq><password>x</password>{token}<password>x</password></iq>"));
}

#[test]
fn threat_36_passwords_are_hidden_at_any_depth() {
    let query = |ns: &str, name: &str| {
        format!("<q:query xmlns:q='{ns}'><q:{name}>{SECRET}</q:{name}></q:query>")
    };
    let kinds = [
        query("jabber:iq:auth", "password"),
        query("jabber:iq:auth", "digest"),
        query("jabber:iq:register", "password"),
        query("jabber:iq:register", "key"),
        format!("<x xmlns='http://jabber.org/protocol/muc'><password>{SECRET}</password></x>"),
        format!(
            "<x xmlns='jabber:x:data'><field type='text-private' var='a'><value>{SECRET}</value>\
             </field></x>"
        ),
        format!(
            "<x xmlns='jabber:x:data'><field var='password'><value>{SECRET}</value></field></x>"
        ),
        // A liar shows us what we have sent.
        format!("<auth xmlns='{SASL}'>{SECRET}</auth>"),
        format!("<handshake xmlns='jabber:component:accept'>{SECRET}</handshake>"),
    ];
    for kind in kinds {
        for name in ["iq", "message", "presence", "other"] {
            hidden(&format!("<{name}>{kind}</{name}>"));
            hidden(&format!(
                "<{name}><a xmlns='urn:a'/><b xmlns='urn:b'><c>{kind}</c></b></{name}>"
            ));
        }
        hidden(&format!("<e:error xmlns:e='http://etherx.jabber.org/streams'>{kind}</e:error>"));
    }
}

#[test]
fn what_carries_none_is_shown() {
    for text in [
        "<message><body>my password is a token of success</body></message>",
        "<message><query xmlns='urn:x'>a</query><field xmlns='urn:x'>b</field></message>",
        "<iq><x xmlns='jabber:x:data'><field var='name' type='text-single'><value>a</value></field></x></iq>",
        "<iq><token xmlns='urn:x'>a</token></iq>",
        "<failure xmlns='urn:xmpp:sasl:2'><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/></failure>",
        "<authentication xmlns='urn:xmpp:sasl:2'><mechanism>PLAIN</mechanism></authentication>",
    ] {
        assert_eq!(shown(text), text);
    }
}
