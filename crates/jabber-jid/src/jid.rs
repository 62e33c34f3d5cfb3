//! The type.

use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::str::FromStr;
use std::sync::Arc;

use crate::host::Host;
use crate::prepare::{self, Prepared};
use crate::{JidError, JidFault, JidPart};

/// A Jabber identifier, `local@domain/resource`, in its prepared form (RFC 7622).
///
/// Every `Jid` is prepared: two are equal exactly if RFC 7622 calls them the same address,
/// and comparing, hashing and ordering look at the text's bytes only.
/// Its text is shared, so that a clone, [`to_bare`](Self::to_bare) and
/// [`to_domain`](Self::to_domain) copy nothing.
///
/// # Examples
///
/// ```
/// use jabber_jid::Jid;
///
/// let jid = Jid::new("Alice@Example.COM/Oracle")?;
/// assert_eq!(jid.local(), Some("alice"));
/// assert_eq!(jid.domain(), "example.com");
/// assert_eq!(jid.resource(), Some("Oracle"));
/// assert_eq!(jid.to_bare().to_string(), "alice@example.com");
/// assert!(jid.matches_bare(&"alice@example.com".parse()?));
/// # Ok::<(), jabber_jid::JidError>(())
/// ```
#[derive(Clone)]
pub struct Jid {
    text: Arc<str>,
    // Byte offsets into `text`; all fit, as a JID has at most 3 * 1023 + 2 bytes.
    start: u16,
    domain: u16,
    slash: u16,
    end: u16,
}

impl Jid {
    /// Parses and prepares `text`.
    ///
    /// # Errors
    ///
    /// [`JidError`] says which part is against RFC 7622, and where.
    pub fn new(text: &str) -> Result<Self, JidError> {
        prepare::text(text).map(Self::from_prepared)
    }

    /// Puts a JID together from its parts, which are prepared as in [`new`](Self::new).
    ///
    /// # Errors
    ///
    /// [`JidError`] says which part is against RFC 7622, and where.
    ///
    /// # Examples
    ///
    /// ```
    /// use jabber_jid::Jid;
    ///
    /// let jid = Jid::from_parts(Some("alice"), "localhost", Some("a/b@c"))?;
    /// assert_eq!(jid.as_str(), "alice@localhost/a/b@c");
    /// # Ok::<(), jabber_jid::JidError>(())
    /// ```
    pub fn from_parts(
        local: Option<&str>,
        domain: &str,
        resource: Option<&str>,
    ) -> Result<Self, JidError> {
        prepare::parts(local, domain, resource).map(Self::from_prepared)
    }

    /// The local part, as `alice` in `alice@localhost`.
    pub fn local(&self) -> Option<&str> {
        let at = self.domain.checked_sub(1).filter(|at| *at >= self.start)?;
        Some(self.slice(self.start, at))
    }

    /// The domain with international labels in Unicode (U-labels, RFC 7622 §3.2); an IPv6 address
    /// is in brackets. For DNS, SNI and certificates take [`host`](Self::host).
    pub fn domain(&self) -> &str {
        self.slice(self.domain, self.slash)
    }

    /// The resource, as `oracle` in `alice@localhost/oracle`.
    pub fn resource(&self) -> Option<&str> {
        (self.slash < self.end).then(|| self.slice(self.slash.saturating_add(1), self.end))
    }

    /// The whole prepared text.
    pub fn as_str(&self) -> &str {
        self.slice(self.start, self.end)
    }

    /// Whether there is no resource. A domain alone is bare, too.
    pub fn is_bare(&self) -> bool {
        self.slash == self.end
    }

    /// This JID without its resource.
    #[must_use]
    pub fn to_bare(&self) -> Self {
        Self { end: self.slash, ..self.clone() }
    }

    /// The domain alone: the address of the server or service.
    #[must_use]
    pub fn to_domain(&self) -> Self {
        Self { start: self.domain, end: self.slash, ..self.clone() }
    }

    /// This JID with `resource` in place of its own.
    ///
    /// # Errors
    ///
    /// [`JidError`] of [`JidPart::Resource`] if `resource` is against RFC 7622 §3.4.
    pub fn with_resource(&self, resource: &str) -> Result<Self, JidError> {
        let resource = prepare::resource(resource)?;
        let bare = self.slice(self.start, self.slash);
        let mut text = String::with_capacity(bare.len().saturating_add(resource.len() + 1));
        text.push_str(bare);
        text.push('/');
        text.push_str(&resource);
        let domain = usize::from(self.domain.saturating_sub(self.start));
        Ok(Self::from_prepared(Prepared { domain, slash: bare.len(), text: text.into() }))
    }

    /// Whether `other` has the same local part and domain; resources are not looked at.
    pub fn matches_bare(&self, other: &Self) -> bool {
        self.slice(self.start, self.slash) == other.slice(other.start, other.slash)
    }

    /// The domain for DNS, SNI and certificates: a name in A-labels (RFC 7622 §3.2.1), or the
    /// address.
    ///
    /// # Errors
    ///
    /// [`JidFault::NameTooLong`]: a JID may have names that are too long for DNS.
    ///
    /// # Examples
    ///
    /// ```
    /// use jabber_jid::{Host, Jid};
    ///
    /// let jid = Jid::new("Bücher.example")?;
    /// assert_eq!(jid.domain(), "bücher.example");
    /// assert_eq!(jid.host()?, Host::Name("xn--bcher-kva.example".to_owned()));
    /// # Ok::<(), jabber_jid::JidError>(())
    /// ```
    pub fn host(&self) -> Result<Host, JidError> {
        Host::of(self.domain()).ok_or(JidError::new(JidPart::Domain, JidFault::NameTooLong))
    }

    fn from_prepared(prepared: Prepared) -> Self {
        // `prepare` keeps every part within 1023 bytes, so nothing saturates.
        let offset = |at: usize| u16::try_from(at).unwrap_or(u16::MAX);
        Self {
            start: 0,
            domain: offset(prepared.domain),
            slash: offset(prepared.slash),
            end: offset(prepared.text.len()),
            text: prepared.text,
        }
    }

    fn slice(&self, from: u16, to: u16) -> &str {
        // Offsets are always at ASCII separators or at the ends, so there is always a slice.
        self.text.get(usize::from(from)..usize::from(to)).unwrap_or_default()
    }
}

impl PartialEq for Jid {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Jid {}

impl Hash for Jid {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl PartialOrd for Jid {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// By the bytes of the prepared text.
impl Ord for Jid {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl fmt::Display for Jid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Jid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Jid").field(&self.as_str()).finish()
    }
}

impl AsRef<str> for Jid {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl FromStr for Jid {
    type Err = JidError;

    fn from_str(text: &str) -> Result<Self, JidError> {
        Self::new(text)
    }
}

impl TryFrom<&str> for Jid {
    type Error = JidError;

    fn try_from(text: &str) -> Result<Self, JidError> {
        Self::new(text)
    }
}

impl TryFrom<String> for Jid {
    type Error = JidError;

    fn try_from(text: String) -> Result<Self, JidError> {
        Self::new(&text)
    }
}

impl From<Jid> for String {
    fn from(jid: Jid) -> Self {
        jid.as_str().to_owned()
    }
}
