//! What the optional features add.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, in its helpers too"
)]

#[cfg(feature = "serde")]
mod serde {
    use jabber_status::{ErrorStatus, Extra, Kind, Phase, Status};

    #[test]
    fn by_their_names() {
        for kind in Kind::all() {
            let json = serde_json::to_string(&kind).unwrap();
            assert_eq!(json, format!("\"{kind}\""));
            assert_eq!(serde_json::from_str::<Kind>(&json).unwrap(), kind);
        }
        let all = (Status::Connect, ErrorStatus::AuthFail, Extra::Redirect, Phase::Ready);
        let json = serde_json::to_string(&all).unwrap();
        assert_eq!(json, r#"["PCJ_CONNECT","PCJ_AUTHFAIL","PCJ_REDIRECT","ready"]"#);
        let back: (Status, ErrorStatus, Extra, Phase) = serde_json::from_str(&json).unwrap();
        assert_eq!(back, all);
    }

    #[test]
    fn readers_that_lend_nothing_do_too() {
        let value = serde_json::Value::String("PCJ_CONNECT".into());
        assert_eq!(serde_json::from_value::<Status>(value).unwrap(), Status::Connect);
        let escaped: Status = serde_json::from_str(r#""PCJ\u005fCONNECT""#).unwrap();
        assert_eq!(escaped, Status::Connect);
    }

    #[test]
    fn another_name_is_an_error() {
        let error = serde_json::from_str::<Status>("\"PCJ_READY\"").unwrap_err();
        assert!(error.to_string().contains("is not the name of a status"), "{error}");
    }
}

#[cfg(feature = "tracing")]
mod tracing {
    use std::any::Any;
    use std::fmt::{self, Display, Write};
    use std::io;
    use std::sync::{Arc, Mutex};

    use jabber_status::{
        ErrorStatus, Extra, Kind, KindSet, Observer, Phase, Status, StatusEvent, Tracer,
    };
    use tracing::field::{Field, Visit};
    use tracing::span::{Attributes, Id, Record};
    use tracing::{Level, Metadata, Subscriber};

    #[derive(Debug)]
    struct Event {
        kind: Kind,
        node: Option<Node>,
        error: Option<io::Error>,
    }

    /// Counts how often it is formatted.
    #[derive(Clone, Debug)]
    struct Node(Arc<Mutex<u32>>);

    impl Display for Node {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            *self.0.lock().unwrap() += 1;
            f.write_str("<presence/>")
        }
    }

    impl StatusEvent for Event {
        fn kind(&self) -> Kind {
            self.kind
        }

        fn phase(&self) -> Phase {
            Phase::Ready
        }

        fn attempt(&self) -> u32 {
            2
        }

        fn dialect(&self) -> &'static str {
            "xmpp"
        }

        fn node(&self) -> Option<&dyn Display> {
            self.node.as_ref().map(|node| node as &dyn Display)
        }

        fn error(&self) -> Option<&(dyn std::error::Error + 'static)> {
            self.error.as_ref().map(|error| error as _)
        }

        fn as_any(&self) -> &dyn Any {
            self
        }

        fn to_boxed(&self) -> Box<dyn StatusEvent> {
            Box::new(Self { kind: self.kind, node: self.node.clone(), error: None })
        }
    }

    /// Writes one line per event.
    #[derive(Clone)]
    struct Lines(Level, Arc<Mutex<Vec<String>>>);

    struct Line(String);

    impl Visit for Line {
        fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
            write!(self.0, " {}={value:?}", field.name()).unwrap();
        }
    }

    impl Subscriber for Lines {
        fn enabled(&self, metadata: &Metadata<'_>) -> bool {
            *metadata.level() <= self.0
        }

        fn event(&self, event: &tracing::Event<'_>) {
            let metadata = event.metadata();
            let mut line = Line(format!("{} {}", metadata.level(), metadata.target()));
            event.record(&mut line);
            self.1.lock().unwrap().push(line.0);
        }

        fn new_span(&self, _: &Attributes<'_>) -> Id {
            Id::from_u64(1)
        }

        fn record(&self, _: &Id, _: &Record<'_>) {}
        fn record_follows_from(&self, _: &Id, _: &Id) {}
        fn enter(&self, _: &Id) {}
        fn exit(&self, _: &Id) {}
    }

    fn lines(level: Level, event: &Event) -> Vec<String> {
        let lines = Lines(level, Arc::default());
        let dispatch = tracing::Dispatch::new(lines.clone());
        tracing::dispatcher::with_default(&dispatch, || Tracer::new().on_status(event));
        lines.1.lock().unwrap().clone()
    }

    fn event(kind: impl Into<Kind>) -> Event {
        Event { kind: kind.into(), node: None, error: None }
    }

    #[test]
    fn every_field() {
        let node = Some(Node(Arc::default()));
        let lines = lines(Level::TRACE, &Event { node, ..event(Status::NodeSent) });
        assert_eq!(lines.len(), 1);
        for part in [
            "TRACE jabber::node ",
            "message=PCJ_NODESENT",
            "code=12",
            "phase=ready",
            "attempt=2",
            "dialect=\"xmpp\"",
            "node=<presence/>",
        ] {
            assert!(lines[0].contains(part), "{part} in {}", lines[0]);
        }
        assert!(!lines[0].contains("error=") && !lines[0].contains("detail="), "{}", lines[0]);
    }

    #[test]
    fn targets_and_levels() {
        for (kind, start) in [
            (Kind::from(Status::InitFinished), "INFO jabber::status"),
            (Status::AuthNegotiate.into(), "DEBUG jabber::status"),
            (Status::RtsFinish.into(), "TRACE jabber::node"),
            (ErrorStatus::AuthFail.into(), "ERROR jabber::error"),
            (ErrorStatus::SocketDisconnect.into(), "INFO jabber::error"),
            (Extra::ReconnectWait.into(), "INFO jabber::extra"),
            (Extra::ReconnectStopped.into(), "WARN jabber::extra"),
        ] {
            let lines = lines(Level::TRACE, &event(kind));
            assert!(lines[0].starts_with(start), "{}", lines[0]);
        }
        let error = Some(io::Error::other("reset by peer"));
        let lines = lines(Level::WARN, &Event { error, ..event(ErrorStatus::SocketDisconnect) });
        assert!(lines[0].starts_with("WARN jabber::error"), "{}", lines[0]);
        assert!(lines[0].contains("error=reset by peer"), "{}", lines[0]);
    }

    #[test]
    fn a_node_that_nobody_wants_is_not_formatted() {
        let formatted = Arc::new(Mutex::new(0));
        let node = || Some(Node(Arc::clone(&formatted)));
        assert!(lines(Level::DEBUG, &Event { node: node(), ..event(Status::NodeSent) }).is_empty());
        assert_eq!(*formatted.lock().unwrap(), 0);
        lines(Level::TRACE, &Event { node: node(), ..event(Status::NodeSent) });
        assert_eq!(*formatted.lock().unwrap(), 1);
    }

    #[test]
    fn it_wants_what_it_is_told_to() {
        assert_eq!(Tracer::default().interests(), KindSet::ALL);
        assert_eq!(Tracer::of(KindSet::LIFECYCLE).interests(), KindSet::LIFECYCLE);
    }
}
