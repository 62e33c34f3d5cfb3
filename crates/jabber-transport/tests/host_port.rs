//! `host:port`: what is read, what is refused, where and why.

use jabber_transport::{
    HostPort,
    HostPortFault::{
        self, BadAddress, BadName, BadPort, BareIpv6, NoBracket, NoHost, NoPort, TooLong,
    },
    Target,
};

#[test]
fn read_and_written_back() {
    for (text, host, port) in [
        ("example.org:5222", "example.org", 5222),
        ("127.0.0.1:1", "127.0.0.1", 1),
        ("[::1]:5222", "::1", 5222),
        ("[fe80::1%eth0]:65535", "fe80::1%eth0", 65535),
        ("xn--bcher-kva.example:80", "xn--bcher-kva.example", 80),
        ("bücher.example:80", "bücher.example", 80),
        ("a_b-c:80", "a_b-c", 80),
    ] {
        let parsed: HostPort = text.parse().unwrap();
        assert_eq!((parsed.host(), parsed.port()), (host, port));
        assert_eq!(parsed.to_string(), text);
        assert_eq!(HostPort::new(host, port).unwrap(), parsed);
    }
}

#[test]
fn refused_with_place_and_reason() {
    let cases: &[(&str, HostPortFault, usize)] = &[
        ("", NoHost, 0),
        (":5222", NoHost, 0),
        ("example.org", NoPort, 11),
        ("example.org:", BadPort, 12),
        ("example.org:xmpp", BadPort, 12),
        ("example.org:0", BadPort, 12),
        ("example.org:+5", BadPort, 12),
        ("example.org:-1", BadPort, 12),
        ("example.org:65536", BadPort, 12),
        ("example.org:5222 ", BadPort, 12),
        ("exam ple.org:5222", BadName, 4),
        ("alice@example.org:5222", BadName, 5),
        ("example.org/x:5222", BadName, 11),
        ("xmpp://example.org:5222", BadName, 4),
        ("::1:5222", BareIpv6, 0),
        ("[::1]", NoPort, 5),
        ("[::1]5222", NoPort, 5),
        ("[::1", NoBracket, 4),
        ("[::1:5222", NoBracket, 9),
        ("[127.0.0.1]:5222", BadAddress, 1),
        ("[::1%]:5222", BadAddress, 1),
        ("[]:5222", BadAddress, 1),
    ];
    for (text, fault, position) in cases {
        let error = text.parse::<HostPort>().unwrap_err();
        assert_eq!((error.fault(), error.position()), (*fault, *position), "{error}");
        assert!(error.to_string().starts_with(&format!("`{text}`: at byte {position}: ")));
    }
}

/// RFC 7622 §3.2. What is shown of it is bounded, too: it may be a server's words.
#[test]
fn a_name_of_any_length_is_none() {
    let (longest, longer) = ("a".repeat(1023), "a".repeat(64 * 1024));
    assert_eq!(HostPort::new(longest.clone(), 1).unwrap().host(), longest);
    let parsed = format!("{longer}:1").parse::<HostPort>();
    for result in [HostPort::new(longer, 1), parsed] {
        let error = result.unwrap_err();
        assert_eq!((error.fault(), error.position()), (TooLong, 1023));
        assert!(error.to_string().len() < 1200);
    }
}

#[test]
fn a_target_is_its_domain_unless_a_server_is_named() {
    let target = Target::new("2001:db8::1", 5222);
    assert_eq!(target.to_string(), "[2001:db8::1]:5222");
    assert_eq!(Target::new("[::1]", 5222).address().host(), "::1");
    let target = Target::new("example.org", 5222).with_server("[::1]:1".parse().unwrap());
    assert_eq!(target.to_string(), "example.org at [::1]:1");
}
