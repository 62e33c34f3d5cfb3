use std::{fs, io, path::Path, sync::Arc};

use jabber_dialect::Protocol;

use crate::{Difference, ScriptError, Split, play::replay, script::Script};

/// A transcript that does not hold.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TranscriptError {
    /// The file cannot be read or written.
    #[error("the transcript's file: {0}")]
    File(#[from] io::Error),
    /// A line is none.
    #[error(transparent)]
    Script(#[from] ScriptError),
    /// What happened is not what is written.
    #[error("{0}")]
    Differs(Difference),
    /// What must never be: a breach of the grammar, a panic. It cannot be blessed.
    #[error("{fault}\n  of: {input}")]
    Fault {
        /// What it is.
        fault: String,
        /// The script's line that it came of.
        input: String,
    },
}

/// Plays the transcript in the file against a dialect: as it stands, split at every byte of what
/// the server sends, and byte by byte. Each time the effects have to be those that are written.
///
/// With the environment variable `JABBER_BLESS` set, what came of it is written into the file
/// first.
///
/// # Errors
/// With the first difference; or, whatever is written, when the connection breaks the lifecycle's
/// grammar or panics.
pub fn check(file: &Path, protocol: &Arc<dyn Protocol>) -> Result<(), TranscriptError> {
    let mut written = fs::read_to_string(file)?;
    let script = Script::read(&written)?;
    let mut keys = Vec::new();
    let played = replay(protocol, &script.inputs, Split::None, &mut keys);
    refuse_faults(&script, &played.lines)?;
    let expected = render(&script, &played.lines);
    if std::env::var_os("JABBER_BLESS").is_some() && written != expected {
        fs::write(file, &expected)?;
        written = expected;
    }
    let compare = |lines: &[Vec<String>], split| {
        let difference = Difference::of(&written, &render(&script, lines), split);
        difference.map_or(Ok(()), |difference| Err(TranscriptError::Differs(difference)))
    };
    compare(&played.lines, Split::None)?;
    let splits = (1..played.bytes).map(Split::At);
    for split in [Split::Everywhere].into_iter().chain(splits) {
        let lines = replay(protocol, &script.inputs, split, &mut keys).lines;
        if lines != played.lines {
            compare(&lines, split)?;
        }
    }
    Ok(())
}

fn refuse_faults(script: &Script, came: &[Vec<String>]) -> Result<(), TranscriptError> {
    for (input, lines) in script.lines.iter().zip(came) {
        if let Some(fault) = lines.iter().find_map(|line| line.strip_prefix("? ")) {
            let input = input.lines().last().unwrap_or_default().to_owned();
            return Err(TranscriptError::Fault { fault: fault.to_owned(), input });
        }
    }
    Ok(())
}

fn render(script: &Script, came: &[Vec<String>]) -> String {
    let mut text = String::new();
    for (input, lines) in script.lines.iter().zip(came) {
        text += input;
        for line in lines {
            text += line;
            text.push('\n');
        }
    }
    text + &script.rest
}
