//! What a walk is for has to be found by it: dialects and alphabets with a fault of each sort.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod clumsy;

use std::sync::Arc;

use clumsy::{Clumsy, Fault};
use jabber_security::Security;
use jabber_testkit::walk::{Alphabet, Bounds, Case, Walk};

const ALPHABET: &str = "\
[words]
STREAM = <stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' id='s1'>
SASL = xmlns='urn:ietf:params:xml:ns:xmpp-sasl'

[states]
the stream header
the features
the outcome

[answers]
header: S {STREAM}
features: S <stream:features><mechanisms {SASL}><mechanism>PLAIN</mechanism></mechanisms></stream:features>
success: S <success {SASL}/>
failure: S <failure {SASL}/>
message (ignored): S <message/>
stream error (ends): S <stream:error/>
end (ends): E
";

fn walk(alphabet: &str, fault: Fault) -> Walk {
    let case = Case::new("it", Arc::new(Clumsy::new(fault)), jabber_testkit::encrypted());
    let bounds = Bounds::default().with_states(50);
    Walk::new(Alphabet::read(alphabet).unwrap())
        .with_case(case.with_password(clumsy::PASSWORD))
        .with_bounds(bounds)
}

/// The problems that are found.
fn problems(walk: &Walk) -> Vec<String> {
    match walk.walk() {
        Ok(walked) => panic!("nothing was found:\n{walked}"),
        Err(error) => {
            let shown = error.to_string();
            assert!(error.problems.iter().take(1).all(|it| shown.contains(it)), "{shown}");
            error.problems
        }
    }
}

fn finds(walk: &Walk, problem: &str) {
    let problems = problems(walk);
    assert!(problems.iter().any(|it| it.contains(problem)), "{problems:#?}");
}

#[test]
fn who_has_no_fault_is_walked() {
    let walked = walk(ALPHABET, Fault::None).walk().unwrap_or_else(|error| panic!("{error}"));
    assert_eq!((walked.happy(), walked.depth()), (3, 3));
    assert!(walked.pairs() >= 7 * 5, "{walked}");
}

#[test]
fn the_faults_of_a_dialect_are_found() {
    for (fault, problem) in [
        (Fault::Panics, "it > header > features: it panicked: it fell over"),
        (Fault::BreaksTheOrder, "PCJ_AUTHSUCCESS must not come in state stream"),
        (Fault::LogsInUnasked, "<auth/> was sent, and the server has not asked for it"),
        (
            Fault::TakesMessageForSuccess,
            "AUTHSUCCESS was fired, and the server has not accepted us",
        ),
        (Fault::ShowsThePassword, "the password is in the dialect's Debug"),
        (Fault::TellsThePassword, "the password is told: ! PCJ_AUTHFAIL"),
        (
            Fault::CountsSecretly,
            "> message: something else comes of it than by way of header > features:",
        ),
        (Fault::CountsWithoutEnd, "it: a bound was reached with"),
        (Fault::IsNeverReady, "it: it never gets ready"),
    ] {
        let problem = problem.replace("it > ", "it: ");
        finds(&walk(ALPHABET, fault), &problem);
    }
}

#[test]
fn what_may_not_cross_a_pipe_is_found() {
    let case = Case::new("it", Arc::new(Clumsy::new(Fault::None)), Security::Private);
    let alphabet = Alphabet::read(ALPHABET).unwrap();
    let walk = Walk::new(alphabet).with_case(case.with_password(clumsy::PASSWORD));
    finds(&walk, "<auth/> was sent on a pipe that is not encrypted, but private to this machine");
    finds(&walk, "the password crossed a pipe that it may not cross");
}

#[test]
fn the_faults_of_an_alphabet_are_found() {
    for (from, to, problem) in [
        ("<message/>", "<success {SASL}/>", "is said to be ignored makes a difference: message"),
        ("message (ignored)", "message", "an answer never makes a difference: message"),
        ("<failure {SASL}/>", "<refusal {SASL}/>", "an answer never makes a difference: failure"),
        ("success:", "success (ends):", "header > features > success: the connection goes on"),
        ("the features", "the feature", "a state is not in the alphabet: the features"),
        ("the features", "the feature", "a state was never reached: the feature"),
        ("success:", "success (once):", "never taken in 'stanzas': success"),
    ] {
        finds(&walk(&ALPHABET.replace(from, to), Fault::None), problem);
    }
}

#[test]
fn a_bound_that_is_too_near_is_found() {
    let walk = walk(ALPHABET, Fault::None);
    finds(&walk.clone().with_bounds(Bounds::default().with_depth(4)), "not two beyond the longest");
    finds(&walk.with_bounds(Bounds::default().with_depth(1)), "a bound was reached with");
}

#[test]
fn a_drawing_that_has_changed_is_found() {
    if std::env::var_os("JABBER_BLESS").is_some() {
        return;
    }
    let walked = walk(ALPHABET, Fault::None).walk().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("it.md");
    let drawing = walked.drawing("# It");
    std::fs::write(&file, &drawing).unwrap();
    walked.check_drawing(&file, "# It").unwrap();
    std::fs::write(&file, drawing.replace("failure", "failing")).unwrap();
    let error = walked.check_drawing(&file, "# It").unwrap_err().to_string();
    assert!(error.contains("- failing") && error.contains("+ failure"), "{error}");
    assert!(error.contains("JABBER_BLESS=1"), "{error}");
}
