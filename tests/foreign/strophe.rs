//! libstrophe, from Debian, around a program of ours in C.

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use jabber_tests::{
    server::{ALICE, StartError, ZOE},
    skip,
};
use tempfile::TempDir;

use crate::{
    bot::Role,
    meeting::{meet, miss},
    serve::{Serve, foreign_ca},
    without_sasl,
};

/// The bot, compiled.
fn bot() -> Option<Command> {
    static BOT: OnceLock<Result<(TempDir, PathBuf), StartError>> = OnceLock::new();
    let (_, program) = skip::unless_missing(BOT.get_or_init(compile).as_ref())?;
    Some(Command::new(program))
}

fn compile() -> Result<(TempDir, PathBuf), StartError> {
    let missing = |program: &str, package| StartError::Missing { program: program.into(), package };
    let runs = |args: &[&str]| Command::new("cc").args(args).output();
    runs(&["--version"]).map_err(|_| missing("cc", "gcc libc6-dev"))?;
    // It finds the header where this machine has headers.
    let found = runs(&["-fsyntax-only", "-include", "strophe.h", "-x", "c", "/dev/null"])?;
    if !found.status.success() {
        return Err(missing("strophe.h", "libstrophe-dev"));
    }
    let folder = tempfile::tempdir()?;
    let program = folder.path().join("bot");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("foreign/strophe/bot.c");
    let mut cc = Command::new("cc");
    cc.args(["-std=c99", "-D_POSIX_C_SOURCE=200809L", "-Wall", "-Wextra", "-Werror", "-o"]);
    let compiled = cc.arg(&program).arg(source).arg("-lstrophe").output()?;
    if compiled.status.success() {
        return Ok((folder, program));
    }
    Err(StartError::Failed {
        server: "libstrophe's bot",
        reason: "is not compiled".to_owned(),
        log: String::from_utf8_lossy(&compiled.stderr).into_owned(),
    })
}

#[tokio::test]
async fn libstrophe_is_a_client() {
    if bot().is_none() {
        return;
    }
    let server = Serve::start();
    for (account, direct_tls) in [(ALICE, false), (ZOE, false), (ALICE, true)] {
        let role = Role {
            kind: "client",
            jid: &format!("{}@localhost/strophe", account.name),
            password: account.password,
            server: if direct_tls { server.direct_tls } else { server.c2s },
            direct_tls,
            ca: server.ca(),
        };
        let met = meet(&server, bot().unwrap(), &role).await;
        assert_eq!(met.way_in, ["SCRAM-SHA-256", "secured"]);
        assert_eq!(met.name, "libstrophe's bot");
    }
}

/// It does so only where a server offers no mechanism of SASL, and ours offers some.
#[tokio::test]
async fn libstrophe_logs_in_by_iq_auth() {
    if bot().is_none() {
        return;
    }
    let server = Serve::without_tls().await;
    let at = without_sasl::before(server.c2s);
    let (kind, jid, password) = ("legacy", "alice@localhost/strophe", ALICE.password);
    let role = Role { kind, jid, password, server: at, direct_tls: false, ca: server.ca() };
    let met = meet(&server, bot().unwrap(), &role).await;
    assert_eq!(met.way_in, ["jabber:iq:auth", "in clear"]);
    let role = Role { password: "looking-glass", ..role };
    miss(&server, bot().unwrap(), &role, "refused", 3).await;
}

#[tokio::test]
async fn libstrophe_is_refused_with_a_wrong_password_and_refuses_a_wrong_certificate() {
    if bot().is_none() {
        return;
    }
    let (server, foreign) = (Serve::start(), foreign_ca());
    let (kind, jid, at) = ("client", "alice@localhost/strophe", server.c2s);
    let password = "looking-glass";
    let role = Role { kind, jid, password, server: at, direct_tls: false, ca: server.ca() };
    miss(&server, bot().unwrap(), &role, "refused", 3).await;
    let role = Role { password: ALICE.password, ca: foreign.path(), ..role };
    miss(&server, bot().unwrap(), &role, "distrusted", 4).await;
}
