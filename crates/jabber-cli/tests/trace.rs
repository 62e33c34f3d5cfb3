//! The program with `RUST_LOG=trace`, over real TLS: nothing of a login's secrets is in what it prints.
#![allow(clippy::unwrap_used, clippy::panic, dead_code, reason = "a test fails by panicking")]

// The search that `cargo xtask test` makes of all output.
#[path = "../../../xtask/src/leaks/forms.rs"]
mod forms;
#[path = "../../../xtask/src/leaks/proofs.rs"]
mod proofs;
#[path = "../../../xtask/src/leaks/search.rs"]
mod search;

use std::{net::SocketAddr, process::Command};

use jabber_server::{Server, StartTls};
use search::Searcher;

/// With markup, and a fullwidth letter that SASLprep (RFC 4013 §2.2) changes.
const PASSWORD: &str = "through&<'\"the-ｌooking-gläss";
const PREPARED: &str = "through&<'\"the-looking-gläss";

/// What the program prints on both of its outputs, and its exit status.
async fn prints(arguments: Vec<String>, password: &'static str) -> (String, i32) {
    let ran = tokio::task::spawn_blocking(move || {
        Command::new(env!("CARGO_BIN_EXE_jabber"))
            .arg("connect")
            .args(arguments)
            .args(["--linger", "0.2", "--events", "json"])
            .env("RUST_LOG", "trace")
            .env("NO_COLOR", "1")
            .env("JABBER_PASSWORD", password)
            .output()
            .unwrap()
    });
    let ran = ran.await.unwrap();
    let printed = [ran.stdout, ran.stderr].map(|it| String::from_utf8(it).unwrap()).concat();
    (printed, ran.status.code().unwrap())
}

#[tokio::test]
async fn threat_36_nothing_of_a_login_is_in_what_the_program_prints() {
    let free = SocketAddr::from(([127, 0, 0, 1], 0));
    let server = Server::builder().c2s(free).direct_tls(free).components(free);
    let server = server.user("alice", PASSWORD).component("echo.localhost", PASSWORD);
    let server = server.router_user("router", PREPARED).starttls(StartTls::Optional);
    let server = server.start().await.unwrap();
    let ca = std::env::temp_dir().join(format!("jabber-cli-trace-{}.pem", std::process::id()));
    std::fs::write(&ca, server.ca_pem()).unwrap();
    let (clients, direct, components) = (server.c2s(), server.direct_tls(), server.components());
    let trusting = format!("--tls-ca {}", ca.display());
    let alice = "--jid alice@localhost/desk";
    let echo = "--jid echo.localhost --dialect";
    let logins = [
        format!("{alice} --server {clients} {trusting}"),
        format!("{alice} --server {clients} {trusting} --mechanism PLAIN"),
        format!("{alice} --server {direct} {trusting} --tls direct"),
        format!("{alice} --server {clients} --dialect legacy"),
        format!("{echo} component --server {components}"),
        format!(
            "{echo} jabberd20-component --username router --server {components} {trusting} \
             --tls-name localhost"
        ),
    ];
    let [raw, prepared] = [PASSWORD, PREPARED].map(str::to_owned);
    let searcher = Searcher::new(&[(1, raw), (2, prepared), (3, WRONG.to_owned())], &[]);
    for login in logins {
        for (password, expected) in [(PASSWORD, 0), (WRONG, 12)] {
            let arguments = login.split(' ').map(str::to_owned).collect();
            let (printed, exit) = prints(arguments, password).await;
            assert_eq!(exit, expected, "{login}\n{printed}");
            // Both the statuses and the log are there.
            for part in ["NODESENT", "TRACE ", "[redacted]"] {
                assert!(printed.contains(part), "{login}: no {part} in\n{printed}");
            }
            assert_eq!(searcher.leaks(&printed), Vec::<String>::new(), "{login}\n{printed}");
        }
    }
    std::fs::remove_file(ca).unwrap();
    server.shutdown().await;
}

const WRONG: &str = "a secret of its own";
