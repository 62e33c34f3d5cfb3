//! Which mechanism is chosen, and what is said about it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod common;

use common::*;
use jabber_sasl::{
    BindingType, Cause, Choice, ChooseError, Credentials, Mechanism, Offer, Policy, Reason,
    Service, choose,
};
use jabber_security::{ChannelBinding, Security};

const EVERYTHING: [&str; 13] = [
    "PLAIN",
    "CRAM-MD5",
    "ANONYMOUS",
    "DIGEST-MD5",
    "SCRAM-SHA-1",
    "SCRAM-SHA-256-PLUS",
    "EXTERNAL",
    "SCRAM-SHA-512",
    "X-OAUTH2",
    "SCRAM-SHA-1-PLUS",
    "SCRAM-SHA-256",
    "SCRAM-SHA-512-PLUS",
    "SCRAM-SHA3-512",
];

fn pick(
    policy: Policy,
    offer: &Offer<'_>,
    who: &Credentials,
    security: &Security,
) -> Result<Choice, ChooseError> {
    choose(&policy, offer, who, security, &Service::new(HOST))
}

fn default_pick(offer: &Offer<'_>, security: &Security) -> Choice {
    pick(Policy::PLAIN_OVER_TLS, offer, &alice(), security).unwrap()
}

fn flag(mut choice: Choice) -> String {
    let message = initial(&mut choice.exchange);
    text(&message).split_once(',').unwrap().0.to_owned()
}

fn cause(reason: &Reason, name: &str) -> Cause {
    reason.passed_over().iter().find(|passed| passed.name() == name).unwrap().cause()
}

#[test]
fn threat_15_the_strongest_whatever_the_order() {
    let security = encrypted(binding());
    let mut names = EVERYTHING;
    for _ in 0..names.len() {
        names.rotate_left(1);
        let offer = Offer::new(names).with_channel_bindings(["tls-exporter"]);
        assert_eq!(default_pick(&offer, &security).mechanism, Mechanism::ScramSha512Plus);
        assert_eq!(default_pick(&offer, &Security::Open).mechanism, Mechanism::ScramSha512);
    }
}

#[test]
fn one_after_the_other_taken_away() {
    let security = encrypted(binding());
    let mut offer = Offer::new(EVERYTHING).with_channel_bindings(["tls-exporter"]);
    let mut chosen = Vec::new();
    while let Ok(choice) = pick(Policy::PLAIN_OVER_TLS, &offer, &alice(), &security) {
        chosen.push(choice.mechanism.name());
        offer.mechanisms.retain(|name| *name != choice.mechanism.name());
    }
    assert_eq!(
        chosen,
        [
            "SCRAM-SHA-512-PLUS",
            "SCRAM-SHA-256-PLUS",
            "SCRAM-SHA-1-PLUS",
            "SCRAM-SHA-512",
            "SCRAM-SHA-256",
            "SCRAM-SHA-1",
            "PLAIN",
        ]
    );
}

#[test]
fn threat_16_the_password_itself_only_where_nobody_can_read_it() {
    let offer = Offer::new(["PLAIN"]);
    for security in [Security::Private, encrypted(ChannelBinding::none())] {
        assert_eq!(default_pick(&offer, &security).mechanism, Mechanism::Plain);
    }
    let error = pick(Policy::PLAIN_OVER_TLS, &offer, &alice(), &Security::Open).unwrap_err();
    let ChooseError::NoneUsable { refused, .. } = &error else { panic!("{error:?}") };
    assert_eq!(refused[0].cause(), Cause::Unprotected);
    assert!(error.to_string().contains("use TLS"), "{error}");
    let only = Policy::only(&[Mechanism::Plain]);
    assert!(pick(only, &offer, &alice(), &Security::Open).is_err(), "to name it is no permission");

    let permitted = Policy::PLAIN_OVER_TLS.dangerous_allow_plaintext(true);
    let choice = pick(permitted, &offer, &alice(), &Security::Open).unwrap();
    assert_eq!(choice.mechanism, Mechanism::Plain);
    let both = Offer::new(["PLAIN", "SCRAM-SHA-1"]);
    let choice = pick(permitted, &both, &alice(), &Security::Open).unwrap();
    assert_eq!(choice.mechanism, Mechanism::ScramSha1, "permitted is not preferred");
}

/// What an attacker in the middle would leave in the list.
#[test]
fn threat_15_nothing_weaker_than_the_policy() {
    let security = encrypted(binding());
    let offered = |names: &[&'static str]| Offer::new(names.iter().copied());
    for (policy, taken, refused) in [
        (Policy::SCRAM_PLUS, "SCRAM-SHA-1-PLUS", "SCRAM-SHA-512"),
        (Policy::SCRAM, "SCRAM-SHA-1", "PLAIN"),
        (Policy::PLAIN_OVER_TLS, "PLAIN", "DIGEST-MD5"),
    ] {
        let offer = offered(&[taken]).with_channel_bindings(["tls-exporter"]);
        assert_eq!(pick(policy, &offer, &alice(), &security).unwrap().mechanism.name(), taken);
        let error = pick(policy, &offered(&[refused]), &alice(), &security).unwrap_err();
        let ChooseError::NoneUsable { refused: causes, .. } = &error else { panic!("{error:?}") };
        assert_eq!(causes[0].cause(), Cause::Forbidden, "{policy}");
        assert!(error.to_string().contains("--mechanism"), "{error}");
    }
    assert_eq!(Policy::default(), Policy::SCRAM);
}

#[test]
fn digest_md5_only_by_permission() {
    let offer = Offer::new(["DIGEST-MD5"]);
    let security = encrypted(ChannelBinding::none());
    let error = pick(Policy::default(), &offer, &alice(), &security).unwrap_err();
    assert!(error.to_string().contains("DIGEST-MD5 (not permitted by the policy)"), "{error}");
    for policy in
        [Policy::default().allow(Mechanism::DigestMd5), Policy::only(&[Mechanism::DigestMd5])]
    {
        let choice = pick(policy, &offer, &alice(), &security).unwrap();
        assert_eq!(choice.mechanism, Mechanism::DigestMd5);
    }
}

#[test]
fn credentials_decide_between_sorts() {
    let offer = Offer::new(EVERYTHING).with_channel_bindings(["tls-exporter"]);
    let security = encrypted(binding());
    let chosen =
        |who: &Credentials| pick(Policy::default(), &offer, who, &security).unwrap().mechanism;
    assert_eq!(chosen(&Credentials::external(None)), Mechanism::External);
    assert_eq!(chosen(&Credentials::anonymous()), Mechanism::Anonymous);
    assert_eq!(chosen(&alice()), Mechanism::ScramSha512Plus);

    let offer = Offer::new(["PLAIN"]);
    let error = pick(Policy::default(), &offer, &Credentials::external(None), &security);
    assert!(error.unwrap_err().to_string().contains("not for credentials of this sort"));
}

#[test]
fn channel_binding_types_and_the_gs2_flag() {
    let all = ["SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"];
    let full = encrypted(binding());
    let certificate = encrypted(ChannelBinding::none().with_tls_server_end_point(vec![1; 32]));
    let listed = |types: &'static [&'static str]| {
        Offer::new(all).with_channel_bindings(types.iter().copied())
    };
    for (offer, security, expected) in [
        (listed(&["tls-server-end-point", "tls-exporter"]), &full, "p=tls-exporter"),
        (listed(&["tls-server-end-point"]), &full, "p=tls-server-end-point"),
        (listed(&["tls-exporter", "tls-server-end-point"]), &certificate, "p=tls-server-end-point"),
        // -PLUS was offered, so `y` would be refused (RFC 5802 §6).
        (listed(&["tls-unique"]), &full, "n"),
        (listed(&["tls-exporter"]), &certificate, "n"),
        (listed(&[]), &full, "n"),
        (Offer::new(all), &full, "n"),
        (listed(&["tls-exporter"]), &encrypted(ChannelBinding::none()), "n"),
        (listed(&["tls-exporter"]), &Security::Open, "n"),
        // We could, and nothing was offered.
        (Offer::new(["SCRAM-SHA-256"]), &full, "y"),
        (Offer::new(["SCRAM-SHA-256"]), &certificate, "y"),
        (Offer::new(["SCRAM-SHA-256"]).with_channel_bindings(["tls-exporter"]), &full, "y"),
        (Offer::new(["SCRAM-SHA-256", "SCRAM-SHA3-512-PLUS"]), &full, "n"),
        (Offer::new(["SCRAM-SHA-256"]), &Security::Open, "n"),
        (Offer::new(["SCRAM-SHA-256"]), &encrypted(ChannelBinding::none()), "n"),
    ] {
        assert_eq!(flag(default_pick(&offer, security)), expected, "{offer:?} {security:?}");
    }
}

#[test]
fn a_policy_without_plus_does_not_claim_that_none_was_offered() {
    let offer =
        Offer::new(["SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"]).with_channel_bindings(["tls-exporter"]);
    let policy = Policy::only(&[Mechanism::ScramSha256]);
    let choice = pick(policy, &offer, &alice(), &encrypted(binding())).unwrap();
    assert_eq!(flag(choice), "n");
}

/// RFC 9266 §3 names the default; it is tried only where there is no SCRAM without -PLUS.
#[test]
fn plus_without_a_list_of_types() {
    let security = encrypted(binding());
    let both = Offer::new(["PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-1-PLUS"]);
    let choice = default_pick(&both, &security);
    assert_eq!(choice.mechanism, Mechanism::ScramSha1);
    assert_eq!(cause(&choice.reason, "SCRAM-SHA-1-PLUS"), Cause::UnlistedBinding);

    let only_plus = Offer::new(["PLAIN", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256-PLUS"]);
    let choice = default_pick(&only_plus, &security);
    assert_eq!(choice.mechanism, Mechanism::ScramSha256Plus);
    assert_eq!(choice.reason.channel_binding(), Some(BindingType::TlsExporter));
    assert_eq!(cause(&choice.reason, "PLAIN"), Cause::Weaker);
    let demanded = Policy::only(&[Mechanism::ScramSha1Plus]);
    let choice = pick(demanded, &both, &alice(), &security).unwrap();
    assert_eq!(flag(choice), "p=tls-exporter");

    let certificate = ChannelBinding::none().with_tls_server_end_point(vec![1; 32]);
    assert!(pick(demanded, &both, &alice(), &encrypted(certificate)).is_err());
}

#[test]
fn the_reason_is_for_people() {
    let offer = Offer::new(["PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-1-PLUS", "CRAM-MD5", "DIGEST-MD5"]);
    let choice = default_pick(&offer, &Security::Open);
    assert_eq!(
        choice.reason.to_string(),
        "SCRAM-SHA-1: the strongest of those offered that can be used here; passed over: \
         PLAIN (would send the readable password over an open connection), \
         SCRAM-SHA-1-PLUS (this connection has no channel binding), \
         CRAM-MD5 (not implemented here), DIGEST-MD5 (not permitted by the policy)"
    );
    let offer = Offer::new(["SCRAM-SHA-1-PLUS"]).with_channel_bindings(["tls-exporter"]);
    assert_eq!(
        default_pick(&offer, &encrypted(binding())).reason.to_string(),
        "SCRAM-SHA-1-PLUS bound to the TLS channel by tls-exporter: the only one offered"
    );
}

#[test]
fn names_of_a_server_do_not_reach_a_terminal_as_they_are() {
    let long = "A".repeat(5000);
    let mut names = vec!["\u{1b}[2J\u{202e}", long.as_str()];
    names.extend(std::iter::repeat_n("X", 1000));
    let error = pick(Policy::default(), &Offer::new(names), &alice(), &Security::Open);
    let text = error.unwrap_err().to_string();
    assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'), "{text}");
    assert!(text.len() < 2000 && text.contains("and 978 more"), "{text}");
}

#[test]
fn nothing_to_choose_from() {
    let offer = Offer::new(["PLAIN"]);
    let error = pick(Policy::default(), &Offer::default(), &alice(), &Security::Private);
    assert_eq!(error.unwrap_err(), ChooseError::NothingOffered);
    let error = pick(Policy::default(), &offer, &alice(), &Security::TlsNext);
    assert_eq!(error.unwrap_err(), ChooseError::TlsFirst);
    let never = Policy::only(&[]);
    assert!(pick(never, &offer, &alice(), &Security::Private).is_err());
}

#[test]
fn credentials_that_no_mechanism_can_write() {
    let offer = Offer::new(["PLAIN", "SCRAM-SHA-1"]);
    let refused =
        |who: Credentials| pick(Policy::default(), &offer, &who, &Security::Private).unwrap_err();
    for bad in ["", "a\0b", "bell\u{7}", "\u{ad}", "\u{e000}", "\u{627}a", "\u{1f600}"] {
        assert_eq!(refused(Credentials::new(bad, PASSWORD.into())), ChooseError::Username);
        assert_eq!(refused(Credentials::new(USER, bad.into())), ChooseError::Password);
    }
    assert_eq!(refused(alice().with_authzid("a\0b")), ChooseError::Authzid);
}

#[test]
fn a_login_can_move_to_another_thread() {
    fn is_send<T: Send>(_: &T) {}
    is_send(&default_pick(&Offer::new(["PLAIN"]), &Security::Private).exchange);
}

/// A server may offer any number under any names: who keeps the reason must know.
#[test]
fn a_reason_tells_how_much_it_holds() {
    let security = encrypted(binding());
    let plain = default_pick(&Offer::new(["PLAIN"]), &security);
    assert_eq!(plain.reason.memory(), 0);
    let long = "X".repeat(1000);
    let names = std::iter::once("PLAIN").chain(std::iter::repeat_n(long.as_str(), 20));
    let choice = default_pick(&Offer::new(names), &security);
    let held = choice.reason.memory();
    assert_eq!(choice.reason.passed_over().len(), 20);
    assert!((20_000..24_000).contains(&held), "{held}");
}
