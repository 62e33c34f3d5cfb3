//! The domain, RFC 7622 §3.2.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use jabber_jid::{Host, Jid, JidFault, JidPart};

fn domain(text: &str) -> Result<String, JidFault> {
    match Jid::from_parts(None, text, None) {
        Ok(jid) => Ok(jid.domain().to_owned()),
        Err(error) => {
            assert_eq!(error.part(), JidPart::Domain);
            Err(error.fault())
        }
    }
}

fn host(text: &str) -> String {
    Jid::new(text).unwrap().host().unwrap().to_string()
}

#[test]
fn is_mapped_and_kept_in_u_labels() {
    for (given, prepared) in [
        ("Example.COM", "example.com"),
        ("example.com.", "example.com"),
        ("localhost", "localhost"),
        ("BÜCHER.example", "bücher.example"),
        ("xn--bcher-kva.example", "bücher.example"),
        ("XN--Bcher-KVA.example.", "bücher.example"),
        ("bu\u{308}cher.example", "bücher.example"),
        ("ｅｘａｍｐｌｅ．com", "example.com"),
        ("faß.de", "faß.de"),
        ("FAẞ.de", "faß.de"),
        ("xn--fa-hia.de", "faß.de"),
        ("βόλος.com", "βόλος.com"),
        ("xn--nxasmm1c.com", "βόλος.com"),
        ("例え.テスト", "例え.テスト"),
        ("קום.example", "קום.example"),
        ("1.2.3.4.example", "1.2.3.4.example"),
        ("a-b.c--d", "a-b.c--d"),
        ("Ꭰ", "Ꭰ"), // Cherokee: IDNA has its capitals
    ] {
        assert_eq!(domain(given).as_deref(), Ok(prepared), "{given}");
    }
}

#[test]
fn host_is_in_a_labels() {
    assert_eq!(host("alice@Bücher.example/x"), "xn--bcher-kva.example");
    assert_eq!(host("faß.de"), "xn--fa-hia.de");
    assert_eq!(host("βόλος.com"), "xn--nxasmm1c.com");
    assert_eq!(host("例え.テスト"), "xn--r8jz45g.xn--zckzah");
    assert_eq!(host("Example.COM."), "example.com");
}

#[test]
fn addresses() {
    for (given, prepared, address) in [
        ("127.0.0.1", "127.0.0.1", "127.0.0.1"),
        ("127.0.0.1.", "127.0.0.1", "127.0.0.1"),
        ("[::1]", "[::1]", "::1"),
        ("[0:0:0:0:0:0:0:1]", "[::1]", "::1"),
        ("[2001:DB8::A]", "[2001:db8::a]", "2001:db8::a"),
        ("[2001:db8:0:0:1:0:0:1]", "[2001:db8::1:0:0:1]", "2001:db8::1:0:0:1"),
        ("[::ffff:192.0.2.1]", "[::ffff:192.0.2.1]", "::ffff:192.0.2.1"),
    ] {
        let jid = Jid::from_parts(Some("a"), given, Some("r")).unwrap();
        assert_eq!(jid.domain(), prepared);
        assert_eq!(jid.host(), Ok(Host::Ip(address.parse().unwrap())));
        assert_eq!(Jid::new(jid.as_str()).unwrap(), jid);
    }
    for text in ["[::1", "[]", "[::1]x", "[1.2.3.4]", "[fe80::1%eth0]", "[v1.x]", "[::1]:5222"] {
        assert_eq!(domain(text), Err(JidFault::Ipv6), "{text}");
    }
    // Without brackets the colons are no letters; with a number too large it is but a name.
    assert_eq!(domain("::1"), Err(JidFault::Character { character: ':', position: 0 }));
    assert_eq!(host("256.0.0.1"), "256.0.0.1");
    assert!(matches!(Jid::new("256.0.0.1").unwrap().host(), Ok(Host::Name(_))));
}

#[test]
fn faults_of_labels() {
    for (text, fault) in [
        ("", JidFault::Empty),
        (".", JidFault::EmptyLabel { position: 0 }),
        ("a..b", JidFault::EmptyLabel { position: 2 }),
        ("a..", JidFault::EmptyLabel { position: 2 }),
        (".a", JidFault::EmptyLabel { position: 0 }),
        ("-a.b", JidFault::Hyphen { position: 0 }),
        ("a.b-", JidFault::Hyphen { position: 2 }),
        ("ab--c", JidFault::Hyphen { position: 0 }),
        ("bü--x", JidFault::Hyphen { position: 0 }),
        ("a.\u{301}b", JidFault::LeadingMark { position: 2 }),
        ("xn--", JidFault::Punycode { position: 0 }),
        ("a.xn--abc-", JidFault::Punycode { position: 2 }),
        ("xn--a", JidFault::Punycode { position: 0 }),
        ("xn--99999999", JidFault::Punycode { position: 0 }),
        // Well-formed Punycode of ☃, of capital Ü, and of an unneeded encoding of "abc".
        ("xn--n3h", JidFault::Punycode { position: 0 }),
        ("xn--wca", JidFault::Punycode { position: 0 }),
        ("xn--abc-.x", JidFault::Punycode { position: 0 }),
        // Decodes to ü as xn--tda does, which is the one A-label of it.
        ("xn---tda", JidFault::Punycode { position: 0 }),
        ("ꭰ", JidFault::Character { character: 'ꭰ', position: 0 }),
        ("a_b", JidFault::Character { character: '_', position: 1 }),
        ("a b", JidFault::Character { character: ' ', position: 1 }),
        ("é.a@b", JidFault::Character { character: '@', position: 4 }),
        ("é/a", JidFault::Character { character: '/', position: 2 }),
        ("x.☃", JidFault::Character { character: '☃', position: 2 }),
        ("x。y", JidFault::Character { character: '。', position: 1 }),
        ("x.\u{378}", JidFault::Unassigned { character: '\u{378}', position: 2 }),
        ("x.a·b", JidFault::Context { character: '·', position: 3 }),
        ("ᾀ", JidFault::Character { character: 'ᾀ', position: 0 }),
        ("aא", JidFault::Direction),
        ("1a.אב", JidFault::Direction),
        ("aʹ.אב", JidFault::Direction), // U+02B9 has no direction, and may not be last
    ] {
        assert_eq!(domain(text), Err(fault), "{text}");
    }
}

#[test]
fn lengths() {
    let label = "a".repeat(63);
    assert!(domain(&label).is_ok());
    assert_eq!(domain(&"a".repeat(64)), Err(JidFault::LabelTooLong { position: 0 }));
    // 57 letters and `xn--…-` are too many in ASCII form only.
    let long = format!("ü{}", "a".repeat(57));
    assert_eq!(domain(&format!("x.{long}")), Err(JidFault::LabelTooLong { position: 2 }));

    let longest = [label.as_str(); 16].join(".");
    assert_eq!(longest.len(), 1023);
    assert!(domain(&longest).is_ok());
    assert!(domain(&format!("{longest}.")).is_ok(), "the final dot does not count");
    assert_eq!(domain(&format!("{longest}.a")), Err(JidFault::TooLong));
    let error = Jid::new(&longest).unwrap().host().unwrap_err();
    assert_eq!(error.fault(), JidFault::NameTooLong);
    let dns = format!("{}.{}", [label.as_str(); 3].join("."), "a".repeat(61));
    assert_eq!(dns.len(), 253);
    assert_eq!(host(&dns), dns);
    assert!(Jid::new(&format!("{dns}a")).unwrap().host().is_err(), "254 bytes");
}
