//! The stanzas, and what a user does with each: by this crate, and by quick-xml for comparison.

use std::error::Error;

use bytes::BytesMut;
use jabber_xml::{Item, Limits, Scanner, ns};
use quick_xml::events::Event;

/// One read of a socket.
const READ: usize = 64 << 10;
const PUBSUB_EVENT: &str = "http://jabber.org/protocol/pubsub#event";

type Outcome = Result<usize, Box<dyn Error>>;

/// A sort of stanza.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// 214 bytes: a chat message.
    Small,
    /// 1518 bytes: a publish-subscribe event.
    Event,
    /// 19,996 bytes: a contact card.
    Vcard,
}

/// Who reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reader {
    /// This crate: every check, an owned and indexed element, two values read.
    Ours,
    /// quick-xml's events, looked at by kind alone.
    Raw,
    /// quick-xml with namespaces and attributes.
    Namespaces,
}

impl Kind {
    pub(crate) const ALL: [(&'static str, Self); 3] =
        [("small", Self::Small), ("event", Self::Event), ("vcard", Self::Vcard)];

    /// The stanza.
    pub(crate) fn stanza(self) -> String {
        match self {
            Self::Small => small(),
            Self::Event => event(),
            Self::Vcard => vcard(),
        }
    }
}

impl Reader {
    pub(crate) const ALL: [(&'static str, Self); 3] =
        [("ours", Self::Ours), ("raw", Self::Raw), ("ns", Self::Namespaces)];

    /// Reads `count` stanzas from memory; gives a number that depends on what was read.
    pub(crate) fn read(self, kind: Kind, count: usize) -> Outcome {
        let stanza = kind.stanza();
        let block = stanza.repeat((READ * 4 / stanza.len()).min(count).max(1));
        let rounds = count.div_ceil(block.len() / stanza.len());
        match self {
            Self::Ours => ours(kind, block.as_bytes(), rounds),
            Self::Raw => (0..rounds).try_fold(0, |sum, _| Ok(sum + raw(&block)?)),
            Self::Namespaces => (0..rounds).try_fold(0, |sum, _| Ok(sum + namespaces(&block)?)),
        }
    }

    /// How many stanzas a call for `count` really reads: whole blocks.
    pub(crate) fn rounded(kind: Kind, count: usize) -> usize {
        let per_block = (READ * 4 / kind.stanza().len()).min(count).max(1);
        count.div_ceil(per_block) * per_block
    }
}

fn ours(kind: Kind, block: &[u8], rounds: usize) -> Outcome {
    let mut scanner = Scanner::new(Limits::default());
    let mut input = BytesMut::with_capacity(2 * READ);
    input.extend_from_slice(
        b"<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>",
    );
    let mut sum = 0;
    for _ in 0..rounds {
        for read in block.chunks(READ) {
            input.reserve(READ);
            // The kernel would copy this. In pieces, because callgrind counts one long copy
            // (`rep movsb`) as an instruction for each byte.
            for piece in read.chunks(1024) {
                input.extend_from_slice(piece);
            }
            while let Some(item) = scanner.next(&mut input)? {
                let Item::Element(stanza) = item else { continue };
                let from = stanza.attribute("from").unwrap_or_default();
                let value = match kind {
                    Kind::Small => stanza.child("body", ns::CLIENT),
                    Kind::Event => stanza
                        .child("event", PUBSUB_EVENT)
                        .and_then(|event| event.child("items", PUBSUB_EVENT)),
                    Kind::Vcard => stanza
                        .child("vCard", "vcard-temp")
                        .and_then(|card| card.child("FN", "vcard-temp")),
                };
                sum += from.len() + value.map_or(0, |value| value.text().len());
            }
        }
    }
    Ok(sum)
}

fn raw(block: &str) -> Outcome {
    let mut reader = quick_xml::Reader::from_str(block);
    let mut sum = 0;
    loop {
        match reader.read_event()? {
            Event::Eof => return Ok(sum),
            Event::Start(_) | Event::Empty(_) => sum += 1,
            _ => {}
        }
    }
}

fn namespaces(block: &str) -> Outcome {
    let mut reader = quick_xml::NsReader::from_str(block);
    let mut sum = 0;
    loop {
        match reader.read_resolved_event()? {
            (_, Event::Eof) => return Ok(sum),
            (_, Event::Start(tag) | Event::Empty(tag)) => {
                for attribute in tag.attributes() {
                    sum += attribute?.value.len();
                }
            }
            _ => {}
        }
    }
}

fn small() -> String {
    let head = "<message from='sender000001@localhost/r' to='bench.localhost' id='m000001' \
                type='chat'><body>";
    fit(head, "Line 000001: the quick brown fox &amp; the lazy dog ", ".", "</body></message>", 214)
}

fn event() -> String {
    let head = format!(
        "<message from='pubsub.localhost' to='peer@localhost/r' id='e000001' type='headline'>\
         <event xmlns='{PUBSUB_EVENT}'><items node='princely_musings'><item id='a1'>\
         <geoloc xmlns='http://jabber.org/protocol/geoloc' xml:lang='en'>\
         <accuracy>20</accuracy><country>Italy</country><lat>45.44</lat>\
         <locality>Venice</locality><lon>12.33</lon></geoloc></item><item id='f1'>\
         <x xmlns='jabber:x:data' type='result'><field var='a'><value>1</value></field>\
         <field var='b'><value>2</value></field></x></item><item id='z'>\
         <entry xmlns='http://www.w3.org/2005/Atom'><title>Soliloquy</title><link rel='alternate' \
         type='text/html' href='http://denmark.example/2003/12/13/atom03'/><summary>"
    );
    let tail = "</summary><published>2003-12-13T18:30:02Z</published></entry></item></items>\
                </event></message>";
    fit(&head, "To be, or not to be ", ".", tail, 1518)
}

fn vcard() -> String {
    let address = "<ADR><WORK/><EXTADD/><STREET>1899 Wynkoop Street</STREET>\
                   <LOCALITY>Denver</LOCALITY><REGION>CO</REGION><PCODE>80202</PCODE>\
                   <CTRY>USA</CTRY></ADR><TEL><WORK/><VOICE/><NUMBER>303-308-3282</NUMBER></TEL>";
    let head = format!(
        "<iq from='peer@localhost/r' to='bench.localhost' id='v000001' type='result'>\
         <vCard xmlns='vcard-temp'><FN>Peter Saint-Andre</FN><N><FAMILY>Saint-Andre</FAMILY>\
         <GIVEN>Peter</GIVEN></N>{}<DESC>More &lt;information&gt; &amp; so on</DESC>\
         <PHOTO><TYPE>image/png</TYPE><BINVAL>",
        address.repeat(17)
    );
    fit(&head, "iVBORw0KGgoAAAANSUhEUgAAAEAAAABA", "A", "</BINVAL></PHOTO></vCard></iq>", 19_996)
}

/// Head, text and tail, with fill up to exactly `len` bytes.
fn fit(head: &str, text: &str, fill: &str, tail: &str, len: usize) -> String {
    let room = len.saturating_sub(head.len() + text.len() + tail.len());
    format!("{head}{text}{}{tail}", fill.repeat(room))
}
