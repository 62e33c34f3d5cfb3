//! What the server says: stanzas of four sizes, whose `from` and `<body>` are 124 bytes together.

/// 24 bytes.
const FROM: &str = "peer@localhost/orchard-1";
/// 100 bytes once its entity is one byte.
const BODY: &str = "Line 000042: the quick brown fox &amp; its friends jump over the lazy dogs that \
                    sleep in the warm sunlit";

/// Of a photo, but for the last, which is shorter.
const LINES: usize = 240;

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

/// With the fields of XEP-0054's examples, and a photo.
fn vcard(to: &str) -> String {
    let payload = format!(
        "<vCard xmlns='vcard-temp'><FN>Peter Saint</FN><N><FAMILY>Saint</FAMILY><GIVEN>Peter</GIVEN>\
         <MIDDLE/></N><NICKNAME>peer</NICKNAME><URL>http://field.example/~peer?a=1&amp;b=2</URL>\
         <BDAY>1966-08-06</BDAY><ORG><ORGNAME>Orchard of the North</ORGNAME><ORGUNIT>Cider</ORGUNIT></ORG>\
         <TITLE>Gardener</TITLE><ROLE>Grows apples &amp; pears</ROLE>\
         <TEL><WORK/><VOICE/><NUMBER>+31-20-555-0101</NUMBER></TEL>\
         <TEL><HOME/><CELL/><NUMBER>+31-20-555-0102</NUMBER></TEL>\
         <ADR><WORK/><EXTADD>Barn 2</EXTADD><STREET>Long Lane 14</STREET><LOCALITY>Fields</LOCALITY>\
         <REGION>Utrecht</REGION><PCODE>3500 AA</PCODE><CTRY>NL</CTRY></ADR>\
         <EMAIL><INTERNET/><PREF/><USERID>peer@field.example</USERID></EMAIL>\
         <JABBERID>peer@localhost</JABBERID><DESC>In the trees from May to October.</DESC>\
         <PHOTO><TYPE>image/png</TYPE><BINVAL>{}</BINVAL></PHOTO></vCard>",
        photo()
    );
    message(to, "normal", &payload)
}

/// Base64 as encoders for mail write it, in lines of 76 characters.
fn photo() -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    // A PNG's first bytes and its last; between them what is as good as chance, as in one that is packed.
    let mut photo = "iVBORw0KGgoAAAANSUhEUgAA".to_owned();
    let mut state = 42_u32;
    for at in photo.len()..76 * LINES {
        if at % 76 == 0 {
            photo.push('\n');
        }
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        photo.push(char::from(DIGITS[(state >> 26) as usize]));
    }
    photo.push_str("\nAAAAAElFTkSuQmCC\n");
    photo
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

    /// What readers of text meet is lines, and no single run of printable characters.
    #[test]
    fn a_photo_is_base64_in_lines() {
        let stanza = Kind::Vcard.stanzas("bench.localhost").remove(0);
        let element: Element = stanza.parse().unwrap();
        let vcard = element.child("vCard", "vcard-temp").unwrap();
        let photo = vcard.child("PHOTO", "vcard-temp").unwrap();
        let photo = photo.child("BINVAL", "vcard-temp").unwrap().text().into_owned();
        let lines: Vec<_> = photo.lines().collect();
        assert_eq!(lines.len(), LINES + 1);
        assert!(lines[..LINES].iter().all(|line| line.len() == 76));
        let is_digit = |b: u8| b.is_ascii_alphanumeric() || b == b'+' || b == b'/';
        assert!(lines.iter().all(|line| line.len() % 4 == 0 && line.bytes().all(is_digit)));
    }
}
