//! A transcript that does not hold must be found out, at the right line, whatever is wrong.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod liar;

use std::{fs, sync::Arc};

use jabber_dialect::Protocol;
use jabber_security::Security;
use jabber_testkit::{
    Difference, FolderError, Input, Split, TranscriptError, check, check_folder, play,
};

use liar::{Liar, Lie};

const GOOD: &str = "\
# A whole connection.
@ connect
! PCJ_CONNECT
! PCJ_CONNECTING
! PCJ_CONNECTED | not encrypted, but private to this machine
C <?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' to='echo.localhost'>
! PCJ_STREAMSTART
! PCJ_NODESENT
S <stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' id='s1'>
! PCJ_AUTHNEGOTIATE | handshake over stream id 's1'
C <handshake>3d1121b21f6287dc58010ebe9a95fa84ee2483d4</handshake>
! PCJ_NODESENT | <handshake>[redacted]</handshake>
S <handshake/>
! PCJ_NODERECEIVED
! PCJ_AUTHSUCCESS | echo.localhost
! PCJ_INIT_FINISHED | echo.localhost

# The server says good-bye.
S </stream:stream>
C </stream:stream>
! PCJ_STREAMEND
L
! PCJ_SOCKETDISCONNECT | the server closed the stream while we waited for stanzas | by Peer; retry Later
# That was all.
";

fn component() -> Arc<dyn Protocol> {
    let domain = "echo.localhost".parse().unwrap();
    Arc::new(jabber_component::Config::new(domain, "secret"))
}

fn run(text: &str, protocol: &Arc<dyn Protocol>) -> Result<(), TranscriptError> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("it.txt");
    fs::write(&file, text).unwrap();
    let result = check(&file, protocol);
    // Without JABBER_BLESS nothing is ever written.
    assert_eq!(fs::read_to_string(file).unwrap(), text);
    result
}

fn difference(text: &str) -> Difference {
    match run(text, &component()) {
        Err(TranscriptError::Differs(difference)) => difference,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_holds_is_accepted_with_its_comments() {
    run(GOOD, &component()).unwrap();
}

#[test]
fn each_line_of_what_happened_counts() {
    for (at, line) in GOOD.lines().enumerate() {
        if !line.starts_with(['C', '!', 'L']) {
            continue;
        }
        let changed: Vec<_> = GOOD
            .lines()
            .enumerate()
            .map(|(n, text)| if n == at { format!("{text}x") } else { text.to_owned() })
            .collect();
        if line != "L" {
            let found = difference(&(changed.join("\n") + "\n"));
            assert_eq!((found.line, found.split), (at + 1, Split::None), "{line}");
            assert_eq!(found.written.first(), Some(&format!("{line}x")));
            assert_eq!(found.happened.first().map(String::as_str), Some(line));
        }

        let without: Vec<_> =
            GOOD.lines().enumerate().filter(|(n, _)| *n != at).map(|(_, text)| text).collect();
        assert_eq!(difference(&(without.join("\n") + "\n")).line, at + 1, "without {line}");
    }
}

#[test]
fn a_difference_is_shown_with_its_surroundings() {
    let found = difference(&GOOD.replace("AUTHSUCCESS", "BINDSUCCESS")).to_string();
    let expected = [
        "line 15 differs, played as it stands:",
        "    14 ! PCJ_NODERECEIVED",
        "  - 15 ! PCJ_BINDSUCCESS | echo.localhost",
        "  + 15 ! PCJ_AUTHSUCCESS | echo.localhost",
    ];
    for line in expected {
        assert!(found.lines().any(|shown| shown == line), "{line} in\n{found}");
    }
    assert!(found.lines().count() <= 13, "{found}");
    let ends = difference(&GOOD.replace("! PCJ_INIT_FINISHED | echo.localhost\n", ""));
    assert!(ends.to_string().contains("+ 16 ! PCJ_INIT_FINISHED"), "{ends}");
    let cut = difference(GOOD.split_inclusive("L\n").next().unwrap()).to_string();
    assert!(cut.contains("- 23 (the end)"), "{cut}");
}

#[test]
fn lines_that_are_none_are_told() {
    for (text, line) in [
        ("@ connect\nfoo\n", 2),
        ("@ connect maybe\n", 1),
        ("@ wait x\n", 1),
        ("@ connect\nS a\\q\n", 2),
        ("# x\n\n@ send <a\n", 3),
        ("T maybe\n", 1),
        ("E now\n", 1),
        ("@ purge all\n", 1),
    ] {
        match run(text, &component()) {
            Err(TranscriptError::Script(error)) => assert_eq!(error.line, line, "{error}"),
            other => panic!("{text:?}: {other:?}"),
        }
    }
    let gone = check("/nonexistent/it.txt".as_ref(), &component());
    assert!(matches!(gone, Err(TranscriptError::File(_))), "{gone:?}");
}

/// The script of a login with the liar, which only waits for `<go/>`.
const LIAR: &str = "@ connect\nS <stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' id='s1' version='1.0'><go xmlns='urn:liar'/>\n@ halt\n";

fn fault(lie: Lie) -> (String, String) {
    match run(LIAR, &(Arc::new(Liar::new(lie)) as _)) {
        Err(TranscriptError::Fault { fault, input }) => (fault, input),
        other => panic!("{other:?}"),
    }
}

/// In debug builds the connection itself notices, and panics.
#[test]
fn a_breach_of_the_grammar_is_a_fault() {
    let (fault, input) = fault(Lie::Order);
    assert!(fault.contains("PCJ_BINDSUCCESS"), "{fault}");
    assert!(input.starts_with("S <stream"), "{input}");
}

#[test]
fn a_status_with_the_wrong_attempt_is_a_fault() {
    let (fault, _) = fault(Lie::Attempt);
    assert!(fault.contains("attempt"), "{fault}");
}

#[test]
fn a_panic_is_a_fault() {
    let (fault, input) = fault(Lie::Panic);
    assert_eq!(fault, "panicked: it fell over");
    assert!(input.starts_with("S <stream"), "{input}");
}

/// It does something else from the second attempt on: what is written is the first.
#[test]
fn what_depends_on_anything_else_is_found_by_playing_again() {
    let header = LIAR.lines().nth(1).and_then(|line| line.strip_prefix("S ")).unwrap();
    let inputs = [Input::Connect(Security::Private), Input::Server(header.into())];
    let came = play(&(Arc::new(Liar::new(Lie::Memory)) as _), &inputs, Split::None);
    let written: Vec<_> = ["@ connect", &format!("S {header}")]
        .into_iter()
        .zip(&came)
        .flat_map(|(input, lines)| [input.to_owned()].into_iter().chain(lines.iter().cloned()))
        .collect();
    match run(&(written.join("\n") + "\n"), &(Arc::new(Liar::new(Lie::Memory)) as _)) {
        Err(TranscriptError::Differs(difference)) => {
            assert_eq!(difference.split, Split::Everywhere, "{difference}");
            let shown = difference.to_string();
            assert!(shown.contains("C <again") && shown.contains("byte by byte"), "{shown}");
        }
        other => panic!("{other:?}"),
    }
}

/// Each split is played: the liar only lies in the attempt that it is told.
#[test]
fn every_split_is_played() {
    let header = LIAR.lines().nth(1).and_then(|line| line.strip_prefix("S ")).unwrap();
    let text = format!("@ connect\nS {header}\n");
    let inputs = [Input::Connect(Security::Private), Input::Server(header.into())];
    let lines = play(&(Arc::new(Liar::new(Lie::Late(usize::MAX))) as _), &inputs, Split::None);
    let written = text
        .lines()
        .zip(&lines)
        .map(|(input, lines)| format!("{input}\n{}\n", lines.join("\n")))
        .collect::<String>();
    // As it stands, byte by byte, and one for each byte but the first.
    for at in 1..header.len() {
        match run(&written, &(Arc::new(Liar::new(Lie::Late(at + 1))) as _)) {
            Err(TranscriptError::Differs(found)) => assert_eq!(found.split, Split::At(at)),
            other => panic!("{at}: {other:?}"),
        }
    }
    run(&written, &(Arc::new(Liar::new(Lie::Late(header.len() + 1))) as _)).unwrap();
}

#[test]
fn a_login_that_the_server_refuses_is_a_fault() {
    let script = "@ connect\nS {scram-challenge}\n";
    match run(script, &component()) {
        Err(TranscriptError::Fault { fault, .. }) => assert!(fault.contains("SASL"), "{fault}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_folder_tells_all_that_do_not_hold() {
    let folder = tempfile::tempdir().unwrap();
    let protocol = |_: &_| Ok(component());
    let empty = check_folder(folder.path(), protocol);
    assert!(matches!(empty, Err(FolderError::Empty(_))), "{empty:?}");
    for (name, text) in
        [("a.txt", GOOD), ("b.txt", &GOOD.replace("CONNECTED", "x")), ("c.txt", "?"), ("d.md", "x")]
    {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let error = check_folder(folder.path(), protocol).unwrap_err();
    let FolderError::Transcripts(faults) = &error else { panic!("{error}") };
    let names: Vec<_> = faults.iter().map(|(file, _)| file.file_name().unwrap()).collect();
    assert_eq!(names, ["b.txt", "c.txt"]);
    assert!(error.to_string().starts_with("2 of the transcripts"), "{error}");

    let settings = check_folder(folder.path(), |_| Err("no".into()));
    assert!(matches!(settings, Err(FolderError::Settings(_, _))), "{settings:?}");
}
