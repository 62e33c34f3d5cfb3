//! Tracing spans of connections and of what they are at.

use tracing::Span;
use tracing::field::Empty;

use crate::{ErrorStatus, Kind, Phase, Status, StatusEvent};

/// What a connection is at. Finer than [`Phase`]: each step of the negotiation is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Connecting,
    Stream,
    Tls,
    Auth,
    Bind,
    Session,
    Ready,
    Closing,
}

/// The spans of the attempt that lives, opened and closed by its statuses.
#[derive(Debug)]
pub(crate) struct Spans {
    /// First, so that it is dropped before what it lies in.
    stage: Option<(Stage, Span)>,
    connection: Span,
    /// SHUTDOWN_START came, so SHUTDOWN_FINISH is the end.
    shutdown: bool,
}

impl Spans {
    pub(crate) const fn new() -> Self {
        Self { stage: None, connection: Span::none(), shutdown: false }
    }

    /// Calls `emit` within the spans that the event belongs to, with whether a shutdown was asked
    /// for.
    pub(crate) fn around(
        &mut self,
        event: &dyn StatusEvent,
        domain: Option<&str>,
        emit: impl FnOnce(bool),
    ) {
        self.begin(event, domain);
        let emit = || emit(self.shutdown);
        self.connection.in_scope(|| match &self.stage {
            Some((_, span)) => span.in_scope(emit),
            None => emit(),
        });
        self.end(event);
    }

    /// What begins with the event.
    fn begin(&mut self, event: &dyn StatusEvent, domain: Option<&str>) {
        let kind = event.kind();
        if kind == Kind::Status(Status::Connect) {
            // The stage lies within the connection, and ends first.
            self.stage = None;
            self.shutdown = false;
            self.connection = tracing::info_span!(
                target: "jabber::connection",
                "connection",
                dialect = event.dialect(),
                attempt = event.attempt(),
                domain = domain.map(display),
                error = Empty,
            );
            self.enter(Stage::Connecting);
        }
        if self.stage.is_none() {
            return;
        }
        let begun = match kind {
            Kind::Status(Status::SslNegotiate) => Some(Stage::Tls),
            Kind::Status(Status::AuthNegotiate) => Some(Stage::Auth),
            Kind::Status(Status::BindNegotiate) => Some(Stage::Bind),
            Kind::Status(Status::SessionNegotiate) => Some(Stage::Session),
            Kind::Status(Status::InitFinished) => Some(Stage::Ready),
            Kind::Error(ErrorStatus::SocketDisconnect) => Some(Stage::Closing),
            // Whatever comes behind a cause or the peer's end, SHUTDOWN_START included.
            _ if event.phase() == Phase::Closing => Some(Stage::Closing),
            _ => None,
        };
        if let Some(stage) = begun {
            self.enter(stage);
        }
        match kind {
            Kind::Status(Status::ShutdownStart) => self.shutdown = true,
            Kind::Error(ErrorStatus::SocketDisconnect) => {}
            Kind::Error(error) => {
                self.connection.record("error", error.name());
            }
            _ => {}
        }
    }

    /// What ends with the event.
    fn end(&mut self, event: &dyn StatusEvent) {
        match event.kind() {
            Kind::Status(
                Status::Connected
                | Status::SslSuccess
                | Status::AuthSuccess
                | Status::BindSuccess
                | Status::SessionSuccess,
            ) if self.stage.is_some() => self.enter(Stage::Stream),
            Kind::Status(Status::ShutdownFinish) => self.close(),
            Kind::Error(ErrorStatus::ConnectFail | ErrorStatus::SocketDisconnect)
                if !self.shutdown =>
            {
                self.close();
            }
            _ => {}
        }
    }

    fn enter(&mut self, stage: Stage) {
        if self.stage.as_ref().is_some_and(|(current, _)| *current == stage) {
            return;
        }
        // The old one ends before the new one begins.
        self.stage = None;
        let span = self.connection.in_scope(|| stage.span());
        self.stage = Some((stage, span));
    }

    fn close(&mut self) {
        *self = Self::new();
    }
}

impl Stage {
    /// A span's name must be constant at each place.
    fn span(self) -> Span {
        macro_rules! span {
            ($name:literal) => {
                tracing::debug_span!(target: "jabber::phase", $name)
            };
        }
        match self {
            Self::Connecting => span!("connecting"),
            Self::Stream => span!("stream"),
            Self::Tls => span!("tls"),
            Self::Auth => span!("auth"),
            Self::Bind => span!("bind"),
            Self::Session => span!("session"),
            Self::Ready => span!("ready"),
            Self::Closing => span!("closing"),
        }
    }
}
