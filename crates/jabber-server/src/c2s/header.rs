//! The stream header of a client (RFC 6120 §4.7).

use jabber_jid::Jid;
use jabber_xml::{Element, StreamCondition, StreamHeader, XmlError, ns};

use crate::{config::Config, ending::Ending, random, stream::Stream};

/// Checks the client's header and answers it with ours and the features.
pub(super) async fn open(
    stream: &mut Stream,
    config: &Config,
    features: &Result<Element, XmlError>,
) -> Result<(), Ending> {
    let header = stream.header().await?;
    check(&header, &config.domain)?;
    let features = features.as_ref().map_err(|_| StreamCondition::InternalServerError)?;
    let answer = StreamHeader::new(ns::CLIENT)
        .with_from(config.domain.as_str())
        .with_id(random::token::<16>()?)
        .with_version("1.0")
        .with_lang("en");
    stream.open(&answer, Some(features)).await
}

fn check(header: &StreamHeader, domain: &Jid) -> Result<(), Ending> {
    if header.content() != ns::CLIENT {
        let text = "this port is for clients: the default namespace has to be jabber:client";
        return Err(Ending::because(StreamCondition::InvalidNamespace, text));
    }
    // RFC 6120 §4.7.2: a client says which domain it wants.
    let Some(to) = header.to() else {
        let text = "the stream header has no 'to'";
        return Err(Ending::because(StreamCondition::ImproperAddressing, text));
    };
    if !Jid::new(to).is_ok_and(|to| to == *domain) {
        let text = "this server does not serve that domain";
        return Err(Ending::because(StreamCondition::HostUnknown, text));
    }
    // RFC 6120 §4.7.5: a greater minor version is answered with what we have.
    let major = header.version().and_then(|version| version.split_once('.'));
    if !major.is_some_and(|(major, _)| major.parse().is_ok_and(|major: u32| major >= 1)) {
        let text = "this server speaks version 1.0";
        return Err(Ending::because(StreamCondition::UnsupportedVersion, text));
    }
    Ok(())
}
