//! What the server says: stanzas of four sizes, whose `from` and `<body>` are 124 bytes together.

/// 24 bytes.
const FROM: &str = "peer@localhost/orchard-1";
/// 100 bytes once its entity is one byte.
const BODY: &str = "Line 000042: the quick brown fox &amp; its friends jump over the lazy dogs that \
                    sleep in the warm sunlit";

/// What a stanza is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A chat message of 214 bytes.
    Small,
    /// A pubsub event of some 1.5 KB.
    Event,
    /// A vCard of some 20 KB.
    Vcard,
    /// 16 small ones, 3 events and a vCard, by turns.
    Mixed,
}

impl Kind {
    /// By its name on the command line and in orders.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "small" => Self::Small,
            "event" => Self::Event,
            "vcard" => Self::Vcard,
            "mixed" => Self::Mixed,
            _ => return None,
        })
    }

    /// What it is called in orders.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Event => "event",
            Self::Vcard => "vcard",
            Self::Mixed => "mixed",
        }
    }

    /// The stanzas that are said in turn, to `to`.
    #[must_use]
    pub fn stanzas(self, to: &str) -> Vec<String> {
        match self {
            Self::Small => vec![small(to)],
            Self::Event => vec![event(to)],
            Self::Vcard => vec![vcard(to)],
            Self::Mixed => {
                let mut all = Vec::new();
                for turn in 0..20 {
                    all.push(match turn {
                        19 => vcard(to),
                        4 | 9 | 14 => event(to),
                        _ => small(to),
                    });
                }
                all
            }
        }
    }
}

fn small(to: &str) -> String {
    message(to, "chat", "")
}

fn message(to: &str, kind: &str, payload: &str) -> String {
    format!(
        "<message from='{FROM}' to='{to}' type='{kind}' id='m000042'><body>{BODY}</body>{payload}</message>"
    )
}

fn event(to: &str) -> String {
    let mut items = String::new();
    for number in 0..4 {
        items.push_str(&format!(
            "<item id='5e4d1f2a-{number:04}' publisher='sensor@field.example/probe'><reading \
             xmlns='urn:example:measurement:1' unit='celsius' station='north-{number}'><value \
             at='2026-11-25T10:1{number}:00Z' quality='good'>21.{number}7</value><note>a light wind from \
             the south &amp; west, dry</note></reading></item>"
        ));
    }
    let payload = format!(
        "<event xmlns='http://jabber.org/protocol/pubsub#event'><items \
         node='http://field.example/readings'>{items}</items></event>"
    );
    message(to, "headline", &payload)
}

fn vcard(to: &str) -> String {
    let mut photo = String::new();
    for line in 0..250 {
        photo.push_str(&format!(
            "iVBORw0KGgoAAAANSUhEUgAAAEAAAABACAYAAACqaXHeAAAABmJLR0QA/wD/AP+gvaeT{line:04}\n"
        ));
    }
    let payload = format!(
        "<vCard xmlns='vcard-temp'><FN>Peter Saint</FN><N><FAMILY>Saint</FAMILY><GIVEN>Peter</GIVEN>\
         </N><NICKNAME>peer</NICKNAME><EMAIL><INTERNET/><PREF/><USERID>peer@field.example</USERID>\
         </EMAIL><ADR><WORK/><LOCALITY>Fields</LOCALITY><CTRY>NL</CTRY></ADR><DESC>Grows apples \
         &amp; pears.</DESC><PHOTO><TYPE>image/png</TYPE><BINVAL>{photo}</BINVAL></PHOTO></vCard>"
    );
    message(to, "normal", &payload)
}

#[cfg(test)]
mod tests {
    use jabber_xml::{Element, ns};

    use super::*;

    /// What users read is as long for all, which is how a run shows that all was read.
    #[test]
    fn each_says_what_the_check_counts() {
        for (kind, least, most) in
            [(Kind::Small, 200, 240), (Kind::Event, 1400, 1650), (Kind::Vcard, 18_000, 21_000)]
        {
            let stanza = kind.stanzas("bench.localhost").remove(0);
            assert!((least..=most).contains(&stanza.len()), "{kind:?}: {}", stanza.len());
            let element: Element =
                stanza.replacen("<message", "<message xmlns='jabber:client'", 1).parse().unwrap();
            let body = element.child("body", ns::CLIENT).unwrap().text().len();
            assert_eq!(element.attribute("from").unwrap().len() + body, 124, "{kind:?}");
        }
        assert_eq!(Kind::Mixed.stanzas("x").len(), 20);
    }
}
