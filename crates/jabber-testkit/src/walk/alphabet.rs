use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::{Input, ScriptError};

/// All that can happen to a connection in a walk, each with a name, and the states in which it can
/// happen.
///
/// It is a text for people to review:
///
/// ```text
/// # A comment.
/// [words]
/// SASL = xmlns='urn:ietf:params:xml:ns:xmpp-sasl'
///
/// [states]
/// the stream header
/// the answer to the login
///
/// [answers]
/// success: S <success {SASL}/>
/// half a node, then the end (ends):
///     S <success
///     E
/// ```
///
/// - **words** are abbreviations for what comes below them.
/// - **states** are the names that the dialect gives what it waits for
///   ([`Dialect::awaiting`](jabber_dialect::Dialect::awaiting)). Each has to be reached, and no
///   other may be.
/// - **answers** are what can happen: one line of a transcript's script, or several, indented.
///   `@ derived` is one line more: the key that was asked for is derived. `{base64:text}` stands for
///   that text in base64.
///
/// Behind an answer's name may stand, in parentheses:
/// - `ends`: wherever it is read, the connection is ending afterwards, or over.
/// - `ignored`: it never makes a difference. What is not marked so has to make one somewhere: who
///   makes none is misspelt.
/// - `once`: it is not taken twice on one way. For what a user does, and what makes the connection
///   remember more with each time.
///
/// # Examples
/// ```
/// use jabber_testkit::walk::Alphabet;
///
/// let alphabet = Alphabet::read("[answers]\nnothing at all (ignored): S \\n\n")?;
/// assert_eq!(alphabet.names().collect::<Vec<_>>(), ["nothing at all"]);
///
/// let error = Alphabet::read("[answers]\nhello: S {WORLD}\n").unwrap_err();
/// assert_eq!(error.line, 2);
/// # Ok::<(), jabber_testkit::ScriptError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Alphabet {
    pub(crate) states: Vec<String>,
    pub(crate) letters: Vec<Letter>,
}

/// One answer.
#[derive(Clone, Debug)]
pub(crate) struct Letter {
    pub(crate) name: String,
    pub(crate) acts: Vec<Act>,
    pub(crate) ends: bool,
    pub(crate) ignored: bool,
    pub(crate) once: bool,
}

/// A line of an answer.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    Input(Input),
    /// The key that was asked for is derived.
    Derived,
}

#[derive(Clone, Copy)]
enum Section {
    None,
    Words,
    States,
    Answers,
}

impl Alphabet {
    /// Reads one.
    ///
    /// # Errors
    /// With the first line that is none: unknown words, placeholders and marks, and names that are
    /// used twice, included.
    pub fn read(text: &str) -> Result<Self, ScriptError> {
        let mut alphabet = Self::default();
        let mut words = Words::default();
        let mut section = Section::None;
        for (at, line) in text.lines().enumerate() {
            let fail = |fault: String| ScriptError { line: at + 1, fault, text: line.to_owned() };
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            section = match (section, line) {
                (_, "[words]") => Section::Words,
                (_, "[states]") => Section::States,
                (_, "[answers]") => Section::Answers,
                (Section::None, _) => return Err(fail("it belongs to no section".into())),
                (Section::Words, _) => {
                    words.define(line).map_err(fail)?;
                    section
                }
                (Section::States, _) => {
                    alphabet.states.push(line.to_owned());
                    section
                }
                (Section::Answers, _) => {
                    alphabet.answer(&words.expand(line).map_err(fail)?).map_err(fail)?;
                    section
                }
            };
        }
        let empty = alphabet.letters.iter().find(|letter| letter.acts.is_empty());
        match empty.map(|letter| letter.name.clone()) {
            Some(text) => Err(ScriptError { line: 0, fault: "nothing happens".into(), text }),
            None => Ok(alphabet),
        }
    }

    /// The answers' names, in their order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.letters.iter().map(|letter| &*letter.name)
    }

    fn answer(&mut self, line: &str) -> Result<(), String> {
        let act = if line.starts_with(' ') {
            line.trim()
        } else {
            let (name, act) = line.split_once(':').ok_or("there is no ':' behind the name")?;
            let letter = Letter::named(name)?;
            if self.letters.iter().any(|other| other.name == letter.name) {
                return Err("there is one of that name already".into());
            }
            self.letters.push(letter);
            act.trim()
        };
        let letter = self.letters.last_mut().ok_or("it belongs to no answer")?;
        match act {
            "" => {}
            "@ derived" => letter.acts.push(Act::Derived),
            _ => {
                let input = Input::read(act)?.ok_or("that does not happen to a connection")?;
                letter.acts.push(Act::Input(input));
            }
        }
        Ok(())
    }
}

impl Letter {
    /// `name`, or `name (mark, mark)`.
    fn named(text: &str) -> Result<Self, String> {
        let (name, marks) = match text.trim().strip_suffix(')').and_then(|it| it.split_once(" (")) {
            Some((name, marks)) => (name, marks.split(", ").collect()),
            None => (text.trim(), Vec::new()),
        };
        let is = |mark| marks.contains(&mark);
        if let Some(mark) = marks.iter().find(|it| !["ends", "ignored", "once"].contains(it)) {
            return Err(format!("nobody knows the mark '{mark}'"));
        }
        let [ends, ignored, once] = ["ends", "ignored", "once"].map(is);
        Ok(Self { name: name.to_owned(), acts: Vec::new(), ends, ignored, once })
    }

    /// What no server says, and no dialect knows.
    pub(crate) fn nonsense() -> Self {
        let said = Act::Input(Input::Server("<nonsense xmlns='urn:jabber:nonsense'/>".into()));
        let name = "nonsense".into();
        Self { name, acts: vec![said], ends: false, ignored: true, once: false }
    }

    /// True where nothing comes of it while nobody reads.
    pub(crate) fn is_said(&self) -> bool {
        let first = self.acts.first();
        matches!(first, Some(Act::Input(Input::Server(_) | Input::Packet(_))))
    }
}

/// Abbreviations.
#[derive(Default)]
struct Words(BTreeMap<String, String>);

impl Words {
    fn define(&mut self, line: &str) -> Result<(), String> {
        let (name, text) = line.split_once(" = ").ok_or("there is no ' = ' behind the word")?;
        let text = self.expand(text)?;
        match self.0.insert(name.to_owned(), text) {
            Some(_) => Err("there is one of that name already".into()),
            None => Ok(()),
        }
    }

    /// Puts in what stands for the words. The placeholders that only a server can fill stay.
    fn expand(&self, text: &str) -> Result<String, String> {
        let mut parts = text.split('{');
        let mut expanded = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (name, rest) = part.split_once('}').ok_or("there is no '}' behind a '{'")?;
            match (name, self.0.get(name), name.strip_prefix("base64:")) {
                (_, Some(text), _) => expanded += text,
                (_, _, Some(text)) => expanded += &STANDARD.encode(text),
                ("id" | "scram-challenge" | "scram-success" | "digest-success", ..) => {
                    expanded += &format!("{{{name}}}");
                }
                _ => return Err(format!("nobody knows {{{name}}}")),
            }
            expanded += rest;
        }
        Ok(expanded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alphabet_is_read() {
        let text = "# c\n[words]\nA = <a/>\nB = {A}{A}\n[states]\nx\n[answers]\n\
            one (ends, once): S {B}{id}\ntwo:\n    S <b\n    E\n    @ derived\n";
        let alphabet = Alphabet::read(text).unwrap();
        assert_eq!(alphabet.states, ["x"]);
        let [one, two] = &alphabet.letters[..] else { panic!("{alphabet:?}") };
        assert!(one.ends && one.once && !one.ignored && one.is_said());
        assert!(matches!(&one.acts[..], [Act::Input(Input::Server(it))] if it == "<a/><a/>{id}"));
        assert!(matches!(
            &two.acts[..],
            [Act::Input(Input::Server(_)), Act::Input(Input::End), Act::Derived]
        ));
    }

    #[test]
    fn what_is_none_is_found_at_its_line() {
        for (text, line, fault) in [
            ("x: E", 1, "no section"),
            ("[answers]\nx", 2, "no ':'"),
            ("[answers]\n    E", 2, "no answer"),
            ("[answers]\nx: E\nx: X", 3, "already"),
            ("[answers]\nx (sometimes): E", 2, "mark 'sometimes'"),
            ("[answers]\nx: S {Y}", 2, "nobody knows {Y}"),
            ("[answers]\nx: S {id", 2, "no '}'"),
            ("[answers]\nx: Q", 2, "not a line"),
            ("[answers]\nx: L", 2, "does not happen"),
            ("[answers]\nx:", 0, "nothing happens"),
            ("[words]\nX", 2, "no ' = '"),
            ("[words]\nX = a\nX = b", 3, "already"),
        ] {
            let error = Alphabet::read(text).unwrap_err();
            assert!(error.line == line && error.fault.contains(fault), "{text:?}: {error}");
        }
    }

    #[test]
    fn base64_is_written_as_it_reads() {
        let alphabet = Alphabet::read("[answers]\nx: S <a>{base64:a=b}</a>\n").unwrap();
        let Act::Input(Input::Server(text)) = &alphabet.letters[0].acts[0] else { panic!() };
        assert_eq!(text, "<a>YT1i</a>");
    }
}
