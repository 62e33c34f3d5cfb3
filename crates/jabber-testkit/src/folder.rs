use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use jabber_dialect::Protocol;

use crate::{Settings, TranscriptError, check};

/// Transcripts of a folder that do not hold, each with its file.
#[derive(Debug)]
#[non_exhaustive]
pub enum FolderError {
    /// The folder cannot be read.
    Folder(io::Error),
    /// There is no transcript in it.
    Empty(PathBuf),
    /// These do not hold.
    Transcripts(Vec<(PathBuf, TranscriptError)>),
    /// The settings of this one make no dialect.
    Settings(PathBuf, String),
}

impl fmt::Display for FolderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(error) => write!(f, "the folder of transcripts: {error}"),
            Self::Empty(folder) => write!(f, "no transcript (*.txt) in {}", folder.display()),
            Self::Settings(file, fault) => write!(f, "{}: # config: {fault}", file.display()),
            Self::Transcripts(faults) => {
                write!(f, "{} of the transcripts do not hold", faults.len())?;
                let mut faults = faults.iter();
                faults.try_for_each(|(file, fault)| write!(f, "\n{}: {fault}", file.display()))
            }
        }
    }
}

impl std::error::Error for FolderError {}

/// Checks every transcript (`*.txt`) in a folder, on all processors, and gives their number.
/// `protocol` makes the dialect that a transcript's [`Settings`] ask for.
///
/// # Errors
/// With all that do not hold; or when there is none.
///
/// # Examples
/// ```no_run
/// use std::{path::Path, sync::Arc};
///
/// let count = jabber_testkit::check_folder(Path::new("tests/transcripts"), |settings| {
///     let secret = settings.get("secret").unwrap_or("secret");
///     let domain = "echo.localhost".parse().map_err(|error| format!("{error}"))?;
///     Ok(Arc::new(jabber_component::Config::new(domain, secret)))
/// })?;
/// # Ok::<(), jabber_testkit::FolderError>(())
/// ```
pub fn check_folder<F>(folder: &Path, protocol: F) -> Result<usize, FolderError>
where
    F: Fn(&Settings) -> Result<Arc<dyn Protocol>, String>,
{
    let mut work = Vec::new();
    for entry in fs::read_dir(folder).map_err(FolderError::Folder)? {
        let file = entry.map_err(FolderError::Folder)?.path();
        if file.extension().is_none_or(|extension| extension != "txt") {
            continue;
        }
        let settings = Settings::of(&fs::read_to_string(&file).map_err(FolderError::Folder)?);
        match protocol(&settings) {
            Ok(protocol) => work.push((file, protocol)),
            Err(fault) => return Err(FolderError::Settings(file, fault)),
        }
    }
    if work.is_empty() {
        return Err(FolderError::Empty(folder.to_owned()));
    }
    let count = work.len();
    let mut faults = run(work);
    faults.sort_by(|(a, _), (b, _)| a.cmp(b));
    if faults.is_empty() { Ok(count) } else { Err(FolderError::Transcripts(faults)) }
}

type Work = Vec<(PathBuf, Arc<dyn Protocol>)>;

/// Each processor takes the next one.
fn run(work: Work) -> Vec<(PathBuf, TranscriptError)> {
    let (work, faults) = (Mutex::new(work), Mutex::new(Vec::new()));
    let next = || work.lock().unwrap_or_else(PoisonError::into_inner).pop();
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some((file, protocol)) = next() {
                    if let Err(fault) = check(&file, &protocol) {
                        let mut faults = faults.lock().unwrap_or_else(PoisonError::into_inner);
                        faults.push((file, fault));
                    }
                }
            });
        }
    });
    faults.into_inner().unwrap_or_else(PoisonError::into_inner)
}
