use futures_util::StreamExt;
use jabber::{Event, KindSet, Session, SessionBuilder, Status};
use tokio::time::Instant;

use super::Outcome;
use crate::{args::Dialect, output::Printers};

/// A session whose statuses are printed.
pub(super) struct Actor {
    pub(super) session: Session,
    printer: Option<Box<dyn crate::output::Printer>>,
    start: Instant,
}

/// What all actors have in common.
pub(super) struct Stage<'a> {
    pub(super) tcp: jabber::Tcp,
    pub(super) printers: &'a Printers,
    /// Whose statuses are printed; empty: everybody's.
    pub(super) shown: &'a [Dialect],
    pub(super) start: Instant,
}

impl Stage<'_> {
    pub(super) fn actor(
        &self,
        dialect: Dialect,
        label: &'static str,
        builder: SessionBuilder,
    ) -> Actor {
        let shown = self.shown.is_empty() || self.shown.contains(&dialect);
        Actor {
            session: builder
                .transport(self.tcp.clone())
                .subscribe(KindSet::ALL)
                .wire(self.printers.show_wire())
                .build(),
            printer: shown.then(|| self.printers.labelled(label)),
            start: self.start,
        }
    }
}

impl Actor {
    pub(super) async fn ready(&mut self) -> Outcome {
        self.session.connect()?;
        loop {
            match self.next().await? {
                Some(Event::Status(status)) if status.kind() == Status::InitFinished.into() => {
                    return Ok(());
                }
                Some(_) => {}
                None => {
                    self.session.ready().await?;
                }
            }
        }
    }

    /// The next event, printed.
    pub(super) async fn next(&mut self) -> Result<Option<Event>, std::io::Error> {
        let event = self.session.next().await;
        let elapsed = self.start.elapsed();
        match (&event, &mut self.printer) {
            (Some(Event::Status(status)), Some(printer)) => printer.status(&**status, elapsed)?,
            (Some(Event::Wire(item)), Some(printer)) => printer.wire(item, elapsed)?,
            _ => {}
        }
        Ok(event)
    }

    pub(super) async fn close(&mut self) -> Outcome {
        self.session.shutdown();
        while self.next().await?.is_some() {}
        Ok(())
    }
}
