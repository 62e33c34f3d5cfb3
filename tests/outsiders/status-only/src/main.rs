//! A build pipeline with a log, an alarm and a verdict, all three observers of `jabber-status`.
//!
//! What it takes from there: the event trait, observers that each name the kinds they want, events
//! that are borrowed while they happen and copied only by who keeps them. What it brings: its own
//! vocabulary, in `pipeline.rs`.

use std::sync::mpsc::{Sender, channel};

use jabber_status::{KindSet, Observer, Observers, StatusEvent, observe};
use pipeline::{Progress, Step, Tests};

mod pipeline;

/// Keeps copies of the events that end a run, for whoever asks later.
struct Verdict(Sender<Box<dyn StatusEvent<Step>>>);

impl Observer<Step> for Verdict {
    fn interests(&self) -> KindSet<Step> {
        KindSet::of(&[Step::Failed, Step::Passed])
    }

    fn on_status(&mut self, event: &dyn StatusEvent<Step>) {
        // Nobody listens any more: then nobody wants to know.
        let _ = self.0.send(event.to_boxed());
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (logged, log) = channel();
    let (alarmed, alarms) = channel();
    let (decided, verdicts) = channel();
    let mut observers: Observers<Step> = Observers::new();

    observers.subscribe(Box::new(observe(
        KindSet::full(),
        move |event: &dyn StatusEvent<Step>| {
            let detail = event.detail().map(|detail| format!(": {detail}")).unwrap_or_default();
            println!("#{} {:<8} {}{detail}", event.attempt(), event.phase(), event.kind());
            let _ = logged.send(());
        },
    )));
    observers.subscribe(Box::new(observe(
        KindSet::of(&[Step::Failed]),
        move |event: &dyn StatusEvent<Step>| {
            // The event's own type, where the trait does not say enough.
            let failed = event.as_any().downcast_ref::<Progress>().and_then(|p| p.tests);
            let _ = alarmed.send(failed.map_or(0, |tests| tests.failed));
        },
    )));
    let verdict = observers.subscribe(Box::new(Verdict(decided)));

    build(&mut observers, 1, Tests { passed: 40, failed: 2 });
    build(&mut observers, 2, Tests { passed: 42, failed: 0 });

    observers.unsubscribe(verdict);
    drop(observers);
    let last = verdicts.into_iter().last().ok_or("the pipeline never ended")?;
    println!(
        "pipeline 7: {} at attempt {}; {} steps logged, {} alarm",
        last.kind().to_string().to_lowercase(),
        last.attempt(),
        log.into_iter().count(),
        alarms.into_iter().filter(|failed| *failed == 2).count(),
    );
    Ok(())
}

/// One attempt. Only the first has to be queued: the second runs at once.
fn build(observers: &mut Observers<Step>, attempt: u32, tests: Tests) {
    let mut tell = |step, tests| observers.notify(&Progress { step, attempt, tests });
    if attempt == 1 {
        tell(Step::Queued, None);
    }
    for step in [Step::Fetched, Step::Compiled] {
        tell(step, None);
    }
    tell(Step::Tested, Some(tests));
    tell(if tests.failed == 0 { Step::Passed } else { Step::Failed }, Some(tests));
}
