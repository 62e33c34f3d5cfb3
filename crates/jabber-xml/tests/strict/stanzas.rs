//! Stanzas as servers send them, and ways to spoil them.

use crate::random::Random;

/// What stands inside of a stream behind the header of the tests.
pub(crate) const STANZAS: &[&str] = &[
    "<message from='romeo@example.net/orchard' to='juliet@example.com/balcony' type='chat' \
     id='a1b2c3'><body>Art thou not Romeo, &amp; a Montague? &lt;3 &quot;&apos;&gt; &#x1F339;\
     </body><active xmlns='http://jabber.org/protocol/chatstates'/></message>",
    "<iq from='capulet.example' to='juliet@capulet.example/balcony' id='s2c1' type='get'>\
     <ping xmlns='urn:xmpp:ping'/></iq>",
    "<iq type=\"result\" to=\"a@b/c\" id=\"s2c1\"/>",
    "<presence from='room@muc.example/nick' to='a@b/c' xml:lang='en'><show>away</show>\
     <priority>-1</priority><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' \
     node='http://example.org' ver='QgayPKawpkPSDYmwT/WM94uAlu0='/>\
     <x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='member' role='participant'/>\
     <status code='110'/></x></presence>",
    "<message from='pubsub.example' to='f@example/x' id='foo'>\
     <event xmlns='http://jabber.org/protocol/pubsub#event'><items node='princely_musings'>\
     <item id='ae890ac52d0df67ed7cfdf51b644e901' publisher='h@example'>\
     <a:entry xmlns:a='http://www.w3.org/2005/Atom' xmlns:t=\"urn:t\" t:weight='1' a:weight='2'>\
     <a:title t:lang='x'>Soliloquy</a:title><a:summary>\n  To be, or not to be\n</a:summary>\
     <t:a xmlns:t='urn:u' t:b=''/></a:entry></item></items></event>\
     <headers xmlns='http://jabber.org/protocol/shim'><header name='SubID'>123-abc</header>\
     </headers></message>",
    "<iq id='v1' to='s@example/f' type='result'><vCard xmlns='vcard-temp'><FN>J. Doe</FN>\
     <PHOTO><TYPE>image/png</TYPE><BINVAL>\n\
     iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5E\r\n\
     rkJgggAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkABJRU5ErkJggggAAAANSUhEUgAAAAEAAAA\n\
     CAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==\n</BINVAL></PHOTO>\
     <DESC><![CDATA[<b>]] & > me</b>]]></DESC></vCard></iq>",
    "<message to='m\u{fc}ller@example/\u{4e2d}'><subject xml:lang='de'>Gr\u{fc}\u{df}e</subject>\
     <body>\u{4e2d}\u{6587}\u{ff0c}\u{1f600}\u{200d}\u{1f525} e\u{301} \u{5e9}\u{5dc}\u{5d5}\u{5dd}\
     \u{feff}\u{fffd}\u{e000}\u{10ffff}</body><caf\u{e9} \u{e9}t\u{e9}='\u{df}'/></message>",
    "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls>\
     <mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>SCRAM-SHA-256</mechanism>\
     <mechanism>PLAIN</mechanism></mechanisms></stream:features>",
    "<iq type='result' id='r1'><query xmlns='jabber:iq:roster' ver='ver7'>\
     <item jid='nurse@example.com' name='Nurse' subscription='both'><group>Servants</group></item>\
     <item jid='romeo@example.net'\n   name=\"Ro'meo\"\tsubscription='both' /></query></iq>",
    "<r xmlns='urn:xmpp:sm:3'/><a xmlns='urn:xmpp:sm:3' h='1'/> \n<presence type='unavailable'/>",
    "<message type='error' id='e'><error type='cancel'><service-unavailable \
     xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><text xml:lang='en' \
     xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>no\tsuch &#9;thing&#13;&#10;</text></error>\
     </message>",
    "<route xmlns='http://jabberd.jabberstudio.org/ns/component/1.0' from='a' to='b'>\
     <message xmlns='jabber:server' from='c'><body/></message></route>",
];

/// Headers, each with a little behind it.
const HEADERS: &[&str] = &[
    "<?xml version='1.0'?><stream:stream from='example' to='a@b' id='++TR84Sm6A3hnt3Q065SnAbbk3Y=' \
     version='1.0' xml:lang='en' xmlns='jabber:client' \
     xmlns:stream='http://etherx.jabber.org/streams'><stream:features/>",
    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone='yes' ?>\n<stream:stream \
     xmlns:stream=\"http://etherx.jabber.org/streams\" xmlns=\"jabber:component:accept\" \
     from=\"c.example\" id=\"3BF96D32\"><handshake/>",
    "<stream xmlns='http://etherx.jabber.org/streams' xmlns:c='jabber:client' to='x'><c:iq/></stream>",
    " \n<s:stream xmlns:s='http://etherx.jabber.org/stre&#x61;ms' xmlns:xml=\
     'http://www.w3.org/XML/1998/namespace' xmlns:db='jabber:server:dialback' db:x='1'\n/> ",
    "<?xml version='1.0' encoding='utf-8'?><stream:stream to='a&amp;b' \
     xmlns:stream='http://etherx.jabber.org/streams' xmlns='jabber:server'><db:r xmlns:db='u'/>\
     </stream:stream>\r\n",
];

/// What a byte may become, or what may come between two.
const TOKENS: &[&str] = &[
    "<",
    ">",
    "&",
    "'",
    "\"",
    "/",
    "=",
    " ",
    "  ",
    "\t",
    "\r",
    "\n",
    "\r\n",
    ":",
    "!",
    "?",
    ";",
    "]]>",
    "]",
    "&#10;",
    "&#x9;",
    "&amp;",
    "&x;",
    "&#0;",
    "<!--",
    "<![CDATA[",
    "]]>",
    "<?x?>",
    "<?xml version='1.0'?>",
    "\u{0}",
    "\u{1f}",
    "\u{7f}",
    "\u{fffe}",
    "\u{e9}",
    "\u{d7}",
    "\u{4e2d}",
    " xmlns=''",
    " xmlns='jabber:server'",
    " xmlns:p='urn:p'",
    " xmlns:p=''",
    " xmlns:t='urn:t'",
    " p:id=''",
    " id=''",
    " xml:lang='de'",
    "</",
    "/>",
    "<a>",
    "</a>",
    "<a/>",
    "p:",
    "xmlns",
    "xml",
    " encoding='UTF-16'",
    " version='1.1'",
    "</stream:stream>",
    "<stream:stream>",
    " a='1'b='2'",
];

/// One or two stanzas, changed in up to three places.
pub(crate) fn spoilt(random: &mut Random) -> Vec<u8> {
    let mut bytes = Vec::new();
    for _ in 0..=random.below(2) {
        bytes.extend_from_slice(STANZAS[random.below(STANZAS.len())].as_bytes());
    }
    for _ in 0..random.below(4) {
        spoil(random, &mut bytes, STANZAS);
    }
    bytes
}

/// A header and what is behind it, changed in up to three places.
pub(crate) fn spoilt_header(random: &mut Random) -> Vec<u8> {
    let mut bytes = HEADERS[random.below(HEADERS.len())].as_bytes().to_vec();
    for _ in 0..random.below(4) {
        spoil(random, &mut bytes, HEADERS);
    }
    bytes
}

fn spoil(random: &mut Random, bytes: &mut Vec<u8>, others: &[&str]) {
    let at = random.below(bytes.len() + 1);
    let to = (at + random.below(13)).min(bytes.len());
    match random.below(8) {
        0 if at < to => bytes[at] ^= 1 << random.below(8),
        1 if at < to => bytes[at] = random.below(256) as u8,
        2 => drop(bytes.drain(at..to)),
        3 => {
            let copy = bytes[at..to].to_vec();
            bytes.splice(at..at, copy);
        }
        4 => {
            // A part of another, as where two writers are mixed up.
            let other = others[random.below(others.len())].as_bytes();
            let from = random.below(other.len());
            let len = random.below(other.len() - from).min(80);
            bytes.splice(at..to, other[from..from + len].iter().copied());
        }
        5 => drop(bytes.splice(at..to, TOKENS[random.below(TOKENS.len())].bytes())),
        _ => drop(bytes.splice(at..at, TOKENS[random.below(TOKENS.len())].bytes())),
    }
}
