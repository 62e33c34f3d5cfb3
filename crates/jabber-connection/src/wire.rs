//! What is on the wire, for those who want to see all of it.

use std::{fmt, time::Duration};

use jabber_dialect::{Redacted, Redaction};
use jabber_status::Stamp;
use jabber_xml::Element;

use crate::{Effects, core::Core};

/// Someone who is shown everything that is on the wire, both ways, inline and in order: the XML tap.
///
/// Statuses tell what happened, and leave out the header that was received, stream ends and white
/// space; a tap leaves out nothing but what cannot be read as XML, which SOCKETDISCONNECT tells
/// with its condition. What was sent is shown as it is appended to the write buffer, what was
/// received as it is taken in, both before the status that tells of it.
///
/// Any `FnMut(&Wire<'_>) + Send` is a tap.
pub trait Tap: Send {
    /// Is shown one item.
    fn on_wire(&mut self, item: &Wire<'_>);

    /// Whether it wants no more, ever. It is removed when the next item would have come to it.
    fn is_done(&self) -> bool {
        false
    }
}

impl<F: FnMut(&Wire<'_>) + Send> Tap for F {
    fn on_wire(&mut self, item: &Wire<'_>) {
        self(item);
    }
}

/// One item on the wire, borrowed. Its `Display` is its text as it is there, with secrets redacted
/// by the kind of the element; it is only made where it is asked for.
pub struct Wire<'a> {
    direction: Direction,
    part: Part,
    stamp: Stamp,
    at: Duration,
    bytes: &'a [u8],
    redaction: &'a dyn Fn() -> Redaction,
}

/// Which way an item goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From us to the peer.
    Sent,
    /// From the peer to us.
    Received,
}

impl Direction {
    /// `sent` or `received`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Received => "received",
        }
    }
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// A stream header, with its XML declaration.
    Header,
    /// A top-level element: a stanza, or what a negotiation is made of, or a stream error.
    Node,
    /// The end tag of a stream.
    End,
    /// White space between elements, which keeps a connection alive (RFC 6120 §4.6.1).
    Space,
}

impl Wire<'_> {
    /// Which way it goes.
    #[must_use]
    pub const fn direction(&self) -> Direction {
        self.direction
    }

    /// What it is.
    #[must_use]
    pub const fn part(&self) -> Part {
        self.part
    }

    /// The phase, the attempt's number and the dialect.
    #[must_use]
    pub const fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// When: the time since the driver's start.
    #[must_use]
    pub const fn at(&self) -> Duration {
        self.at
    }

    /// How many bytes it has on the wire.
    #[must_use]
    pub const fn byte_len(&self) -> usize {
        self.bytes.len()
    }

    /// The bytes on the wire, **with their secrets**: what a tap does with them is its own
    /// responsibility.
    #[must_use]
    pub const fn dangerous_bytes(&self) -> &[u8] {
        self.bytes
    }
}

impl fmt::Display for Wire<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Both ways it was checked to be UTF-8, or is our own.
        let text = std::str::from_utf8(self.bytes).unwrap_or_default();
        Redacted::text(text, (self.redaction)()).fmt(f)
    }
}

impl fmt::Debug for Wire<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the text: stanzas are private.
        f.debug_struct("Wire")
            .field("direction", &self.direction)
            .field("part", &self.part)
            .field("stamp", &self.stamp)
            .field("at", &self.at)
            .field("byte_len", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

/// What is to be hidden in an element, asked for late.
type Rule<'a> = &'a dyn Fn(&Element) -> Redaction;

impl Core {
    /// Shows what stands in the write buffer behind its first `from` bytes.
    pub(crate) fn show_sent(&self, part: Part, from: usize, effects: &mut impl Effects) {
        self.show_written(part, from, &|| Redaction::Nothing, effects);
    }

    /// Shows the node that stands in the write buffer behind its first `from` bytes.
    pub(crate) fn show_node_sent(
        &self,
        from: usize,
        element: &Element,
        rule: Rule<'_>,
        effects: &mut impl Effects,
    ) {
        self.show_written(Part::Node, from, &|| rule(element), effects);
    }

    fn show_written(
        &self,
        part: Part,
        from: usize,
        redaction: &dyn Fn() -> Redaction,
        effects: &mut impl Effects,
    ) {
        if effects.tap().is_none() {
            return;
        }
        // Out of the sink for a moment, so that the sink can be called: nothing is copied.
        let written = std::mem::take(effects.transmit());
        let bytes = written.get(from..).unwrap_or_default();
        self.show(Direction::Sent, part, bytes, redaction, effects);
        *effects.transmit() = written;
    }

    /// Shows a node that was received.
    pub(crate) fn show_node_received(
        &self,
        element: &Element,
        rule: Rule<'_>,
        effects: &mut impl Effects,
    ) {
        let bytes = element.as_str().as_bytes();
        self.show(Direction::Received, Part::Node, bytes, &|| rule(element), effects);
    }

    /// Shows what was received outside of elements: white space, and what stands behind it.
    pub(crate) fn show_recorded(&mut self, part: Option<Part>, effects: &mut impl Effects) {
        if effects.tap().is_none() {
            return;
        }
        let recorded = self.scanner.take_recorded();
        let text = recorded.trim_ascii_start();
        let space = recorded.len().saturating_sub(text.len());
        let space = recorded.get(..space).unwrap_or_default();
        for (part, bytes) in [(Some(Part::Space), space), (part, text)] {
            if let (Some(part), false) = (part, bytes.is_empty()) {
                let nothing = || Redaction::Nothing;
                self.show(Direction::Received, part, bytes, &nothing, effects);
            }
        }
    }

    fn show(
        &self,
        direction: Direction,
        part: Part,
        bytes: &[u8],
        redaction: &dyn Fn() -> Redaction,
        effects: &mut impl Effects,
    ) {
        if let Some(tap) = effects.tap() {
            let (stamp, at) = (self.stamp(), self.now);
            tap.on_wire(&Wire { direction, part, stamp, at, bytes, redaction });
        }
    }
}
