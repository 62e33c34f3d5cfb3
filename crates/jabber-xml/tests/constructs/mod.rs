//! What no stream may hold: the bytes, what is wrong with them, and how the stream ends.
//!
//! Each stands behind a stream header that declares the prefixes `stream` and nothing else; what
//! comes behind it is never used. The connection's tests have the same table.
#![allow(dead_code, reason = "each test uses its part")]

use jabber_xml::{Fault, StreamCondition};

/// One of them.
pub(crate) struct Construct {
    /// The row of the table of threats in the project's document on security.
    pub(crate) threat: u8,
    pub(crate) bytes: &'static [u8],
    pub(crate) fault: Fault,
    pub(crate) condition: StreamCondition,
}

const fn construct(
    threat: u8,
    bytes: &'static [u8],
    fault: Fault,
    condition: StreamCondition,
) -> Construct {
    Construct { threat, bytes, fault, condition }
}

/// Those of one row.
pub(crate) fn of_threat(threat: u8) -> impl Iterator<Item = &'static Construct> {
    CONSTRUCTS.iter().filter(move |it| it.threat == threat)
}

use Fault as F;
use StreamCondition::{
    BadFormat, BadNamespacePrefix, NotWellFormed, RestrictedXml, UnsupportedEncoding,
};

/// RFC 6120 §4.9.3, §11.1, §11.3, §11.6; XML 1.0; Namespaces in XML 1.0.
pub(crate) const CONSTRUCTS: &[Construct] = &[
    // Entities and DTDs: nothing is expanded, nothing is fetched.
    construct(22, b"<!DOCTYPE a>", F::Doctype, RestrictedXml),
    construct(22, b"<!DOCTYPE a SYSTEM 'file:///etc/passwd'>", F::Doctype, RestrictedXml),
    construct(
        22,
        b"<!DOCTYPE a [<!ENTITY b 'bb'><!ENTITY c '&b;&b;'>]>",
        F::Doctype,
        RestrictedXml,
    ),
    construct(22, b"<a><!DOCTYPE a></a>", F::Doctype, RestrictedXml),
    construct(22, b"<a><!ENTITY x 'y'></a>", F::Bang, NotWellFormed),
    construct(22, b"<!ENTITY % x SYSTEM 'http://127.0.0.1/'>", F::Bang, NotWellFormed),
    construct(22, b"<![INCLUDE[<a/>]]>", F::Bang, NotWellFormed),
    construct(22, b"<a>&lol9;</a>", F::Entity, RestrictedXml),
    construct(22, b"<a b='&nbsp;'/>", F::Entity, RestrictedXml),
    construct(22, b"<a xmlns:p='&x;'/>", F::Entity, RestrictedXml),
    construct(22, b"<a>&AMP;</a>", F::Entity, RestrictedXml),
    construct(22, b"<a>%x;&y;</a>", F::Entity, RestrictedXml),
    // Comments and processing instructions.
    construct(23, b"<!-- c -->", F::Comment, RestrictedXml),
    construct(23, b"<a><!-- c --></a>", F::Comment, RestrictedXml),
    construct(23, b"<a>1<!--", F::Comment, RestrictedXml),
    construct(23, b"<?x y?>", F::ProcessingInstruction, RestrictedXml),
    construct(23, b"<a><?x?></a>", F::ProcessingInstruction, RestrictedXml),
    construct(23, b"<?XML version='1.0'?>", F::ProcessingInstruction, RestrictedXml),
    construct(23, b"<?xml-stylesheet href='x'?>", F::ProcessingInstruction, RestrictedXml),
    construct(23, b"<?xml version='1.0'?>", F::MisplacedXmlDeclaration, NotWellFormed),
    construct(23, b"<a><?xml version='1.0'?></a>", F::MisplacedXmlDeclaration, NotWellFormed),
    // Characters that are none, and bytes that are no characters.
    construct(24, b"<a>\x00</a>", F::Character, NotWellFormed),
    construct(24, b"<a b='\x00'/>", F::Character, NotWellFormed),
    construct(24, b"<a\x00/>", F::Tag, NotWellFormed),
    construct(24, b"\x00<a/>", F::Character, NotWellFormed),
    construct(24, b"<a>\x08</a>", F::Character, NotWellFormed),
    construct(24, b"<a>\x0b</a>", F::Character, NotWellFormed),
    construct(24, b"<a>\x1f</a>", F::Character, NotWellFormed),
    construct(24, b"<a><![CDATA[\x00]]></a>", F::Character, NotWellFormed),
    construct(24, b"<a>\xef\xbf\xbe</a>", F::Character, NotWellFormed),
    construct(24, b"<a>\xef\xbf\xbf</a>", F::Character, NotWellFormed),
    construct(24, b"<a>&#0;</a>", F::Reference, NotWellFormed),
    construct(24, b"<a>&#x1F;</a>", F::Reference, NotWellFormed),
    construct(24, b"<a b='&#8;'/>", F::Reference, NotWellFormed),
    construct(24, b"<a>&#xD800;</a>", F::Reference, NotWellFormed),
    construct(24, b"<a>&#xDFFF;</a>", F::Reference, NotWellFormed),
    construct(24, b"<a>&#xD83D;&#xDE00;</a>", F::Reference, NotWellFormed),
    construct(24, b"<a>&#xFFFE;</a>", F::Reference, NotWellFormed),
    construct(24, b"<a>&#x110000;</a>", F::Reference, NotWellFormed),
    construct(24, b"<a>&#4294967361;</a>", F::Reference, NotWellFormed),
    construct(24, b"<a>&#x;</a>", F::Reference, NotWellFormed),
    construct(24, b"<a>&#-1;</a>", F::Reference, NotWellFormed),
    construct(24, b"<a>& b</a>", F::Reference, NotWellFormed),
    construct(24, b"<a>&amp</a>", F::Reference, NotWellFormed),
    construct(24, b"<a>&\xc3\x97;</a>", F::Reference, NotWellFormed),
    construct(24, b"<a>\xff</a>", F::Utf8, NotWellFormed),
    construct(24, b"<a>\x80</a>", F::Utf8, NotWellFormed),
    construct(24, b"\xff<a/>", F::Utf8, NotWellFormed),
    construct(24, b"\x80<a/>", F::Utf8, NotWellFormed),
    construct(24, b"\xc0\xbca/>", F::Utf8, NotWellFormed),
    // Overlong: `<`, NUL, `/`, each in more bytes than it has.
    construct(24, b"<a>\xc0\xbc/a></a>", F::Utf8, NotWellFormed),
    construct(24, b"<a>\xc0\x80</a>", F::Utf8, NotWellFormed),
    construct(24, b"<a>\xe0\x80\xaf</a>", F::Utf8, NotWellFormed),
    construct(24, b"<a>\xf0\x80\x80\xbc</a>", F::Utf8, NotWellFormed),
    construct(24, b"<a>\xed\xa0\x80</a>", F::Utf8, NotWellFormed),
    construct(24, b"<a>\xed\xa0\xbd\xed\xb8\x80</a>", F::Utf8, NotWellFormed),
    construct(24, b"<a>\xf4\x90\x80\x80</a>", F::Utf8, NotWellFormed),
    construct(24, b"<a>\xf8\x88\x80\x80\x80</a>", F::Utf8, NotWellFormed),
    // Cut short, where a careless reader takes the next byte into the character.
    construct(24, b"<a>\xc3</a>", F::Utf8, NotWellFormed),
    construct(24, b"<a>\xe2\x82</a>", F::Utf8, NotWellFormed),
    construct(24, b"<a>\xf0\x9f\x98</a>", F::Utf8, NotWellFormed),
    construct(24, b"<a b='\xe2'/>", F::Utf8, NotWellFormed),
    construct(24, b"<a b='\xf0\x9f'><b c='\x98\x80'/></a>", F::Utf8, NotWellFormed),
    construct(24, b"<a\xe2/>", F::Utf8, NotWellFormed),
    construct(24, b"<a \xc3='1'/>", F::Utf8, NotWellFormed),
    construct(24, b"<a><![CDATA[\xe2\x82]]></a>", F::Utf8, NotWellFormed),
    // What a namespace name may not hold, and what a parser may not take it to end at.
    construct(24, b"<a xmlns='urn:x\xff'/>", F::Utf8, NotWellFormed),
    construct(24, b"<a xmlns:p='urn:\xe2\x82'><p:b/></a>", F::Utf8, NotWellFormed),
    construct(24, b"<a xmlns='urn:x\x0c'/>", F::Character, NotWellFormed),
    construct(24, b"<a xmlns='urn:x\x00jabber:client'/>", F::Character, NotWellFormed),
    construct(24, b"<a xmlns='urn:<b'/>", F::LessThan, NotWellFormed),
    construct(24, b"<a xmlns='urn:x&#10'/>", F::Reference, NotWellFormed),
    // Not well-formed otherwise.
    construct(26, b"<a></b>", F::EndTag, NotWellFormed),
    construct(26, b"<a><b></a></b>", F::EndTag, NotWellFormed),
    construct(26, b"<a></a></a>", F::EndTag, NotWellFormed),
    construct(26, b"<a/></a>", F::EndTag, NotWellFormed),
    construct(26, b"</message>", F::EndTag, NotWellFormed),
    construct(26, b"<a></stream:stream>", F::EndTag, NotWellFormed),
    construct(26, b"<a></A>", F::EndTag, NotWellFormed),
    construct(26, b"<a></a b='1'>", F::EndTag, NotWellFormed),
    construct(26, b"<a></ a>", F::EndTag, NotWellFormed),
    construct(26, b"<a></a/>", F::Tag, NotWellFormed),
    construct(26, b"<a b></a>", F::Tag, NotWellFormed),
    construct(26, b"<a b=c/>", F::Tag, NotWellFormed),
    construct(26, b"<a b='1'c='2'/>", F::Tag, NotWellFormed),
    construct(26, b"<a/ >", F::Tag, NotWellFormed),
    construct(26, b"<a b='<'/>", F::LessThan, NotWellFormed),
    construct(26, b"<a b='1<b c='/>", F::LessThan, NotWellFormed),
    construct(26, b"<a>]]></a>", F::CdataEnd, NotWellFormed),
    construct(26, b"<a><![CDATA[x]]>]]></a>", F::CdataEnd, NotWellFormed),
    construct(26, b"<a><![cdata[x]]></a>", F::Bang, NotWellFormed),
    construct(26, b"<![CDATA[x]]>", F::StrayText, BadFormat),
    construct(26, b"text", F::StrayText, BadFormat),
    construct(26, b"&amp;", F::StrayText, BadFormat),
    construct(26, b">", F::StrayText, BadFormat),
    construct(26, b"\xef\xbb\xbf", F::StrayText, BadFormat),
    construct(26, b"<a/>\xc2\xa0<b/>", F::StrayText, BadFormat),
    construct(26, b"< a/>", F::Name, NotWellFormed),
    construct(26, b"<<a/>", F::Name, NotWellFormed),
    construct(26, b"<1/>", F::Name, NotWellFormed),
    construct(26, b"<a b='1' b='2'/>", F::DuplicateAttribute, NotWellFormed),
    construct(26, b"<a xmlns='u' xmlns='u'/>", F::DuplicateAttribute, NotWellFormed),
    // Namespaces and prefixes.
    construct(27, b"<stream:stream>", F::NestedStream, BadFormat),
    construct(27, b"<stream:stream/>", F::NestedStream, BadFormat),
    construct(
        27,
        b"<s:stream xmlns:s='http://etherx.jabber.org/streams'>",
        F::NestedStream,
        BadFormat,
    ),
    construct(
        27,
        b"<stream xmlns='http://etherx.jabber.org/streams'/>",
        F::NestedStream,
        BadFormat,
    ),
    construct(
        27,
        b"<stream xmlns='http://etherx.jabber.org/&#115;treams'/>",
        F::NestedStream,
        BadFormat,
    ),
    construct(27, b"<p:a/>", F::UndeclaredPrefix, BadNamespacePrefix),
    construct(27, b"<a p:b='1'/>", F::UndeclaredPrefix, BadNamespacePrefix),
    construct(27, b"<a><b xmlns:p='u'/><p:c/></a>", F::UndeclaredPrefix, BadNamespacePrefix),
    construct(27, b"<Stream:features/>", F::UndeclaredPrefix, BadNamespacePrefix),
    construct(27, b"<xmlns:a/>", F::UndeclaredPrefix, BadNamespacePrefix),
    construct(27, b"<a xmlns:p=''/>", F::Declaration, NotWellFormed),
    construct(27, b"<a xmlns:xmlns='u'/>", F::Declaration, NotWellFormed),
    construct(27, b"<a xmlns:xml='u'/>", F::Declaration, NotWellFormed),
    construct(
        27,
        b"<a xmlns:p='http://www.w3.org/XML/1998/namespace'/>",
        F::Declaration,
        NotWellFormed,
    ),
    construct(27, b"<a xmlns:p='http://www.w3.org/2000/xmlns/'/>", F::Declaration, NotWellFormed),
    construct(
        27,
        b"<a xmlns='http://www.w3.org/XML/1998/namespace'/>",
        F::Declaration,
        NotWellFormed,
    ),
    construct(
        27,
        b"<a xmlns:p='u' xmlns:q='u' p:x='' q:x=''/>",
        F::DuplicateAttribute,
        NotWellFormed,
    ),
    construct(27, b"<a xmlns:p='u' xmlns:p='v'/>", F::DuplicateAttribute, NotWellFormed),
    construct(27, b"<a:b:c xmlns:a='u'/>", F::Name, NotWellFormed),
    construct(27, b"<:a/>", F::Name, NotWellFormed),
    construct(27, b"<stream:/>", F::Name, NotWellFormed),
    construct(27, b"</stream>", F::EndTag, NotWellFormed),
];

/// What no stream may begin with. What comes behind it is never used.
pub(crate) const HEADERS: &[(&[u8], Fault, StreamCondition)] = &[
    (b"<?xml version='1.0' encoding='UTF-16'?>", F::Encoding, UnsupportedEncoding),
    (b"<?xml version='1.0' encoding='ISO-8859-1'?>", F::Encoding, UnsupportedEncoding),
    (b"<?xml version='1.0' encoding='UTF-7'?>", F::Encoding, UnsupportedEncoding),
    (b"<?xml version='1.1'?>", F::XmlDeclaration, NotWellFormed),
    (b"<?xml version='1.0' standalone='maybe'?>", F::XmlDeclaration, NotWellFormed),
    (b"<?xml version='1.0'?><?xml version='1.0'?>", F::MisplacedXmlDeclaration, NotWellFormed),
    (b" <?xml version='1.0'?>", F::MisplacedXmlDeclaration, NotWellFormed),
    (b"\xef\xbb\xbf", F::OutsideDocument, NotWellFormed),
    (b"\xff\xfe<\x00", F::OutsideDocument, NotWellFormed),
    (b"\xfe\xff\x00<", F::OutsideDocument, NotWellFormed),
    (b"<\x00?\x00", F::Name, NotWellFormed),
    (b"\x00", F::OutsideDocument, NotWellFormed),
    (b"<!DOCTYPE stream:stream SYSTEM 'http://127.0.0.1/'>", F::Doctype, RestrictedXml),
    (b"<!-- c -->", F::Comment, RestrictedXml),
    (b"<?x?>", F::ProcessingInstruction, RestrictedXml),
    (b"HTTP/1.1 200 OK\r\n\r\n", F::OutsideDocument, NotWellFormed),
    (b"</stream:stream>", F::EndTag, NotWellFormed),
    (b"<stream:stream>", F::UndeclaredPrefix, BadNamespacePrefix),
    (
        b"<stream:stream xmlns:stream='http://etherx.jabber.org/streams/'>",
        F::StreamNamespace,
        StreamCondition::InvalidNamespace,
    ),
    (
        b"<stream:stream xmlns:stream='jabber:client'>",
        F::StreamNamespace,
        StreamCondition::InvalidNamespace,
    ),
    (b"<stream:Stream xmlns:stream='http://etherx.jabber.org/streams'>", F::NotAStream, BadFormat),
    (
        b"<stream:features xmlns:stream='http://etherx.jabber.org/streams'/>",
        F::NotAStream,
        BadFormat,
    ),
];
