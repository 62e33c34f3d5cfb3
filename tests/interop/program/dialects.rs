//! The dialects beside XMPP and XEP-0114, on every server that speaks them.

use std::path::Path;

use jabber_tests::{
    jabberd2::{LIMITED_USER, ROUTER_REALM, ROUTER_SECRET, ROUTER_USER},
    server::{ALICE, Account, SPACEY, ZOE},
};

use super::{
    Told, connect,
    run::{Connect, ca_file},
};
use crate::support::{Place, Which, row};

const VERSION: &str = "<iq type='get' to='localhost'><query xmlns='jabber:iq:version'/></iq>";

fn servers() -> Option<[Place; 3]> {
    Some([Which::Prosody.start()?, Which::Ejabberd.start()?, Which::Jabberd2.start()?])
}

fn legacy(place: &Place, ca: &Path, account: Account, direct: bool) -> Connect {
    let at = if direct { place.server.direct_tls() } else { place.server.c2s() };
    let run = connect(account.name, account.password, ["--dialect", "legacy"]);
    run.arg("--jid")
        .arg(format!("{}@localhost/program", account.name))
        .arg("--server")
        .arg(at.to_string())
        .arg("--tls")
        .arg(if direct { "direct" } else { "off" })
        .arg("--tls-ca")
        .arg(ca)
}

#[test]
fn legacy_on_each_server() {
    let Some(places) = servers() else { return };
    for place in &places {
        let ca = ca_file(&*place.server);
        for (account, direct) in [(ALICE, false), (ALICE, true), (ZOE, false), (SPACEY, true)] {
            let _row = row(format!("{} direct {direct} on {}", account.name, place.which));
            let run = legacy(place, ca.path(), account, direct).arg("--request").arg(VERSION).run();
            let run = run.ends_with(0);
            let tls = if direct { "TLS_ESTABLISHED " } else { "" };
            assert_eq!(
                run.steps(),
                format!(
                    "CONNECT CONNECTING {tls}CONNECTED STREAMSTART AUTHNEGOTIATE AUTHSUCCESS \
                     INIT_FINISHED RTS_START RTS_FINISH SHUTDOWN_START STREAMEND SOCKETDISCONNECT \
                     SHUTDOWN_FINISH"
                )
            );
            answered(&run);
            assert_eq!(run.stderr, "");
        }
        let _row = row(place.which);
        let wrong = Account { name: "alice", password: "looking-glass" };
        let run = legacy(place, ca.path(), wrong, false).run().ends_with(12);
        assert_eq!(run.find("PCJ_AUTHFAIL")["condition"], "not-authorized");
        // Another domain than the certificate's.
        let run =
            legacy(place, ca.path(), ALICE, true).arg("--tls-name").arg("elsewhere.test").run();
        run.ends_with(11);
        // It has none.
        let options = ["--dialect", "legacy", "--jid", "alice@localhost", "--tls", "starttls"];
        let at = place.server.c2s().to_string();
        let run = connect("alice", ALICE.password, options).arg("--server").arg(at).run();
        let run = run.ends_with(2);
        assert!(run.stderr.contains("STARTTLS"), "{run:?}");
    }
}

fn answered(run: &Told) {
    let [answer] = run.answers()[..] else { panic!("{run:?}") };
    assert_eq!((&answer["request"], &answer["outcome"]), (&0.into(), &"result".into()));
}

fn router(place: &Place, ca: &Path, name: &str, user: &str, secret: &str) -> Connect {
    let at = place.server.component().to_string();
    let options = ["--dialect", "jabberd20-component", "--jid", name, "--username", user];
    let run = connect(user, secret, options).arg("--server").arg(at);
    run.arg("--tls-ca").arg(ca).arg("--tls-name").arg(ROUTER_REALM)
}

#[test]
fn jabberd20_component_on_jabberd2() {
    let Some(place) = Which::Jabberd2.start() else { return };
    let ca = ca_file(&*place.server);
    let version = VERSION.replace("<iq ", "<iq from='program.test' ");
    for tls in ["starttls", "off"] {
        let _row = row(tls);
        let run = router(&place, ca.path(), "program.test", ROUTER_USER, ROUTER_SECRET)
            .arg("--tls")
            .arg(tls)
            .arg("--request")
            .arg(&version)
            .arg("--request")
            .arg(
                "<bind xmlns='http://jabberd.jabberstudio.org/ns/component/1.0' name='more.test'/>",
            )
            .run()
            .ends_with(0);
        let handshake = match tls {
            "off" => "",
            _ => "SSLNEGOTIATE SSLSUCCESS STREAMSTART ",
        };
        let expected = format!(
            "CONNECT CONNECTING CONNECTED STREAMSTART {handshake}AUTHNEGOTIATE AUTHSUCCESS \
             STREAMSTART BINDNEGOTIATE BINDSUCCESS INIT_FINISHED "
        );
        assert!(run.steps().starts_with(&expected), "{run:?}");
        assert_eq!(run.answers().len(), 2, "{run:?}");
        assert!(run.answers().iter().all(|answer| answer["outcome"] == "result"), "{run:?}");
        assert_eq!(run.stderr, "");
    }
    let run = router(&place, ca.path(), "program.test", ROUTER_USER, "a wrong secret")
        .run()
        .ends_with(12);
    assert_eq!(run.find("PCJ_AUTHFAIL")["condition"], "not-authorized");
    // Not its own name, and a name that is taken.
    for (name, user, code) in
        [("program.test", LIMITED_USER, "403"), ("localhost", ROUTER_USER, "409")]
    {
        let run = router(&place, ca.path(), name, user, ROUTER_SECRET).run().ends_with(13);
        assert!(run.steps().ends_with("BINDNEGOTIATE BINDFAIL STREAMEND SOCKETDISCONNECT"));
        let why = run.find("PCJ_BINDFAIL")["detail"].as_str().unwrap();
        assert!(why.contains(code), "{why}");
    }
    // Nobody has bound that: the answer is an error, and the connection stands.
    let lost = version.replace("to='localhost'", "to='nowhere.test'");
    let run = router(&place, ca.path(), "program.test", ROUTER_USER, ROUTER_SECRET)
        .arg("--request")
        .arg(lost);
    let run = run.run().ends_with(18);
    assert_eq!(run.answers()[0]["outcome"], "error");
}

#[test]
fn component_on_each_server() {
    use jabber_tests::server::{COMPONENT, COMPONENT_SECRET};

    let Some(places) = servers() else { return };
    let version = VERSION.replace("<iq ", "<iq from='comp.localhost' ");
    for place in &places {
        let _row = row(place.which);
        let at = place.server.component().to_string();
        let run = |secret: &str| {
            let options = ["--dialect", "component", "--jid", COMPONENT, "--server", &at];
            connect("", secret, options).arg("--request").arg(&version).run()
        };
        answered(&run(COMPONENT_SECRET).ends_with(0));
        let wrong = run("a wrong secret").ends_with(12);
        assert_eq!(wrong.find("PCJ_AUTHFAIL")["condition"], "not-authorized");
    }
}

#[test]
fn xmpp_on_each_server() {
    let Some(places) = servers() else { return };
    for place in &places {
        let ca = ca_file(&*place.server);
        let run = |at: String, domain: &str, account: Account, tls: &str| {
            let jid = format!("{}@{domain}/program", account.name);
            let options = ["--jid", &jid, "--server", &at, "--tls", tls];
            let run = connect(account.name, account.password, options);
            let request = VERSION.replace("localhost", domain);
            run.arg("--tls-ca").arg(ca.path()).arg("--request").arg(request).run()
        };
        let (c2s, required) = (place.server.c2s(), place.server.c2s_required());
        let direct = place.server.direct_tls();
        for (at, domain, account, tls) in [
            (c2s, "localhost", ALICE, "starttls"),
            (required, "jabber.test", ZOE, "starttls"),
            (direct, "jabber.test", SPACEY, "direct"),
            (c2s, "localhost", ZOE, "off"),
        ] {
            let _row = row(format!("{} at {domain}, {tls}, on {}", account.name, place.which));
            answered(&run(at.to_string(), domain, account, tls).ends_with(0));
        }
        let wrong = Account { name: "alice", password: "looking-glass" };
        run(c2s.to_string(), "localhost", wrong, "starttls").ends_with(12);
    }
}
