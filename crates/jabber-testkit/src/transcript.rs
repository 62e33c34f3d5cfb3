use std::{fs, io, path::Path, sync::Arc};

use jabber_dialect::Protocol;

use crate::{Input, ScriptError, Split, play};

/// A transcript that does not hold.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TranscriptError {
    /// The file cannot be read or written.
    #[error("the transcript's file")]
    File(#[source] io::Error),
    /// A line is none.
    #[error(transparent)]
    Script(#[from] ScriptError),
    /// What happened is not what is written.
    #[error("line {line} of the transcript {}:\n  written: {written}\n happened: {happened}", match .split { Split::None => String::new(), Split::At(at) => format!("(split at byte {at})"), _ => "(byte by byte)".into() })]
    Differs {
        /// The line's number, from 1, in the transcript.
        line: usize,
        /// What stands there.
        written: String,
        /// What happened.
        happened: String,
        /// How the server's bytes were cut.
        split: Split,
    },
}

/// Plays the transcript in the file against a dialect: as it stands, split at every byte of what
/// the server sends, and byte by byte. Each time the effects have to be those that are written.
///
/// With the environment variable `JABBER_BLESS` set, what came of it is written into the file
/// first.
///
/// # Errors
/// With the first difference.
pub fn check(file: &Path, protocol: &Arc<dyn Protocol>) -> Result<(), TranscriptError> {
    let mut written = fs::read_to_string(file).map_err(TranscriptError::File)?;
    let script = Input::read_all(&written)?;
    let inputs: Vec<_> = script.iter().map(|(_, input)| input.clone()).collect();
    if std::env::var_os("JABBER_BLESS").is_some() {
        written = render(&script, &play(protocol, &inputs, Split::None));
        fs::write(file, &written).map_err(TranscriptError::File)?;
    }
    let bytes: usize = inputs
        .iter()
        .map(|input| if let Input::Server(text) = input { text.len() } else { 0 })
        .sum();
    let splits = (1..bytes).map(Split::At);
    for split in [Split::None, Split::Everywhere].into_iter().chain(splits) {
        compare(&written, &render(&script, &play(protocol, &inputs, split)), split)?;
    }
    Ok(())
}

fn render(script: &[(String, Input)], came: &[Vec<String>]) -> String {
    let mut text = String::new();
    for ((comments, input), lines) in script.iter().zip(came) {
        text += comments;
        text += &input.line();
        text.push('\n');
        for line in lines {
            text += line;
            text.push('\n');
        }
    }
    text
}

fn compare(written: &str, happened: &str, split: Split) -> Result<(), TranscriptError> {
    let (mut left, mut right) = (written.lines(), happened.lines());
    for line in 1.. {
        match (left.next(), right.next()) {
            (None, None) => break,
            (a, b) if a == b => {}
            (a, b) => {
                let text = |line: Option<&str>| line.unwrap_or("(nothing)").to_owned();
                let (written, happened) = (text(a), text(b));
                return Err(TranscriptError::Differs { line, written, happened, split });
            }
        }
    }
    Ok(())
}
