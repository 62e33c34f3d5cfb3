//! The stream header of a client (RFC 6120 §4.7).

use jabber_jid::Jid;
use jabber_xml::{Element, StreamCondition, StreamHeader, XmlError, ns};

use crate::{config::Config, ending::Ending, random, stream::Stream};

/// Checks the client's header and answers it with ours and the features.
pub(super) async fn open(
    stream: &mut Stream,
    config: &Config,
    features: &Result<Element, XmlError>,
) -> Result<Opened, Ending> {
    let header = stream.header().await?;
    let version = check(&header, &config.domain)?;
    let features = features.as_ref().map_err(|_| StreamCondition::InternalServerError)?;
    let id = random::token::<16>()?;
    let answer = StreamHeader::new(ns::CLIENT)
        .with_from(config.domain.as_str())
        .with_id(&id)
        .with_lang("en");
    match version {
        Version::Xmpp => stream.open(&answer.with_version("1.0"), Some(features)).await?,
        // RFC 6120 §4.7.5: the lower of the two versions. §4.3.2: features come with 1.0 only.
        Version::Before => {
            let answer = match header.version() {
                Some(version) => answer.with_version(version),
                None => answer,
            };
            stream.open(&answer, None).await?;
        }
    }
    Ok(Opened { id, version })
}

/// A stream that both sides have opened.
#[derive(Debug)]
pub(super) struct Opened {
    /// The stream's id, which a digest is made of (XEP-0078 §3.1).
    pub(super) id: String,
    pub(super) version: Version,
}

/// What a client speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    /// 1.0 or later (RFC 6120).
    Xmpp,
    /// No version, or 0.9: only XEP-0078 is left to such a client.
    Before,
}

fn check(header: &StreamHeader, domain: &Jid) -> Result<Version, Ending> {
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
    // RFC 6120 §4.7.5: a greater minor version is answered with what we have; none is 0.9.
    let Some(version) = header.version() else { return Ok(Version::Before) };
    let major = version.split_once('.').and_then(|(major, _)| major.parse().ok());
    match major {
        Some(0_u32) => Ok(Version::Before),
        Some(_) => Ok(Version::Xmpp),
        None => {
            let text = "the version of the stream header is no number: this server speaks 1.0";
            Err(Ending::because(StreamCondition::UnsupportedVersion, text))
        }
    }
}
