//! `--filter` and `--ns`: of the received nodes, only some are printed.

use jabber::{
    ConnectionDetail, ConnectionEvent, Status, StatusEvent,
    filter::{Namespaces, XPath},
};

use super::plan::PlanError;

/// The filter that was asked for. `--ns` without one is checked, and changes nothing.
pub(super) fn filter(text: Option<&str>, prefixes: &[String]) -> Result<Option<XPath>, PlanError> {
    let prefixes = namespaces(prefixes)?;
    let compile = |text: &str| {
        XPath::new(text, &prefixes).map_err(|error| {
            PlanError::new(format!("--filter '{text}': {error}")).advise(
                "a path such as /message[@type='chat']/body or //p:item, with --ns p=URI for the prefix",
            )
        })
    };
    text.map(compile).transpose()
}

fn namespaces(given: &[String]) -> Result<Namespaces, PlanError> {
    given.iter().try_fold(Namespaces::new(), |all, one| {
        let added = match one.split_once('=') {
            Some((prefix, uri)) => all.with(prefix, uri).map_err(|error| error.to_string()),
            None => Err("there is no '='".into()),
        };
        added.map_err(|why| {
            PlanError::new(format!("--ns '{one}': {why}"))
                .advise("PREFIX=URI, such as --ns pubsub=http://jabber.org/protocol/pubsub#event")
        })
    })
}

/// Whether the filter keeps this event from being printed.
pub(super) fn hides(filter: Option<&XPath>, event: &dyn StatusEvent) -> bool {
    let Some(filter) = filter.filter(|_| event.kind() == Status::NodeReceived.into()) else {
        return false;
    };
    match event.as_any().downcast_ref().map(ConnectionEvent::typed) {
        // The element is only looked at; what is printed of it is redacted as always.
        Some(ConnectionDetail::Node(node)) => !filter.matches(node.dangerous_element()),
        // Nothing that a path could start at.
        _ => true,
    }
}
