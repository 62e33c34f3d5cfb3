//! Logins that succeed, line by line.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod common;

use common::{
    BIND, HEADER, PROCEED, Run, SESSION, STARTTLS, SUCCESS, encrypted, features, mechanisms,
    scram::Scram,
};
use jabber_dialect::{Protocol, TlsName};
use jabber_login as login;
use jabber_sasl::{Credentials, Mechanism, Policy};
use jabber_security::Security;
use jabber_xmpp::{Config, Detail, Event, SessionPolicy, TlsPolicy};

fn alice(resource: &str) -> Config {
    Config::new(format!("alice@localhost{resource}").parse().unwrap(), "wonderland")
        .with_policy(Policy::PLAIN_OVER_TLS)
}

fn assert_lines(run: Run, expected: &str) {
    let lines = run.end();
    let expected: Vec<_> = expected.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    assert_eq!(lines.lines().collect::<Vec<_>>(), expected);
}

/// From the header after the login to ready.
fn bind(run: &mut Run, offer: &str, jid: &str) {
    run.server(HEADER).server(&features(offer));
    let answer = format!(
        "<iq type='result' id='{}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>\
         <jid>{jid}</jid></bind></iq>",
        run.id()
    );
    run.server(&answer);
}

#[test]
fn where_and_what() {
    let config = alice("/desk");
    let endpoint = config.endpoint();
    assert_eq!((endpoint.port, endpoint.direct_tls_port), (5222, 5223));
    assert_eq!((endpoint.domain.as_str(), endpoint.tls_name), ("localhost", TlsName::Domain));
    let dialect = config.begin(None);
    assert!(!format!("{config:?} {dialect:?}").contains("wonderland"));
}

#[test]
fn starttls_and_scram_sha_256() {
    let mut run = Run::start(&alice("/desk").with_lang("de"), &Security::Open, false);
    run.server(HEADER).server(&features(STARTTLS)).server(PROCEED).tls();
    run.server(HEADER).server(&mechanisms(&["PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256"]));
    let mut scram = Scram::default();
    let challenge = scram.challenge(&run);
    run.server(&challenge);
    let success = scram.success(&run);
    run.server(&success);
    bind(&mut run, &format!("{BIND}{SESSION}"), "alice@localhost/desk");
    let session = format!("<iq type='result' id='{}' from='localhost'/>", run.id());
    run.server(&session);

    let [auth, response] = [3, 4].map(|nth| {
        let lines = run.lines();
        let sent: Vec<_> = lines.lines().filter(|line| line.starts_with("C ")).collect();
        sent[nth].to_owned()
    });
    assert!(auth.contains(" mechanism='SCRAM-SHA-256'") && response.contains("<response"));
    assert_lines(
        run,
        &format!(
            "! STREAMSTART
            C header to=localhost version=1.0 lang=de
            S header
            S <features>
            ! SSLNEGOTIATE: STARTTLS
            C <starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>
            S <proceed>
            = TLS handshake
            ! SSLSUCCESS: TLSv1.3 AES, verified as localhost
            ! STREAMSTART
            C header to=localhost from=alice@localhost version=1.0 lang=de
            S header
            S <features>
            ! AUTHNEGOTIATE: SCRAM-SHA-256: the strongest of those offered that can be used here; passed over: PLAIN (weaker), SCRAM-SHA-1 (weaker)
            {auth}
            S <challenge>
            = derive
            {response}
            S <success>
            ! AUTHSUCCESS: SCRAM-SHA-256, and the server proved that it knows the password
            ! STREAMSTART
            C header to=localhost from=alice@localhost version=1.0 lang=de
            S header
            S <features>
            ! BINDNEGOTIATE: as 'desk'
            C <iq type='set' id='ID'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>desk</resource></bind></iq>
            S <iq>
            ! BINDSUCCESS: alice@localhost/desk
            ! SESSIONNEGOTIATE
            C <iq type='set' id='ID'><session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></iq>
            S <iq>
            ! SESSIONSUCCESS
            ! INIT_FINISHED
            = ready as alice@localhost/desk"
        ),
    );
}

#[test]
fn direct_tls_and_plain() {
    let mut run = Run::start(&alice(""), &Security::TlsNext, false);
    run.tls();
    // What is offered of STARTTLS within TLS counts for nothing.
    run.server(HEADER).server(
        &mechanisms(&["PLAIN"])
            .replace("<stream:features>", &format!("<stream:features>{STARTTLS}")),
    );
    run.server(SUCCESS);
    bind(&mut run, BIND, "alice@localhost/given");
    assert_lines(
        run,
        "! SSLNEGOTIATE: direct TLS
        = TLS handshake
        ! SSLSUCCESS: TLSv1.3 AES, verified as localhost
        ! STREAMSTART
        C header to=localhost from=alice@localhost version=1.0
        S header
        S <features>
        ! AUTHNEGOTIATE: PLAIN: the only one offered
        C <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGFsaWNlAHdvbmRlcmxhbmQ=</auth>
        S <success>
        ! AUTHSUCCESS: PLAIN
        ! STREAMSTART
        C header to=localhost from=alice@localhost version=1.0
        S header
        S <features>
        ! BINDNEGOTIATE: as the server likes
        C <iq type='set' id='ID'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>
        S <iq>
        ! BINDSUCCESS: alice@localhost/given
        ! INIT_FINISHED
        = ready as alice@localhost/given",
    );
}

/// The pipe is encrypted before we get it: no handshake of ours, whatever the policy.
#[test]
fn a_pipe_that_is_encrypted_already() {
    for tls in [TlsPolicy::Required, TlsPolicy::Off] {
        let mut run = Run::start(&alice("").with_tls(tls), &encrypted(), true);
        run.server(HEADER).server(&mechanisms(&["PLAIN"])).server(SUCCESS);
        bind(&mut run, BIND, "alice@localhost/given");
        assert!(!run.lines().contains("SSL"), "{}", run.lines());
        assert!(run.end().ends_with("= ready as alice@localhost/given"));
    }
}

#[test]
fn tls_off_on_a_private_pipe() {
    let config = alice("").with_tls(TlsPolicy::Off);
    let mut run = Run::start(&config, &Security::Private, true);
    run.server(HEADER).server(&mechanisms(&["PLAIN"]));
    assert!(run.lines().starts_with("! STREAMSTART\nC header to=localhost version=1.0\n"));
    run.server(SUCCESS);
    bind(&mut run, BIND, "alice@localhost/given");
    assert!(run.end().ends_with("= ready as alice@localhost/given"));
}

#[test]
fn plaintext_over_an_open_pipe_where_permitted() {
    let config = alice("").with_tls(TlsPolicy::Off).dangerous_allow_plaintext();
    let mut run = Run::start(&config, &Security::Open, true);
    run.server(HEADER).server(&mechanisms(&["PLAIN"])).server(SUCCESS);
    bind(&mut run, BIND, "alice@localhost/given");
    assert!(run.end().ends_with("= ready as alice@localhost/given"));
}

#[test]
fn tls_when_it_is_offered() {
    for security in [Security::Open, Security::Private] {
        let config = alice("").with_tls(TlsPolicy::WhenOffered);
        let mut run = Run::start(&config, &security, false);
        run.server(HEADER).server(&features(STARTTLS));
        assert!(run.sent().is("starttls", "urn:ietf:params:xml:ns:xmpp-tls"));
        run.server(PROCEED).tls();
        assert!(run.is_open());
    }
    let config = alice("").with_tls(TlsPolicy::WhenOffered);
    let permitted = config.clone().dangerous_allow_plaintext();
    for (config, security) in [(config, Security::Private), (permitted, Security::Open)] {
        let mut run = Run::start(&config, &security, true);
        run.server(HEADER).server(&mechanisms(&["PLAIN"])).server(SUCCESS);
        bind(&mut run, BIND, "alice@localhost/given");
        assert!(!run.lines().contains(" from="), "told to everybody: {}", run.lines());
        assert!(run.end().ends_with("= ready as alice@localhost/given"));
    }
}

#[test]
fn anonymous_takes_the_jid_it_is_given() {
    let config = Config::anonymous("anon.test".parse().unwrap());
    let mut run = Run::start(&config, &Security::TlsNext, false);
    run.tls().server(HEADER).server(&mechanisms(&["PLAIN", "ANONYMOUS"])).server(SUCCESS);
    bind(&mut run, BIND, "x81@anon.test/r");
    let lines = run.end();
    assert!(!lines.contains(" from="), "nobody has no address: {lines}");
    assert!(lines.ends_with("= ready as x81@anon.test/r"), "{lines}");
}

/// RFC 6120 §6.4.2: an empty initial response is `=`.
#[test]
fn external_names_itself_or_sends_an_empty_response() {
    let named = Config::external("alice@localhost".parse().unwrap());
    let unnamed = named.clone().with_credentials(Credentials::external(None));
    for (config, response) in [(named, "YWxpY2VAbG9jYWxob3N0"), (unnamed, "=")] {
        let mut run = Run::start(&config, &Security::TlsNext, false);
        run.tls().server(HEADER).server(&mechanisms(&["EXTERNAL", "PLAIN"]));
        assert_eq!(run.sent().attribute("mechanism").as_deref(), Some("EXTERNAL"));
        assert_eq!(run.sent().text(), response);
        run.server(SUCCESS);
        bind(&mut run, BIND, "alice@localhost/r");
        assert!(run.end().ends_with("= ready as alice@localhost/r"));
    }
}

/// XEP-0440: the list decides which channel binding is used.
#[test]
fn channel_binding_by_the_servers_list() {
    let binding = jabber_security::ChannelBinding::none().with_tls_exporter([7; 32]);
    let facts = jabber_security::TlsFacts::new("TLSv1.3", "AES", "localhost", binding);
    let offer = mechanisms(&["SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"]);
    for (kind, chosen) in [("tls-exporter", "SCRAM-SHA-256-PLUS"), ("tls-unique", "SCRAM-SHA-256")]
    {
        let list = format!(
            "<stream:features><sasl-channel-binding xmlns='urn:xmpp:sasl-cb:0'>\
             <channel-binding type='{kind}'/></sasl-channel-binding>"
        );
        let mut run = Run::start(&alice(""), &Security::TlsNext, false);
        run.tls_as(Security::Encrypted(facts.clone())).server(HEADER);
        run.server(&offer.replace("<stream:features>", &list));
        assert_eq!(run.sent().attribute("mechanism").as_deref(), Some(chosen));
    }
}

#[test]
fn the_policy_decides_over_the_mechanism() {
    let config = alice("").with_policy(Policy::only(&[Mechanism::Plain]));
    let mut run = Run::start(&config, &Security::TlsNext, false);
    run.tls().server(HEADER).server(&mechanisms(&["SCRAM-SHA-256", "PLAIN"]));
    assert_eq!(run.sent().attribute("mechanism").as_deref(), Some("PLAIN"));
}

#[test]
fn an_optional_session_is_up_to_the_policy() {
    let optional = SESSION.replace("/>", "><optional/></session>");
    for (offer, policy, asked) in [
        (&*optional, SessionPolicy::WhenOffered, true),
        (&*optional, SessionPolicy::WhenRequired, false),
        (SESSION, SessionPolicy::WhenRequired, true),
        ("", SessionPolicy::WhenOffered, false),
    ] {
        let config = alice("").with_session(policy);
        let mut run = Run::start(&config, &Security::TlsNext, false);
        run.tls().server(HEADER).server(&mechanisms(&["PLAIN"])).server(SUCCESS);
        bind(&mut run, &format!("{BIND}{offer}"), "alice@localhost/r");
        assert_eq!(run.lines().contains("SESSIONNEGOTIATE"), asked, "{offer} {policy:?}");
        assert_eq!(run.is_open(), asked);
    }
}

#[test]
fn events_are_typed() {
    let mut run = Run::start(&alice(""), &Security::TlsNext, false);
    run.tls().server(HEADER).server(&mechanisms(&["PLAIN"])).server(SUCCESS);
    bind(&mut run, BIND, "alice@localhost/r");
    let details: Vec<_> = run
        .events()
        .iter()
        .map(|event| event.as_any().downcast_ref::<Event>().expect("ours").typed())
        .collect();
    assert!(matches!(
        details[..],
        [
            Detail::Login(login::Detail::TlsNegotiating(_)),
            Detail::Login(login::Detail::TlsEstablished(_)),
            Detail::Login(login::Detail::Authenticating { mechanism: Mechanism::Plain, .. }),
            Detail::Login(login::Detail::Authenticated(_)),
            Detail::Binding { resource: None },
            Detail::Bound { .. },
        ]
    ));
}
