//! slixmpp, from PyPI, in an environment of its own.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, Output},
};

use jabber_tests::{
    server::{ALICE, StartError, ZOE},
    skip,
};

use crate::{
    bot::Role,
    meeting::{meet, miss},
    serve::{COMPONENT, Serve, foreign_ca},
};

/// What is installed, all of it pinned.
const REQUIREMENTS: &str = include_str!("slixmpp/requirements.txt");

/// The bot, once its library is there.
fn bot() -> Option<Command> {
    let python = skip::unless_missing(installed())?;
    let mut command = Command::new(python);
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("foreign/slixmpp/bot.py"));
    Some(command)
}

/// The Python of an environment that has slixmpp. It is made once, for whichever test comes first,
/// and again if another version is wanted or Python has changed.
fn installed() -> Result<PathBuf, StartError> {
    let missing = |package| StartError::Missing { program: "python3".into(), package };
    let version = run(Command::new("python3").args(["-c", "import sys; print(sys.version)"]))
        .map_err(|_| missing("python3"))?;
    // Debian has what makes environments in a package of its own.
    run(Command::new("python3").args(["-c", "import ensurepip"]))
        .map_err(|_| missing("python3-venv"))?;
    let wanted = format!("{REQUIREMENTS}{version}");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("slixmpp");
    let (python, made_of) = (folder.join("bin/python"), folder.join("made-of"));
    fs::create_dir_all(&folder)?;
    let lock = File::create(folder.with_extension("lock"))?;
    lock.lock()?;
    if fs::read_to_string(&made_of).is_ok_and(|made_of| made_of == wanted) {
        return Ok(python);
    }
    let list = folder.with_extension("txt");
    fs::write(&list, REQUIREMENTS)?;
    let unavailable = |reason| StartError::Unavailable { what: "slixmpp, from PyPI,", reason };
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))
        .map_err(|_| missing("python3-venv"))?;
    let mut pip = Command::new(&python);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
    pip.args(["--retries", "2", "--no-deps", "--requirement"]).arg(&list);
    run(&mut pip).map_err(unavailable)?;
    fs::write(&made_of, wanted)?;
    Ok(python)
}

/// What it prints; if it fails, what it complains about.
fn run(command: &mut Command) -> Result<String, String> {
    let Output { status, stdout, stderr } = command.output().map_err(|it| it.to_string())?;
    let [stdout, stderr] = [stdout, stderr].map(|it| String::from_utf8_lossy(&it).into_owned());
    if status.success() { Ok(stdout) } else { Err(stderr) }
}

#[tokio::test]
async fn slixmpp_is_a_client() {
    let Some(bot) = bot() else { return };
    let server = Serve::start();
    for (account, direct_tls) in [(ALICE, false), (ZOE, false), (ALICE, true)] {
        let role = Role {
            kind: "client",
            jid: &format!("{}@localhost/slixmpp", account.name),
            password: account.password,
            server: if direct_tls { server.direct_tls } else { server.c2s },
            direct_tls,
            ca: server.ca(),
        };
        let met = meet(&server, same(&bot), &role).await;
        assert_eq!(met.way_in, ["SCRAM-SHA-256"]);
        assert_eq!(met.name, "slixmpp's bot");
    }
}

#[tokio::test]
async fn slixmpp_is_a_component() {
    let Some(bot) = bot() else { return };
    let server = Serve::start();
    let (jid, password) = COMPONENT;
    let (kind, at) = ("component", server.components);
    let role = Role { kind, jid, password, server: at, direct_tls: false, ca: server.ca() };
    let met = meet(&server, same(&bot), &role).await;
    assert_eq!(met.way_in, ["handshake"]);
    assert_eq!(met.name, "slixmpp's bot");
    miss(&server, bot, &Role { password: "looking-glass", ..role }, "refused", 3).await;
}

#[tokio::test]
async fn slixmpp_is_refused_with_a_wrong_password_and_refuses_a_wrong_certificate() {
    let Some(bot) = bot() else { return };
    let (server, foreign) = (Serve::start(), foreign_ca());
    let (kind, jid, at) = ("client", "alice@localhost/slixmpp", server.c2s);
    let password = "looking-glass";
    let role = Role { kind, jid, password, server: at, direct_tls: false, ca: server.ca() };
    miss(&server, same(&bot), &role, "refused", 3).await;
    let role = Role { password: ALICE.password, ca: foreign.path(), ..role };
    miss(&server, bot, &role, "distrusted", 4).await;
}

fn same(command: &Command) -> Command {
    let mut same = Command::new(command.get_program());
    same.args(command.get_args());
    same
}
