//! What a server cannot be started with.

use jabber_server::{Server, StartError};

#[tokio::test]
async fn each_bad_setting_is_named() {
    let cases = [
        Server::builder().domain("alice@localhost"),
        Server::builder().domain(""),
        Server::builder().user("a b", "secret"),
        Server::builder().user("alice", ""),
        Server::builder().user("alice", "\u{7}"),
        Server::builder().component("localhost", "secret"),
        Server::builder().component("a@localhost", "secret"),
    ];
    let mut seen = Vec::new();
    for builder in cases {
        let error = builder.start().await.expect_err("it cannot start");
        assert!(!error.to_string().contains("secret"));
        seen.push(match error {
            StartError::Domain { .. } => "domain",
            StartError::User { .. } => "user",
            StartError::Password { .. } => "password",
            StartError::Component { .. } => "component",
            other => panic!("{other}"),
        });
    }
    let expected = ["domain", "domain", "user", "password", "password", "component", "component"];
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn a_taken_port_is_an_error() {
    let server = Server::start().await.unwrap();
    let error = Server::builder().c2s(server.c2s()).start().await.unwrap_err();
    assert!(matches!(error, StartError::Listen { what: "clients", .. }), "{error}");
}

#[tokio::test]
async fn two_servers_live_side_by_side() {
    let (one, two) = (Server::start().await.unwrap(), Server::start().await.unwrap());
    assert_ne!(one.c2s(), two.c2s());
    assert_ne!(one.ca_pem(), two.ca_pem());
}

#[tokio::test]
async fn an_international_domain_has_a_certificate() {
    let server = Server::builder().domain("bücher.example").start().await.unwrap();
    server.shutdown().await;
}
