//! A session, driven by a test, and its witness.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use futures_util::StreamExt;
use jabber::{
    Delivery, Element, Error, Event, Identity, Kind, KindSet, Protocol, RequestError, Session,
    SessionBuilder,
};
use jabber_status::{Shape, observe};
use jabber_tests::server::Account;
use tokio::time::timeout;

use super::{PATIENCE, Secrets, Trace};

/// Drives a session. An observer records all of it; what its stream tells has to be the same.
#[derive(Debug)]
pub(crate) struct Actor {
    pub(crate) session: Session,
    told: Arc<Mutex<Trace>>,
    streamed: Vec<Kind>,
    deliveries: VecDeque<Delivery>,
}

impl Actor {
    /// A client whose password is not to be seen.
    pub(crate) fn client(builder: SessionBuilder, account: Account) -> Self {
        let shape = jabber::xmpp::Config::new(super::jid("a@b"), "").shape();
        Self::new(builder, shape, Secrets::of(account.name, account.password))
    }

    /// A component whose secret is not to be seen.
    pub(crate) fn component(builder: SessionBuilder, secret: &str) -> Self {
        Self::new(builder, Shape::new(), Secrets::of("", secret))
    }

    /// Whatever the dialect.
    pub(crate) fn speaking(
        protocol: impl Protocol + 'static,
        secrets: Secrets,
        set_up: impl FnOnce(SessionBuilder) -> SessionBuilder,
    ) -> Self {
        let shape = protocol.shape();
        Self::new(set_up(Session::builder(protocol)), shape, secrets)
    }

    fn new(builder: SessionBuilder, shape: Shape, secrets: Secrets) -> Self {
        let told = Arc::new(Mutex::new(Trace::new(shape, secrets)));
        let witness = Arc::clone(&told);
        let observer = observe(KindSet::full(), move |event: &dyn jabber::StatusEvent| {
            witness.lock().unwrap().take(event);
        });
        let session = builder.subscribe(KindSet::ALL).observer(observer).build();
        Self { session, told, streamed: Vec::new(), deliveries: VecDeque::new() }
    }

    pub(crate) fn connect(&mut self) {
        self.session.connect().unwrap();
    }

    pub(crate) async fn ready(&mut self) -> Identity {
        let ready = self.try_ready().await;
        ready.unwrap_or_else(|error| panic!("{error}\n{}", self.told()))
    }

    pub(crate) async fn try_ready(&mut self) -> Result<Identity, Error> {
        let ready = timeout(PATIENCE, self.session.ready()).await;
        ready.unwrap_or_else(|_| panic!("it is not ready after\n{}", self.told()))
    }

    pub(crate) async fn send(&mut self, stanza: Element) {
        self.session.send(stanza).await.unwrap();
        self.session.flush().await;
    }

    pub(crate) async fn request(&mut self, stanza: Element) -> Result<Element, RequestError> {
        self.session.request(stanza, PATIENCE).await
    }

    /// The next event that the stream tells; a stanza is also kept.
    pub(crate) async fn next(&mut self) -> Option<Event> {
        let next = timeout(PATIENCE, self.session.next()).await;
        let event = next.unwrap_or_else(|_| panic!("nothing happens after\n{}", self.told()));
        match &event {
            Some(Event::Status(status)) => self.streamed.push(status.kind()),
            Some(Event::Stanza(delivery)) => self.deliveries.push_back(delivery.clone()),
            _ => {}
        }
        event
    }

    /// The stanzas that have come and that nobody has looked at.
    pub(crate) fn delivered(&self) -> impl Iterator<Item = &Element> {
        self.deliveries.iter().map(|delivery| &delivery.stanza)
    }

    /// The next stanza that is no answer.
    pub(crate) async fn stanza(&mut self) -> Element {
        self.delivery().await.stanza
    }

    /// The same, with what it came in.
    pub(crate) async fn delivery(&mut self) -> Delivery {
        loop {
            if let Some(delivery) = self.deliveries.pop_front() {
                return delivery;
            }
            assert!(self.next().await.is_some(), "it ended:\n{}", self.told());
        }
    }

    /// The next stanza that this says yes to; what comes before it is left out.
    pub(crate) async fn first(&mut self, fits: impl Fn(&Element) -> bool) -> Delivery {
        loop {
            let delivery = self.delivery().await;
            if fits(&delivery.stanza) {
                return delivery;
            }
        }
    }

    /// The next message.
    pub(crate) async fn message(&mut self) -> Element {
        self.first(|stanza| stanza.is("message", jabber::ns::CLIENT)).await.stanza
    }

    /// Closes in good order; all that happened.
    pub(crate) async fn close(mut self) -> Trace {
        self.session.shutdown();
        self.until_it_ends().await
    }

    /// Connects, which fails; why, and all that happened.
    pub(crate) async fn fails(mut self) -> (Error, Trace) {
        self.connect();
        let Err(error) = self.try_ready().await else {
            panic!("it is ready, and must not be:\n{}", self.told());
        };
        (error, self.until_it_ends().await)
    }

    /// Until nothing more happens; all that happened.
    pub(crate) async fn until_it_ends(mut self) -> Trace {
        while self.next().await.is_some() {}
        drop(self.session);
        let trace = Arc::into_inner(self.told).unwrap().into_inner().unwrap();
        trace.finish();
        let told: Vec<Kind> = trace.lines.iter().map(|line| line.kind).collect();
        assert_eq!(told, self.streamed, "the observer and the stream differ");
        trace
    }

    /// What was told so far.
    pub(crate) fn told(&self) -> std::sync::MutexGuard<'_, Trace> {
        self.told.lock().unwrap()
    }
}
