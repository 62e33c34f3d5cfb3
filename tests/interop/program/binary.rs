//! The program: where it is, made anew if it is older than what it is made of.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
    time::SystemTime,
};

/// The program of the same profile as this test, beside it.
pub(crate) fn path() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| {
        // TARGET/PROFILE/deps/THIS
        let this = env::current_exe().unwrap();
        let folder = this.parent().unwrap().parent().unwrap();
        let program = folder.join(format!("jabber{}", env::consts::EXE_SUFFIX));
        if is_stale(&program) {
            build(folder);
        }
        assert!(program.is_file(), "{} was not made", program.display());
        program
    })
}

/// Cargo lists what a program was made of in a `.d` file beside it.
fn is_stale(program: &Path) -> bool {
    let (Some(made), Ok(list)) = (time(program), fs::read_to_string(program.with_extension("d")))
    else {
        return true;
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let (_, sources) = list.split_once(": ").unwrap_or_default();
    // A blank within a name is escaped.
    let sources = sources.trim().replace("\\ ", "\0");
    let sources = sources.split_whitespace().map(|source| source.replace('\0', " ").into());
    let mut all = sources.chain([root.join("Cargo.lock"), root.join("Cargo.toml")]);
    all.any(|source: PathBuf| time(&source).is_none_or(|changed| changed > made))
}

fn time(file: &Path) -> Option<SystemTime> {
    fs::metadata(file).and_then(|it| it.modified()).ok()
}

fn build(folder: &Path) {
    let profile = match folder.file_name().and_then(|name| name.to_str()) {
        Some("debug") => "dev",
        Some(name) => name,
        None => panic!("{}", folder.display()),
    };
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "--package", "jabber-cli", "--bin", "jabber"]);
    cargo.args(["--profile", profile, "--target-dir"]).arg(folder.parent().unwrap());
    cargo.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."));
    assert!(cargo.status().unwrap().success(), "the program cannot be built");
}
