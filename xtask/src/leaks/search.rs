//! The search of a text for passwords and proofs. Tests that make a text of their own include this file,
//! `forms.rs` and `proofs.rs`.

use std::collections::HashMap;

use super::forms::Form;
use super::proofs;

/// All that is looked for, by its first bytes.
pub(crate) struct Searcher {
    forms: Vec<Form>,
    starts: HashMap<[u8; 3], Vec<usize>>,
    words: Vec<(usize, String)>,
}

impl Searcher {
    /// Passwords and words, each with its line in the list.
    pub(crate) fn new(passwords: &[(usize, String)], words: &[(usize, String)]) -> Searcher {
        let forms: Vec<Form> =
            passwords.iter().flat_map(|(line, password)| Form::all(*line, password)).collect();
        let mut starts: HashMap<[u8; 3], Vec<usize>> = HashMap::new();
        for (index, form) in forms.iter().enumerate() {
            if let Some(start) = form.bytes.first_chunk() {
                starts.entry(*start).or_default().push(index);
            }
        }
        Searcher { forms, starts, words: words.to_vec() }
    }

    /// What of which password is in the text, such as `the password of line 7, in base64`. What it is
    /// is not said once more.
    pub(crate) fn leaks(&self, text: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut note = |what: String| {
            if !found.contains(&what) {
                found.push(what);
            }
        };
        let bytes = text.as_bytes();
        for (at, start) in bytes.windows(3).enumerate() {
            let Some(forms) = start.first_chunk().and_then(|start| self.starts.get(start)) else {
                continue;
            };
            let here = bytes.get(at..).unwrap_or_default();
            for form in forms.iter().filter_map(|index| self.forms.get(*index)) {
                if here.starts_with(&form.bytes) {
                    note(format!("the password of line {}, {}", form.line, form.how));
                }
            }
        }
        proofs::find(text).into_iter().for_each(&mut note);
        for decoded in proofs::decoded(text) {
            proofs::find(&String::from_utf8_lossy(&decoded)).into_iter().for_each(&mut note);
            for (line, word) in &self.words {
                if decoded.ends_with(format!("\0{word}").as_bytes()) {
                    note(format!("the word of line {line} in a message of PLAIN"));
                }
            }
        }
        for (line, word) in &self.words {
            if text.contains(&format!("<password>{word}</")) {
                note(format!("the word of line {line} as a <password/>"));
            }
        }
        found
    }
}
