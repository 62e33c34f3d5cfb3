//! A status as a transcript's line.

use std::{error::Error, fmt::Write};

use jabber_connection::{Detail, Event};
use jabber_status::{Kind, StatusEvent};

use crate::escape::escape;

/// `! PCJ_NAME`, and behind it what an observer is told besides.
pub(crate) fn describe(event: &dyn StatusEvent) -> String {
    let mut line = format!("! {}", event.kind());
    let own = event.as_any().downcast_ref::<Event>().map(Event::typed);
    match (event.kind(), event.error(), own) {
        (Kind::Error(_), Some(error), own) => {
            append_chain(&mut line, error);
            if let Some(Detail::Failed(_, retry)) = own {
                let by = error.downcast_ref::<jabber_connection::Error>();
                let by = by.map(|error| match error.condition() {
                    Some(condition) => format!("by {:?}, {condition}; ", error.by()),
                    None => format!("by {:?}; ", error.by()),
                });
                append(&mut line, &format!("{}retry {retry:?}", by.unwrap_or_default()));
            }
        }
        (_, _, Some(Detail::Node(node) | Detail::Request(_, node))) => {
            let (seen, wire) = (node.to_string(), node.dangerous_element());
            if seen != wire.as_str() {
                append(&mut line, &seen);
            }
        }
        _ => {
            if let Some(detail) = event.detail() {
                append(&mut line, &detail.to_string());
            }
        }
    }
    line
}

/// The error's text and those of its sources, where they are not a part of it.
fn append_chain(line: &mut String, error: &(dyn Error + 'static)) {
    let mut next = Some(error);
    while let Some(error) = next {
        let text = error.to_string();
        // The line has it escaped.
        if !line.contains(&escape(text.as_bytes())) {
            append(line, &text);
        }
        next = error.source();
    }
}

fn append(line: &mut String, text: &str) {
    // Writing to a string cannot fail.
    let _ = write!(line, " | {}", escape(text.as_bytes()));
}
