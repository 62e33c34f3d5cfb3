//! Every refusal before the bind: which status, what it says, and what to do about it. That nothing
//! is sent after a failure and nothing secret before TLS is checked by every run.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod common;

use common::{
    BIND, HEADER, PROCEED, Run, STARTTLS, SUCCESS, features, mechanisms, sasl, scram::Scram,
    stream_error,
};
use jabber_dialect::Retry;
use jabber_login as login;
use jabber_sasl::{FailureCondition, LoginRefused};
use jabber_security::{ChannelBinding, Security, TlsFacts};
use jabber_status::ErrorStatus::{self, AuthFail, SslFail};
use jabber_xml::StreamCondition;
use jabber_xmpp::{Config, Error, Rejection, TlsPolicy};

fn alice() -> Config {
    Config::new("alice@localhost".parse().unwrap(), "wonderland")
        .with_policy(jabber_sasl::Policy::PLAIN_OVER_TLS)
}

/// Starts with `security`, lets the server send `script` ("TLS" completes the handshake), and
/// expects that cause, that text in the error, and that advice.
fn refused(
    config: &Config,
    security: &Security,
    script: &[&str],
    expected: (Option<ErrorStatus>, &str, Retry),
) -> Run {
    let mut run = Run::start(config, security, false);
    play(&mut run, script);
    expect(run, expected)
}

fn play(run: &mut Run, script: &[&str]) {
    for line in script {
        assert!(run.is_open(), "failed before '{line}': {}", run.lines());
        if *line == "TLS" {
            run.tls()
        } else {
            run.server(line)
        };
    }
}

fn expect(run: Run, (cause, text, retry): (Option<ErrorStatus>, &str, Retry)) -> Run {
    let failure = run.failure();
    assert_eq!(failure.cause(), cause, "{failure}");
    assert!(failure.to_string().contains(text), "'{failure}' without '{text}'");
    assert_eq!(failure.retry(), retry, "{failure}");
    assert!(failure.error().downcast_ref::<Error>().is_some());
    let last = cause.map(|cause| format!("! {}", &cause.name()[4..]));
    assert!(last.is_none_or(|last| run.lines().contains(&last)));
    run
}

fn sent(run: &Run) -> Vec<String> {
    run.lines().lines().filter_map(|line| line.strip_prefix("C ")).map(str::to_owned).collect()
}

#[test]
fn threat_01_tls_is_required_whatever_else_is_offered() {
    for offer in [
        mechanisms(&["SCRAM-SHA-256", "PLAIN", "ANONYMOUS"]),
        features(""),
        features(BIND),
        // In another namespace it is another feature.
        features("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>"),
        features("<starttls/>"),
    ] {
        for security in [Security::Open, Security::Private] {
            let expected = (Some(SslFail), "does not offer STARTTLS", Retry::Never);
            let run = refused(&alice(), &security, &[HEADER, &offer], expected);
            assert_eq!(sent(&run), ["header to=localhost version=1.0"]);
            run.end();
        }
    }
}

#[test]
fn starttls_is_refused() {
    let offer = features(STARTTLS);
    let tls = "xmlns='urn:ietf:params:xml:ns:xmpp-tls'";
    for (answer, text, retry) in [
        (format!("<failure {tls}/>"), "then refused it", Retry::Later),
        (format!("<starttls {tls}/>"), "<starttls/> while we waited", Retry::Never),
        (sasl("failure", "<not-authorized/>"), "<failure/> while we waited", Retry::Never),
        (sasl("success", ""), "<success/> while we waited", Retry::Never),
        (stream_error("policy-violation"), "policy-violation", Retry::Never),
    ] {
        let expected = (Some(SslFail), text, retry);
        let run = refused(&alice(), &Security::Open, &[HEADER, &offer, &answer], expected);
        assert!(!run.wants_tls());
        run.end();
    }
}

#[test]
fn the_transport_must_have_encrypted() {
    let mut run = Run::start(&alice(), &Security::TlsNext, false);
    run.tls_as(Security::Open);
    let run = expect(run, (Some(SslFail), "transport is at fault", Retry::Never));
    assert_eq!(sent(&run), [""; 0]);
    run.end();
}

#[test]
fn threat_16_plaintext_is_refused_before_anything_is_sent() {
    let expected = (Some(AuthFail), "nothing was sent", Retry::Never);
    let run = refused(&alice().with_tls(TlsPolicy::Off), &Security::Open, &[], expected);
    assert_eq!(sent(&run), [""; 0]);
    run.end();
}

/// Without STARTTLS on offer only a pipe that is safe by itself will do.
#[test]
fn threat_01_tls_when_offered_is_no_way_around_it() {
    let config = alice().with_tls(TlsPolicy::WhenOffered);
    let expected = (Some(SslFail), "does not offer STARTTLS", Retry::Never);
    let offer = mechanisms(&["SCRAM-SHA-256", "PLAIN"]);
    let run = refused(&config, &Security::Open, &[HEADER, &offer], expected);
    assert_eq!(sent(&run), ["header to=localhost version=1.0"]);
    run.end();
}

/// A private pipe is safe enough; the policy says so, not an address.
#[test]
fn the_server_wants_tls_that_is_off() {
    let config = alice().with_tls(TlsPolicy::Off);
    let offer = features(&STARTTLS.replace("/>", "><required/></starttls>"));
    let expected = (Some(AuthFail), "no login without TLS", Retry::Never);
    refused(&config, &Security::Private, &[HEADER, &offer], expected).end();
}

#[test]
fn no_mechanism_fits() {
    let nobody = Config::new("localhost".parse().unwrap(), "wonderland");
    let empty = Config::new("alice@localhost".parse().unwrap(), "");
    let (plain, scram) = (mechanisms(&["PLAIN"]), mechanisms(&["SCRAM-SHA-1"]));
    for (config, offer, text, retry) in [
        (alice(), mechanisms(&[]), "offers no SASL mechanism", Retry::Never),
        (alice(), features(BIND), "offers no SASL mechanism", Retry::Never),
        (alice(), mechanisms(&["EXTERNAL", "X-OTHER"]), "X-OTHER", Retry::Never),
        // A list in another namespace is none.
        (alice(), plain.replace("xmpp-sasl", "xmpp-tls"), "offers no SASL", Retry::Never),
        (nobody, scram.clone(), "user name is empty", Retry::NewCredentials),
        (empty, scram, "password is empty", Retry::NewCredentials),
    ] {
        let expected = (Some(AuthFail), text, retry);
        let run = refused(&config, &Security::TlsNext, &["TLS", HEADER, &offer], expected);
        assert!(!run.lines().contains("AUTHNEGOTIATE"), "{}", run.lines());
        run.end();
    }
}

#[test]
fn the_login_is_refused() {
    let offer = mechanisms(&["PLAIN"]);
    let text = "<text>can't\u{9b}!</text>";
    for (answer, said, retry) in [
        (sasl("failure", "<not-authorized/>"), "not-authorized", Retry::NewCredentials),
        (
            sasl("failure", &format!("<account-disabled/>{text}")),
            "account-disabled: can't\\u{9b}!",
            Retry::NewCredentials,
        ),
        (sasl("failure", "<temporary-auth-failure/>"), "temporary", Retry::Later),
        (sasl("failure", "<of-the-future/>"), "of-the-future", Retry::NewCredentials),
        (sasl("failure", ""), "refused the login: undefined-condition", Retry::NewCredentials),
        (sasl("failure", "<mechanism-too-weak/>"), "mechanism-too-weak", Retry::Never),
        (sasl("challenge", "????"), "not base64", Retry::Never),
        (sasl("success", "YQ"), "not base64", Retry::Never),
        (sasl("challenge", "YQ=="), "a challenge that PLAIN does not have", Retry::Never),
        (sasl("response", ""), "<response/> while we waited", Retry::Never),
        (mechanisms_element(), "<mechanisms/> while we waited", Retry::Never),
        (PROCEED.into(), "<proceed/> while we waited", Retry::Never),
        (sasl("failure", "").replace("sasl", "tls"), "<failure/> while", Retry::Never),
        (stream_error("not-authorized"), "not-authorized", Retry::NewCredentials),
        (stream_error("policy-violation"), "policy-violation", Retry::Never),
    ] {
        let script = ["TLS", HEADER, &offer, &answer];
        let expected = (Some(AuthFail), said, retry);
        let run = refused(&alice(), &Security::TlsNext, &script, expected);
        assert!(!run.lines().contains("AUTHSUCCESS"));
        assert!(run.sent().is("auth", jabber_xml::ns::SASL), "nothing follows a failure");
        run.end();
    }
}

fn mechanisms_element() -> String {
    sasl("mechanisms", "<mechanism>PLAIN</mechanism>")
}

#[test]
fn a_refusal_is_typed() {
    let answer = sasl("failure", "<account-disabled/><text>gone</text>");
    let mut run = Run::start(&alice(), &Security::TlsNext, false);
    play(&mut run, &["TLS", HEADER, &mechanisms(&["PLAIN"]), &answer]);
    let error = run.failure().error();
    let Some(Error::Rejected(Rejection::Login(login::Rejection::Sasl { refused, .. }))) =
        error.downcast_ref()
    else {
        panic!("{}", run.lines())
    };
    assert_eq!(refused.condition, FailureCondition::AccountDisabled);
    assert_eq!(refused.text.as_deref(), Some("gone"));
    // Whoever does not know the dialect finds it among the causes.
    let cause = error.source().and_then(<dyn std::error::Error>::downcast_ref::<LoginRefused>);
    assert_eq!(cause, Some(refused));
}

/// RFC 5802 §6: who could have bound the channel says so (gs2 `y`), and a server that offered to refuses.
#[test]
fn threat_15_a_refusal_of_who_saw_no_offer_says_what_may_be_behind_it() {
    let tampered = "tampered with on the way (or the server's channel binding is broken)";
    let (scram, both) =
        (mechanisms(&["SCRAM-SHA-256"]), mechanisms(&["SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"]));
    for (binding, offer, condition, may_be) in [
        (true, &scram, "not-authorized", true),
        (true, &scram, "malformed-request", true),
        // For these it says itself why.
        (true, &scram, "account-disabled", false),
        (true, &scram, "temporary-auth-failure", false),
        // It was there (gs2 `n`), or nothing could be bound.
        (true, &both, "not-authorized", false),
        (false, &scram, "not-authorized", false),
    ] {
        let binding = match binding {
            true => ChannelBinding::none().with_tls_exporter([7; 32]),
            false => ChannelBinding::none(),
        };
        let tls = TlsFacts::new("TLSv1.3", "AES", "localhost", binding);
        let mut run = Run::start(&alice(), &Security::TlsNext, false);
        run.tls_as(Security::Encrypted(tls));
        let refusal = sasl("failure", &format!("<{condition}/><text>no</text>"));
        play(&mut run, &[HEADER, offer, &refusal]);
        let said = run.failure().to_string();
        assert!(said.contains(&format!("{condition}: no")), "{said}");
        assert_eq!(said.contains(tampered), may_be, "{said}");
        let error = run.failure().error();
        let cause = error.source().and_then(<dyn std::error::Error>::downcast_ref::<LoginRefused>);
        assert_eq!(cause.unwrap().may_be_downgrade(), may_be, "{said}");
        run.end();
    }
}

/// Success counts from a server that was asked, in its namespace, and with its proof.
#[test]
fn success_before_its_time_is_none() {
    let expected = (Some(AuthFail), "<success/> while we waited", Retry::Never);
    refused(&alice(), &Security::Open, &[HEADER, SUCCESS], expected).end();
    let expected = (Some(AuthFail), "<success/> while we waited", Retry::Never);
    refused(&alice(), &Security::TlsNext, &["TLS", HEADER, SUCCESS], expected).end();

    let scram = mechanisms(&["SCRAM-SHA-256"]);
    let expected = (Some(AuthFail), "before the SCRAM-SHA-256 exchange", Retry::Never);
    let run = refused(&alice(), &Security::TlsNext, &["TLS", HEADER, &scram, SUCCESS], expected);
    run.end();
}

#[test]
fn threat_30_success_in_another_namespace_is_nothing() {
    let plain = mechanisms(&["PLAIN"]);
    for answer in ["<success/>", "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl2'/>"] {
        let mut run = Run::start(&alice(), &Security::TlsNext, false);
        play(&mut run, &["TLS", HEADER, &plain, answer]);
        assert!(run.is_open());
        assert_eq!(run.awaiting(), "the answer to the login");
        assert!(!run.lines().contains("AUTHSUCCESS"));
    }
}

/// Threat 11: the server says success and does not know the password.
#[test]
fn threat_11_scram_needs_the_servers_proof() {
    for (forged, text) in [
        (sasl("success", "dj1BQUFB"), "proof is wrong"),
        (SUCCESS.to_owned(), "did not prove"),
        (sasl("success", "="), "did not prove"),
    ] {
        let mut run = Run::start(&alice(), &Security::TlsNext, false);
        play(&mut run, &["TLS", HEADER, &mechanisms(&["SCRAM-SHA-256"])]);
        let challenge = Scram::default().challenge(&run);
        play(&mut run, &[&challenge, &forged]);
        let run = expect(run, (Some(AuthFail), text, Retry::Never));
        assert!(!run.lines().contains("AUTHSUCCESS"));
        run.end();
    }
}

/// While the key is derived it is our turn.
#[test]
fn what_comes_while_a_key_is_derived() {
    let deriving = || {
        let mut run = Run::start(&alice(), &Security::TlsNext, false);
        run.slow = true;
        play(&mut run, &["TLS", HEADER, &mechanisms(&["SCRAM-SHA-256"])]);
        let challenge = Scram::default().challenge(&run);
        play(&mut run, &[&challenge]);
        assert_eq!(run.awaiting(), "the key derivation");
        run
    };
    for (answer, text, retry) in [
        (sasl("failure", "<not-authorized/>"), "not-authorized", Retry::NewCredentials),
        (sasl("challenge", ""), "<challenge/> while we waited", Retry::Never),
        (SUCCESS.to_owned(), "<success/> while we waited", Retry::Never),
        (stream_error("not-authorized"), "not-authorized", Retry::NewCredentials),
        (stream_error("policy-violation"), "policy-violation", Retry::Never),
    ] {
        let mut run = deriving();
        run.server(&answer);
        run.derive();
        expect(run, (Some(AuthFail), text, retry)).end();
    }
    let mut run = deriving();
    run.server("<message/>");
    run.derive();
    assert_eq!(run.awaiting(), "the answer to the login");
    assert!(run.sent().is("response", jabber_xml::ns::SASL));
}

/// RFC 6120 §4.7.5, on each of the three streams.
#[test]
fn a_version_below_1_0_is_told_so() {
    let old = [
        HEADER.replace(" version='1.0'", ""),
        HEADER.replace("'1.0'", "'0.9'"),
        HEADER.replace("'1.0'", "'00.10'"),
        HEADER.replace("'1.0'", "'1'"),
        HEADER.replace("'1.0'", "'a.b'"),
        HEADER.replace("'1.0'", "'.'"),
    ];
    let (tls, plain) = (features(STARTTLS), mechanisms(&["PLAIN"]));
    for before in [
        &[][..],
        &[HEADER, &tls, PROCEED, "TLS"],
        &[HEADER, &tls, PROCEED, "TLS", HEADER, &plain, SUCCESS],
    ] {
        for header in &old {
            let script = [before, &[header]].concat();
            let run = refused(&alice(), &Security::Open, &script, (None, "XMPP", Retry::Never));
            let told = run.failure().stream_error().expect("it is told").condition();
            assert_eq!(told, StreamCondition::UnsupportedVersion);
            run.end();
        }
        for good in ["'1.1'", "'2.0'", "'01.00'"] {
            let mut run = Run::start(&alice(), &Security::Open, false);
            play(&mut run, before);
            run.server(&HEADER.replace("'1.0'", good));
            assert!(run.is_open(), "{good}");
        }
    }
}

/// A stream error that is not about the step is the connection's business.
#[test]
fn other_stream_errors_are_disconnects() {
    let (tls, plain) = (features(STARTTLS), mechanisms(&["PLAIN"]));
    let all = [HEADER, &tls, PROCEED, "TLS", HEADER, &plain, SUCCESS, HEADER, &features(BIND)];
    for condition in ["host-unknown", "system-shutdown", "see-other-host"] {
        for count in 1..=all.len() {
            let mut run = Run::start(&alice(), &Security::Open, false);
            play(&mut run, &all[..count]);
            if run.wants_tls() || matches!(all[count - 1], "TLS" | SUCCESS) {
                continue; // no header has come on that stream
            }
            run.server(&stream_error(condition));
            assert!(run.is_open(), "{condition} after {count}");
        }
    }
    // Before anything was asked for these are not about a step, either.
    for condition in ["not-authorized", "policy-violation"] {
        let mut run = Run::start(&alice(), &Security::Open, false);
        play(&mut run, &[HEADER, &stream_error(condition)]);
        assert!(run.is_open());
    }
}

/// RFC 6120 §4.7.1 lets a server answer by another of its names.
#[test]
fn what_does_not_matter_is_tolerated() {
    let other = HEADER.replace("localhost", "elsewhere.example");
    let mut run = Run::start(&alice(), &Security::Open, false);
    let noise = "<message><body>spam</body></message><x xmlns='urn:x'/>";
    play(&mut run, &[&other, noise, &features(STARTTLS), noise, PROCEED, "TLS", HEADER, noise]);
    play(&mut run, &[&mechanisms(&["PLAIN"]), noise, SUCCESS]);
    assert!(run.lines().contains("AUTHSUCCESS"), "{}", run.lines());
    assert!(run.held().is_empty(), "nobody was authenticated when these came");
}
