use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::{Bytes, BytesMut};
use jabber_xml::{Element, Scope};

/// A namespace that nobody knows.
const WRONG: &str = "urn:example:wrong";
/// An id that nobody has used.
const UNASKED: &str = "unasked";

/// What a server says at a step, as bytes that can still be spoilt.
#[derive(Clone, Debug)]
pub(super) struct Said {
    bytes: Bytes,
    /// The attribute `id` in it that names what it answers.
    id: Option<String>,
}

impl Said {
    pub(super) fn bytes(bytes: impl Into<Bytes>) -> Self {
        Self { bytes: bytes.into(), id: None }
    }

    pub(super) fn element(element: &Element, scope: &Scope) -> Self {
        let mut bytes = BytesMut::new();
        element.write_to(&mut bytes, scope);
        Self::bytes(bytes)
    }

    pub(super) fn answering(mut self, id: &str) -> Self {
        self.id = Some(id.to_owned());
        self
    }

    pub(super) fn as_bytes(&self) -> &Bytes {
        &self.bytes
    }

    pub(super) fn first_half(&self) -> Bytes {
        self.bytes.slice(..self.bytes.len() / 2)
    }

    pub(super) fn twice(&self) -> Bytes {
        [&self.bytes[..], &self.bytes[..]].concat().into()
    }

    pub(super) fn single_bytes(&self) -> impl Iterator<Item = Bytes> + '_ {
        (0..self.bytes.len()).map(|at| self.bytes.slice(at..=at))
    }

    /// With another id.
    pub(super) fn with_wrong_id(&self) -> Bytes {
        let text = self.text();
        match &self.id {
            Some(id) => text.replacen(&format!("id='{id}'"), &format!("id='{UNASKED}'"), 1).into(),
            None => text.into(),
        }
    }

    /// Every namespace that it declares is another one; where it declares none, its root does. The
    /// stream's prefix stays out of it: it is the stream's.
    pub(super) fn in_wrong_namespace(&self) -> Bytes {
        const DECLARATION: &str = " xmlns='";
        let text = self.text();
        let mut parts = text.split(DECLARATION);
        let mut spoilt = parts.next().unwrap_or_default().to_owned();
        let mut found = false;
        for part in parts {
            found = true;
            let rest = part.split_once('\'').map_or("", |(_, rest)| rest);
            spoilt = format!("{spoilt}{DECLARATION}{WRONG}'{rest}");
        }
        if !found {
            let bare = spoilt.replace("stream:", "");
            let end = bare.find([' ', '/', '>']).unwrap_or(bare.len());
            let (name, rest) = bare.split_at_checked(end).unwrap_or((&bare, ""));
            // `</name>` begins with a `/` of its own, and is no element.
            spoilt = format!("{name}{DECLARATION}{WRONG}'{rest}");
        }
        spoilt.into()
    }

    /// What it answers; empty where it answers nothing.
    pub(super) fn id(&self) -> &str {
        self.id.as_deref().unwrap_or_default()
    }

    /// The data of the SASL element that it is.
    pub(super) fn sasl_data(&self) -> String {
        let text = self.text();
        let data = text.split_once('>').and_then(|(_, rest)| rest.split_once('<'));
        let data = data.and_then(|(data, _)| STANDARD.decode(data).ok()).unwrap_or_default();
        String::from_utf8(data).unwrap_or_default()
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

/// What an answer to a request that was never made says it answers.
pub(super) const fn unasked() -> &'static str {
    UNASKED
}
