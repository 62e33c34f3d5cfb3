//! Holds a server in the background, for experiments by hand.

mod facts;

use std::{
    env,
    fs::{self, File, Permissions},
    io::{self, BufRead, BufReader, Read, Write},
    os::unix::{
        fs::PermissionsExt,
        net::{UnixListener, UnixStream},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use thiserror::Error;

use crate::{
    ejabberd::{self, Ejabberd},
    jabberd2::{self, Jabberd2},
    prosody::{self, Prosody},
    server::{Release, Server, StartError},
};

/// Longer than any server takes to start.
const DEADLINE: Duration = Duration::from_secs(60);
/// The socket, in the folder.
const SOCKET: &str = "keeper.socket";
/// What the keeper says when something is wrong, in the folder.
const OUTPUT: &str = "keeper.output";

/// Why there is no server, or still one.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum KeeperError {
    /// No such server is known.
    #[error(
        "no server is called {0:?}; there are prosody, ejabberd, jabberd2, prosody13 and ejabberd24"
    )]
    Unknown(String),
    /// One runs there already.
    #[error("a server runs in {} already; see `cargo xtask servers status`", .0.display())]
    Running(PathBuf),
    /// None runs there.
    #[error("no server runs in {}", .0.display())]
    NotRunning(PathBuf),
    /// Another one runs there.
    #[error("the server in {} is {found}", folder.display())]
    Another {
        /// Where.
        folder: PathBuf,
        /// Its name.
        found: String,
    },
    /// The server did not start.
    #[error("{0}; `cargo xtask setup` installs what is missing")]
    Start(#[from] StartError),
    /// The keeper did not start the server; this is what it said.
    #[error("it did not start:\n{0}")]
    Keeper(String),
    /// The folder, its socket or a process made trouble.
    #[error("{0}")]
    Io(#[from] io::Error),
}

/// Starts a server in the background and returns what there is to know about it.
///
/// # Errors
///
/// [`KeeperError::Running`], or why it did not start.
pub fn up(name: &str, folder: &Path) -> Result<String, KeeperError> {
    known(name)?;
    fs::create_dir_all(folder)?;
    let folder = folder.canonicalize()?;
    if UnixStream::connect(folder.join(SOCKET)).is_ok() {
        return Err(KeeperError::Running(folder));
    }
    let output = File::create(folder.join(OUTPUT))?;
    // As for any temporary folder: the account that the server runs as makes and removes its own.
    let temporary = folder.join("server");
    fs::create_dir_all(&temporary)?;
    fs::set_permissions(&temporary, Permissions::from_mode(0o1777))?;
    let mut command = Command::new(env::current_exe()?);
    command.arg("keep").arg(name).arg(&folder).env("TMPDIR", &temporary).current_dir("/");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(output).process_group(0);
    let mut keeper = command.spawn()?;
    let end = Instant::now() + DEADLINE;
    loop {
        if let Ok(text) = ask(&folder, "status") {
            return Ok(text);
        }
        if keeper.try_wait()?.is_some() || Instant::now() >= end {
            let _ = keeper.kill();
            return Err(KeeperError::Keeper(fs::read_to_string(folder.join(OUTPUT))?));
        }
        thread::sleep(Duration::from_millis(20));
    }
}

/// Ends the server and returns when it is gone.
///
/// # Errors
///
/// [`KeeperError::NotRunning`] or [`KeeperError::Another`].
pub fn down(name: &str, folder: &Path) -> Result<String, KeeperError> {
    status(name, folder)?;
    ask(folder, "down")?;
    Ok(format!("{name} is down"))
}

/// What there is to know about a server that runs: ports, accounts, how to connect.
///
/// # Errors
///
/// [`KeeperError::NotRunning`] or [`KeeperError::Another`].
pub fn status(name: &str, folder: &Path) -> Result<String, KeeperError> {
    known(name)?;
    let text = ask(folder, "status").map_err(|_| KeeperError::NotRunning(folder.to_owned()))?;
    let found = text.split_whitespace().next().unwrap_or_default().to_lowercase();
    if found == name {
        Ok(text)
    } else {
        Err(KeeperError::Another { folder: folder.to_owned(), found })
    }
}

/// The keeper itself: starts the server, answers until it is told to end it.
///
/// # Errors
///
/// Why the server did not start, or what the socket says.
pub fn keep(name: &str, folder: &Path) -> Result<String, KeeperError> {
    let mut server = start(name)?;
    let authority = folder.join("ca.pem");
    fs::write(&authority, server.authority().pem())?;
    let facts = facts::text(&*server, &authority);
    let socket = folder.join(SOCKET);
    let _ = fs::remove_file(&socket);
    let listener = UnixListener::bind(&socket)?;
    for stream in listener.incoming() {
        let mut stream = stream?;
        let mut line = String::new();
        BufReader::new(&stream).read_line(&mut line)?;
        if line.trim() == "down" {
            if server.stop().is_err() {
                server.kill()?;
            }
            // With it goes its folder.
            drop(server);
            fs::remove_file(&socket)?;
            break;
        }
        // Who asks may be gone.
        let _ = stream.write_all(facts.as_bytes());
    }
    Ok(String::new())
}

fn start(name: &str) -> Result<Box<dyn Server>, KeeperError> {
    Ok(match name {
        "prosody" => Box::new(Prosody::start(&prosody::Options::new())?),
        "ejabberd" => Box::new(Ejabberd::start(&ejabberd::Options::new())?),
        "jabberd2" => Box::new(Jabberd2::start(&jabberd2::Options::new())?),
        "prosody13" => {
            Box::new(Prosody::start(&prosody::Options::new().release(Release::Backports))?)
        }
        "ejabberd24" => {
            Box::new(Ejabberd::start(&ejabberd::Options::new().release(Release::Backports))?)
        }
        _ => return Err(KeeperError::Unknown(name.to_owned())),
    })
}

fn known(name: &str) -> Result<(), KeeperError> {
    if ["prosody", "ejabberd", "jabberd2", "prosody13", "ejabberd24"].contains(&name) {
        Ok(())
    } else {
        Err(KeeperError::Unknown(name.to_owned()))
    }
}

/// A line to the keeper, and all that it answers until it closes.
fn ask(folder: &Path, line: &str) -> io::Result<String> {
    let mut stream = UnixStream::connect(folder.join(SOCKET))?;
    stream.set_read_timeout(Some(DEADLINE))?;
    writeln!(stream, "{line}")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}
