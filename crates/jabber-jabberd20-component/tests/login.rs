//! Logins and binds that succeed, line by line.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod common;

use common::{
    C, EMPTY, HEADER, Outcome, PASSWORD, PROCEED, Run, STARTTLS, SUCCESS, digest, echo, encrypted,
    features, mechanisms, sasl,
};
use jabber_dialect::{Protocol, TlsName};
use jabber_jabberd20_component::{Detail, Event, TlsPolicy};
use jabber_login as login;
use jabber_sasl::{Mechanism, Policy};
use jabber_security::Security;
use jabber_status::Shape;

/// What the router offers before TLS.
fn offer() -> String {
    let list = "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>\
        <mechanism>DIGEST-MD5</mechanism></mechanisms>";
    features(&format!("{STARTTLS}{list}"))
}

#[test]
fn where_and_what() {
    let config = echo().with_name("x@Chat.localhost/y".parse().unwrap());
    assert_eq!(config.name(), "jabberd20-component");
    assert_eq!(config.shape(), Shape::new().with_tls().with_restart().with_bind());
    let endpoint = config.endpoint();
    assert_eq!((endpoint.port, endpoint.tls_name), (5347, TlsName::Server));
    // Twice is once.
    let config =
        config.with_name("chat.localhost".parse().unwrap()).with_name(echo().domain().clone());
    let names: Vec<_> = config.names().iter().map(|name| name.as_str()).collect();
    assert_eq!(names, ["echo.localhost", "chat.localhost"]);
    let dialect = config.begin(None);
    assert!(!format!("{config:?} {dialect:?}").contains(PASSWORD));
}

/// As jabberd2 2.7 does it: the proof is inside of the success, the features after it are empty.
#[test]
fn starttls_digest_md5_bind() {
    let config = echo().with_username("jabberd");
    let mut run = Run::start(&config, &Security::Open, false);
    run.server(HEADER).server(&offer()).server(PROCEED).tls();
    run.server(HEADER).server(&mechanisms(&["DIGEST-MD5"])).server(&digest::challenge());
    let success = digest::success(&run, "jabberd");
    let response = run.sent().to_string();
    run.server(&success).server(HEADER).server(EMPTY).bound();

    let typed: Vec<_> = run
        .events()
        .iter()
        .map(|event| event.as_any().downcast_ref::<Event>().expect("ours").typed())
        .collect();
    assert!(matches!(
        typed[..],
        [
            Detail::Login(login::Detail::TlsNegotiating(_)),
            Detail::Login(login::Detail::TlsEstablished(_)),
            Detail::Login(login::Detail::Authenticating { mechanism: Mechanism::DigestMd5, .. }),
            Detail::Login(login::Detail::Authenticated(_)),
            Detail::Binding { .. },
            Detail::Bound(_)
        ]
    ));
    assert_eq!(
        run.end(),
        format!(
            "! STREAMSTART\n\
             C header to=echo.localhost version=1.0\n\
             S header\n\
             S <features>\n\
             ! SSLNEGOTIATE: STARTTLS\n\
             C <starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>\n\
             S <proceed>\n\
             = TLS handshake\n\
             ! SSLSUCCESS: TLSv1.3 AES, verified as localhost\n\
             ! STREAMSTART\n\
             C header to=echo.localhost version=1.0\n\
             S header\n\
             S <features>\n\
             ! AUTHNEGOTIATE: DIGEST-MD5: the only one offered\n\
             C <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='DIGEST-MD5'/>\n\
             S <challenge>\n\
             C {response}\n\
             S <success>\n\
             ! AUTHSUCCESS: DIGEST-MD5, and the router proved that it knows the password\n\
             ! STREAMSTART\n\
             C header to=echo.localhost version=1.0\n\
             S header\n\
             S <features>\n\
             ! BINDNEGOTIATE: echo.localhost\n\
             C <bind {C} name='echo.localhost' id='ID'/>\n\
             S <bind>\n\
             ! BINDSUCCESS: echo.localhost\n\
             ! INIT_FINISHED\n\
             = ready as echo.localhost"
        )
    );
}

/// RFC 2831 §2.1.3 has the proof in a challenge of its own, answered by nothing.
#[test]
fn digest_md5_with_a_second_challenge() {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let mut run = Run::start(&echo(), &encrypted(), true);
    run.server(HEADER).server(&mechanisms(&["DIGEST-MD5"])).server(&digest::challenge());
    let proof = sasl("challenge", &STANDARD.encode(digest::rspauth(&run, "echo.localhost")));
    run.server(&proof);
    assert_eq!(run.sent().to_string(), "<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
    run.server(SUCCESS).server(HEADER).server(EMPTY).bound();
    assert!(run.end().ends_with("= ready as echo.localhost"));
}

#[test]
fn by_plain_where_it_is_offered_and_safe() {
    for (security, tls) in [
        (encrypted(), TlsPolicy::Required),
        (Security::Private, TlsPolicy::Off),
        (Security::Private, TlsPolicy::WhenOffered),
    ] {
        let mut run = Run::start(&echo().with_tls(tls), &security, true);
        run.server(HEADER).server(&mechanisms(&["PLAIN"]));
        assert_eq!(run.sent().text(), "AGVjaG8ubG9jYWxob3N0AHNlc2FtZQ==", "echo.localhost, sesame");
        run.server(SUCCESS).server(HEADER).server(EMPTY).bound();
        assert!(run.end().ends_with("= ready as echo.localhost"));
    }
    let only = echo().with_policy(Policy::only(&[Mechanism::DigestMd5]));
    let mut run = Run::start(&only, &encrypted(), true);
    run.server(HEADER).server(&mechanisms(&["PLAIN", "DIGEST-MD5"]));
    assert_eq!(run.sent().attribute("mechanism").as_deref(), Some("DIGEST-MD5"));
}

#[test]
fn direct_tls() {
    let mut run = Run::start(&echo(), &Security::TlsNext, false);
    assert!(run.lines().starts_with("! SSLNEGOTIATE: direct TLS\n= TLS handshake"));
    run.tls().server(HEADER).server(&mechanisms(&["PLAIN"])).server(SUCCESS);
    run.server(HEADER).server(EMPTY).bound();
    assert!(run.end().ends_with("= ready as echo.localhost"));
}

#[test]
fn tls_when_it_is_offered() {
    for security in [Security::Open, Security::Private] {
        let config = echo().with_tls(TlsPolicy::WhenOffered);
        let mut run = Run::start(&config, &security, false);
        run.server(HEADER).server(&offer());
        assert!(run.sent().is("starttls", "urn:ietf:params:xml:ns:xmpp-tls"));
        run.server(PROCEED).tls();
        assert!(run.is_open());
    }
    let open = echo().with_tls(TlsPolicy::WhenOffered).dangerous_allow_plaintext();
    let mut run = Run::start(&open, &Security::Open, true);
    run.server(HEADER).server(&mechanisms(&["DIGEST-MD5"]));
    assert!(run.sent().is("auth", "urn:ietf:params:xml:ns:xmpp-sasl"));
}

/// One round for all names, in order; the first alone asks for what a connection has once.
#[test]
fn several_names() {
    let config = echo()
        .with_name("chat.localhost".parse().unwrap())
        .with_name("third.localhost".parse().unwrap())
        .with_log()
        .with_default()
        .with_multi()
        .with_tls(TlsPolicy::Off);
    let mut run = Run::start(&config, &Security::Private, true);
    run.server(HEADER).server(&mechanisms(&["PLAIN"])).server(SUCCESS).server(HEADER);
    run.server(EMPTY);
    let first = run.sent().clone();
    run.bound().bound();
    assert!(run.is_open());
    run.bound();
    let Outcome::Ready(identity) = &run.outcome else { panic!("{}", run.lines()) };
    assert_eq!(identity.jid.as_str(), "echo.localhost");
    assert_eq!(identity.to_string(), "echo.localhost, chat.localhost, third.localhost");
    assert!(first.child("log", first.namespace()).is_some(), "{first}");
    let lines = run.end();
    let lines: Vec<_> = lines.lines().skip_while(|line| !line.contains("BINDNEG")).collect();
    assert_eq!(
        lines,
        [
            "! BINDNEGOTIATE: echo.localhost, chat.localhost, third.localhost",
            &format!(
                "C <bind {C} name='echo.localhost' id='ID' multi='to'><log/><default/></bind>"
            ),
            "S <bind>",
            &format!("C <bind {C} name='chat.localhost' id='ID' multi='to'/>"),
            "S <bind>",
            &format!("C <bind {C} name='third.localhost' id='ID' multi='to'/>"),
            "S <bind>",
            "! BINDSUCCESS: echo.localhost, chat.localhost, third.localhost",
            "! INIT_FINISHED",
            "= ready as echo.localhost, chat.localhost, third.localhost",
        ]
    );
}

/// What comes between: the names of others are kept once, what is to us is kept.
#[test]
fn what_comes_while_binding() {
    let config = echo().with_name("chat.localhost".parse().unwrap()).with_tls(TlsPolicy::Off);
    let mut run = Run::start(&config, &Security::Private, true);
    run.server(HEADER).server(&mechanisms(&["PLAIN"])).server(SUCCESS).server(HEADER);
    let presences = format!("<presence {C} from='sm'/><presence {C} from='c2s'/>");
    let route =
        format!("<route {C} to='echo.localhost' from='sm'><iq xmlns='jabber:client'/></route>");
    run.server(&presences);
    assert!(run.held().is_empty(), "nothing is bound: nothing is to us");
    run.server(EMPTY).server(&presences).server(&route).server("<x xmlns='urn:x'/>");
    let first = run.id();
    run.bound().server(&presences).server(&format!("<presence {C} from='sm' type='unavailable'/>"));
    // The answer to the first is none to the second.
    run.server(&format!(
        "<bind {C} id='{first}'/><bind xmlns='urn:x' id='{}'/><bind {C}/>",
        run.id()
    ));
    assert!(run.is_open());
    run.bound();
    let held: Vec<_> = run.held().iter().map(|it| it.name()).collect();
    assert_eq!(held, ["presence", "presence", "route", "presence"]);
    drop(held);
    assert!(run.end().ends_with("= ready as echo.localhost, chat.localhost"));
}
