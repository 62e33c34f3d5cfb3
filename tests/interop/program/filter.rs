//! `--filter` and `--ns`: of the received nodes only some are printed, all else as always.

use jabber_tests::prosody::{ALICE, Prosody};

use super::{Told, connect, run::ca_file};

/// Alice writes to herself three times and asks the server, whose answer comes last.
fn talk(server: &Prosody, filter: &[&str]) -> Told {
    let (ca, at) = (ca_file(server), server.c2s().to_string());
    let jid = "alice@localhost/filter";
    let mut run = connect("alice", ALICE.password, ["--jid", jid, "--server", &at])
        .arg("--tls-ca")
        .arg(ca.path())
        .arg("--request")
        .arg("<iq type='get' to='localhost'><query xmlns='jabber:iq:version'/></iq>");
    for (id, inside) in [
        ("one", "<active xmlns='http://jabber.org/protocol/chatstates'/>"),
        ("two", "<body>hi</body>"),
        ("three", "<subject>it ends</subject>"),
    ] {
        let message = format!("<message type='chat' to='{jid}' id='{id}'>{inside}</message>");
        run = run.arg("--send").arg(message);
    }
    filter.iter().fold(run, |run, option| run.arg(option)).run().ends_with(0)
}

/// The received nodes that were printed: messages by their id, others by their name.
fn received(told: &Told) -> Vec<String> {
    let name = |xml: &str| {
        let id = ["one", "two", "three"].into_iter().find(|id| xml.contains(&format!("'{id}'")));
        let name = || xml.trim_start_matches('<').split([' ', '>', '/']).next().unwrap().to_owned();
        id.map_or_else(name, str::to_owned)
    };
    told.nodes("PCJ_NODERECEIVED").into_iter().map(name).collect()
}

#[test]
fn only_what_matches_is_printed() {
    let Some(server) = Prosody::shared() else { return };
    let whole = talk(server, &[]);
    let all = received(&whole);
    assert!(all.ends_with(&["one", "two", "three", "iq"].map(str::to_owned)), "{all:?}");
    let states = "s=http://jabber.org/protocol/chatstates";
    for (filter, expected) in [
        (&["--filter", "/message[body or subject]"][..], &["two", "three"][..]),
        (&["--filter", "subject[. = 'it ends']/text()"], &["three"]),
        (&["--filter", "/message[@type='chat' and not(body)]/@id"], &["one", "three"]),
        (&["--filter", "/*[s:active]", "--ns", states], &["one"]),
        (
            &["--filter", "//t:*[1]", "--ns", states, "--ns", "t=urn:ietf:params:xml:ns:xmpp-tls"],
            &["stream:features", "proceed"],
        ),
        (&["--filter", "//nothing"], &[]),
        (&["--ns", states], &all.iter().map(String::as_str).collect::<Vec<_>>()),
    ] {
        let told = talk(server, filter);
        assert_eq!(received(&told), expected, "{filter:?}");
        // All else is as without; that `seq` has no gaps is checked for every run.
        assert_eq!(told.steps(), whole.steps(), "{filter:?}");
        assert_eq!(told.nodes("PCJ_NODESENT").len(), whole.nodes("PCJ_NODESENT").len());
        assert_eq!(told.answers().len(), 1, "{filter:?}");
    }
}

#[test]
fn mistakes_are_told_before_anything_is_connected() {
    for (options, said) in [
        (&["--filter", "/message["][..], &["--filter '/message['", "column 10", "try:"][..]),
        (&["--filter", "count(body)"], &["column 1", "'count()'"]),
        (&["--filter", "body/.."], &["column 6", "parent"]),
        (&["--filter", "body | subject"], &["column 6", "*[self::a or self::b]"]),
        (&["--filter", "s:active"], &["column 1", "the prefix 's' is not declared", "--ns"]),
        (&["--filter", ""], &["column 1"]),
        (&["--filter", "s:active", "--ns", "s"], &["--ns 's'", "'='", "PREFIX=URI"]),
        (&["--filter", "body", "--ns", "=urn:x"], &["--ns '=urn:x'", "name"]),
        (&["--filter", "body", "--ns", "s="], &["--ns 's='", "no namespace"]),
        (&["--filter", "body", "--ns", "xmlns=urn:x"], &["reserved"]),
        (&["--filter", "body", "--ns", "s=urn:x", "--ns", "s=urn:y"], &["two namespaces"]),
        // One that is not used is looked at, too.
        (&["--ns", "1=urn:x"], &["--ns '1=urn:x'", "name"]),
    ] {
        // Nobody is there: to have tried would be exit status 10.
        let run = connect("alice", "wonderland", ["--jid", "alice@localhost", "--server"]);
        let run = run.arg("127.0.0.1:1");
        let told = options.iter().fold(run, |run, option| run.arg(option)).run().ends_with(2);
        assert!(told.lines.is_empty(), "{told:?}");
        for text in said {
            assert!(told.stderr.contains(text), "{options:?}: {text:?} is not in {told:?}");
        }
    }
}
