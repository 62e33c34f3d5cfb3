//! What is offered to a client (RFC 6120 §4.3.2).

use jabber_sasl::{BindingType, Mechanism};
use jabber_security::ChannelBinding;
use jabber_xml::{Content, Element, XmlError, ns};

/// The feature that stands for `jabber:iq:auth` (XEP-0078 §4).
const IQ_AUTH_FEATURE: &str = "http://jabber.org/features/iq-auth";

/// What a client may do before it is logged in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Offer {
    pub(super) starttls: bool,
    pub(super) login: bool,
    pub(super) plain: bool,
    /// The channel-binding types that there is data of: with them come the `-PLUS` mechanisms.
    pub(super) bindings: &'static [BindingType],
}

impl Offer {
    /// The strongest first.
    pub(super) fn mechanisms(self) -> impl Iterator<Item = Mechanism> {
        let all = [
            Mechanism::ScramSha256Plus,
            Mechanism::ScramSha256,
            Mechanism::ScramSha1Plus,
            Mechanism::ScramSha1,
            Mechanism::Plain,
        ];
        all.into_iter().filter(move |&mechanism| {
            self.login
                && (self.plain || mechanism != Mechanism::Plain)
                && (!self.bindings.is_empty() || !mechanism.binds_channel())
        })
    }

    /// The same as it is signed (XEP-0474).
    pub(super) fn signed(self) -> jabber_sasl::Offer<'static> {
        let offer = jabber_sasl::Offer::new(self.mechanisms().map(Mechanism::name));
        match self.bindings {
            [] => offer,
            types => offer.with_channel_bindings(types.iter().map(|kind| kind.name())),
        }
    }
}

/// The types that there is data of.
pub(super) const fn bindings(data: &ChannelBinding) -> &'static [BindingType] {
    match (&data.tls_exporter, &data.tls_server_end_point) {
        (Some(_), Some(_)) => &[BindingType::TlsExporter, BindingType::TlsServerEndPoint],
        (Some(_), None) => &[BindingType::TlsExporter],
        (None, Some(_)) => &[BindingType::TlsServerEndPoint],
        (None, None) => &[],
    }
}

pub(super) fn before_login(offer: Offer) -> Result<Element, XmlError> {
    let mut features = Content::from(Element::builder("features", ns::STREAM));
    if offer.starttls {
        features = features.child("starttls", ns::TLS, |starttls| {
            // RFC 6120 §5.3.1: said only where nothing else is possible.
            let starttls = Content::from(starttls);
            if offer.login { starttls } else { starttls.child("required", ns::TLS, |r| r) }
        });
    }
    if offer.login {
        // XEP-0078 §4.
        features = features.child("auth", IQ_AUTH_FEATURE, |auth| auth);
        features = features.child("mechanisms", ns::SASL, |mechanisms| {
            offer.mechanisms().fold(Content::from(mechanisms), |mechanisms, mechanism| {
                mechanisms.child("mechanism", ns::SASL, |name| name.text(mechanism.name()))
            })
        });
        if !offer.bindings.is_empty() {
            // XEP-0440 §3.
            features = features.child("sasl-channel-binding", ns::CHANNEL_BINDING, |types| {
                offer.bindings.iter().fold(Content::from(types), |types, kind| {
                    types.child("channel-binding", ns::CHANNEL_BINDING, |entry| {
                        entry.attribute("type", kind.name())
                    })
                })
            });
        }
    }
    features.build()
}

pub(super) fn after_login() -> Result<Element, XmlError> {
    Element::builder("features", ns::STREAM)
        .child("bind", ns::BIND, |bind| bind.child("required", ns::BIND, |required| required))
        .child("session", ns::SESSION, |session| {
            session.child("optional", ns::SESSION, |optional| optional)
        })
        .build()
}
