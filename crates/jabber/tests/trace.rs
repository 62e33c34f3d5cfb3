//! Whole logins, and what of their secrets is in all that is told of them at the level TRACE.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    dead_code,
    reason = "a test fails by panicking"
)]

// The search that `cargo xtask test` makes of all output.
#[path = "../../../xtask/src/leaks/forms.rs"]
mod forms;
#[path = "../../../xtask/src/leaks/proofs.rs"]
mod proofs;
#[path = "../../../xtask/src/leaks/search.rs"]
mod search;

use std::{
    error::Error,
    fmt::{self, Write as _},
    sync::{Arc, Mutex},
};

use futures_util::StreamExt as _;
use jabber::{
    Event, Kind, KindSet, Protocol, Session, Status, StatusEvent, component, jabberd20_component,
    legacy,
    sasl::{Mechanism, Policy},
    xmpp,
};
use jabber_testkit::misbehaving::{Misbehaviour, Server, Step};
use jabber_xml::Item;
use search::Searcher;
use tracing::{
    Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};

/// With markup, and a fullwidth letter that SASLprep (RFC 4013 §2.2) changes.
const PASSWORD: &str = "through&<'\"the-ｌooking-gläss";
const PREPARED: &str = "through&<'\"the-looking-gläss";

/// Writes down all spans and events, each field by its `Debug`.
#[derive(Clone, Default)]
struct Journal(Arc<Mutex<String>>);

struct Fields<'a>(&'a mut String);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        writeln!(self.0, "{}={value:?} {value:#?}", field.name()).unwrap();
    }
}

impl Journal {
    fn note(&self, record: impl FnOnce(&mut Fields<'_>)) {
        record(&mut Fields(&mut self.0.lock().unwrap()));
    }

    fn show(&self, value: &(impl fmt::Debug + ?Sized)) {
        writeln!(self.0.lock().unwrap(), "{value:?} {value:#?}").unwrap();
    }

    fn say(&self, value: &dyn fmt::Display) {
        writeln!(self.0.lock().unwrap(), "{value}").unwrap();
    }

    fn error(&self, error: &(dyn Error + 'static)) {
        for error in std::iter::successors(Some(error), |error| (*error).source()) {
            self.show(error);
            self.say(&error);
        }
    }

    fn status(&self, status: &dyn StatusEvent) {
        self.show(status);
        let told = [status.node(), status.detail()];
        told.into_iter().flatten().for_each(|told| self.say(told));
        if let Some(error) = status.error() {
            self.error(error);
        }
    }
}

impl Subscriber for Journal {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, span: &Attributes<'_>) -> Id {
        self.note(|fields| span.record(fields));
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, values: &Record<'_>) {
        self.note(|fields| values.record(fields));
    }
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &tracing::Event<'_>) {
        self.note(|fields| event.record(fields));
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// One login, from its configuration to its end.
struct Login {
    what: &'static str,
    protocol: Arc<dyn Protocol>,
    server: Server,
    /// What the search finds in what was sent.
    sent: &'static str,
}

#[derive(Debug)]
struct Shared(Arc<dyn Protocol>);

impl Protocol for Shared {
    fn name(&self) -> &'static str {
        self.0.name()
    }
    fn shape(&self) -> jabber_status::Shape {
        self.0.shape()
    }
    fn endpoint(&self) -> jabber_dialect::Endpoint {
        self.0.endpoint()
    }
    fn begin(&self, memory: Option<jabber_dialect::Memory>) -> Box<dyn jabber_dialect::Dialect> {
        self.0.begin(memory)
    }
}

fn logins() -> Vec<Login> {
    let alice = || "alice@localhost/desk".parse::<jabber::Jid>().unwrap();
    let echo = || "echo.localhost".parse::<jabber::Jid>().unwrap();
    let client = move |what, mechanism, sent| Login {
        what,
        protocol: Arc::new(
            xmpp::Config::new(alice(), PASSWORD).with_policy(Policy::only(&[mechanism])),
        ),
        // Who keeps passwords keeps them prepared (RFC 4013 §1).
        server: Server::xmpp(alice(), PREPARED).with_mechanism(mechanism),
        sent,
    };
    let old = move |what, sent, login| Login {
        what,
        protocol: Arc::new(legacy::Config::new(alice(), PASSWORD).unwrap().with_login(login)),
        server: Server::legacy(alice(), PASSWORD),
        sent,
    };
    vec![
        client("xmpp, SCRAM", Mechanism::ScramSha256, "a proof of SCRAM"),
        client("xmpp, DIGEST-MD5", Mechanism::DigestMd5, "a response of DIGEST-MD5"),
        client("xmpp, PLAIN", Mechanism::Plain, "the password of line 2, in base64"),
        old("legacy, digest", "a digest of XEP-0078", legacy::LoginPolicy::DigestOnly),
        old(
            "legacy, plaintext",
            "the password of line 1, as XML escapes it",
            legacy::LoginPolicy::PlaintextOnly,
        ),
        Login {
            what: "component",
            protocol: Arc::new(component::Config::new(echo(), PASSWORD)),
            server: Server::component(echo(), PASSWORD),
            sent: "a handshake of XEP-0114",
        },
        Login {
            what: "jabberd20-component",
            protocol: Arc::new(jabberd20_component::Config::new(echo(), PASSWORD)),
            server: Server::jabberd20_component(echo(), PREPARED),
            sent: "a response of DIGEST-MD5",
        },
    ]
}

fn searcher() -> Searcher {
    let [raw, prepared] = [PASSWORD, PREPARED].map(str::to_owned);
    Searcher::new(&[(1, raw), (2, prepared)], &[])
}

/// The server refuses the last step of it.
fn refuses(mut login: Login) -> Login {
    let mut steps = [Step::Success, Step::Login, Step::Accept].into_iter();
    let step = steps.find(|step| login.server.can(*step, &Misbehaviour::Refuse)).unwrap();
    login.server = login.server.misbehaving(step, Misbehaviour::Refuse);
    login
}

/// Shows all that the facade tells, and gives what was sent.
async fn meets(journal: &Journal, login: Login) -> (Vec<Kind>, String) {
    let transport = login.server.transport();
    journal.show(&*login.protocol);
    let builder =
        Session::builder(Shared(login.protocol)).subscribe(KindSet::ALL).wire(true).tracing();
    journal.show(&builder);
    let mut session = builder.build_with(transport.clone());
    let mut statuses = session.status_stream(KindSet::ALL, 1000);
    session.connect().unwrap();
    let mut kinds = Vec::new();
    if let Err(error) = session.ready().await {
        journal.error(&error);
    }
    journal.show(&session);
    session.shutdown();
    while let Some(event) = session.next().await {
        journal.show(&event);
        match event {
            Event::Status(status) => {
                kinds.push(status.kind());
                journal.status(&*status);
            }
            Event::Wire(item) => journal.say(&item),
            _ => {}
        }
    }
    journal.show(&session.state());
    drop(session);
    while let Some(status) = statuses.next().await {
        journal.status(&*status);
    }
    let heard = transport.heard().into_iter().filter_map(|item| match item {
        Item::Element(element) => Some(element.to_string()),
        _ => None,
    });
    (kinds, heard.collect())
}

#[tokio::test(start_paused = true)]
async fn threat_36_nothing_of_a_login_is_in_a_trace_a_status_or_an_error() {
    let searcher = searcher();
    // One that succeeds, and one that the server refuses.
    for refused in [false, true] {
        for login in logins() {
            let (what, expected) = (login.what, login.sent);
            let login = if refused { refuses(login) } else { login };
            let journal = Journal::default();
            let guard = tracing::subscriber::set_default(journal.clone());
            let (kinds, sent) = meets(&journal, login).await;
            drop(guard);
            let ready = kinds.contains(&Kind::Status(Status::InitFinished));
            assert_eq!(ready, !refused, "{what}: {kinds:?}");
            // It was sent, and the search knows it.
            assert!(searcher.leaks(&sent).contains(&expected.to_owned()), "{what}: not in {sent}");
            let told = journal.0.lock().unwrap();
            // All of it was heard of: the tracer's events, the statuses, the wire.
            for part in ["attempt=1", "Wire(", "PCJ_"] {
                assert!(told.contains(part), "{what}: nothing of {part} in {told}");
            }
            assert_eq!(
                searcher.leaks(&told),
                Vec::<String>::new(),
                "{what}, refused: {refused}\n{told}"
            );
        }
    }
}
