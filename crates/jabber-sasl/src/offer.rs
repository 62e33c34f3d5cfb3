/// What the server offers, as its stream features list it.
///
/// # Examples
/// ```
/// use jabber_sasl::Offer;
///
/// let offer = Offer::new(["PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-1-PLUS"])
///     .with_channel_bindings(["tls-exporter"]);
/// assert_eq!(offer.mechanisms.len(), 3);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offer<'a> {
    /// The names in `<mechanisms/>` (RFC 6120 §6.4.1): all of them and as they stand, the unknown
    /// ones too, since a server may send their hash (XEP-0474).
    pub mechanisms: Vec<&'a str>,
    /// The types in `<sasl-channel-binding/>` (XEP-0440); `None` if the server sent none.
    pub channel_bindings: Option<Vec<&'a str>>,
}

impl<'a> Offer<'a> {
    /// An offer of these mechanisms, without XEP-0440.
    pub fn new(mechanisms: impl IntoIterator<Item = &'a str>) -> Self {
        Self { mechanisms: mechanisms.into_iter().collect(), channel_bindings: None }
    }

    /// Adds the channel-binding types that the server says it accepts (XEP-0440).
    #[must_use]
    pub fn with_channel_bindings(mut self, types: impl IntoIterator<Item = &'a str>) -> Self {
        self.channel_bindings = Some(types.into_iter().collect());
        self
    }
}

/// What is logged in to. Only DIGEST-MD5 makes use of it (RFC 2831 §2.1.2, `digest-uri`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service<'a> {
    /// The host: the domain of the stream.
    pub host: &'a str,
    /// The realm to use where the server names none, and to prefer where it names several.
    ///
    /// It is a wish and no condition. An account is in one of the realms that the server names (RFC 2831
    /// §2.1.1), which need not be called like the host: jabberd 2's router is always `jabberd-router`.
    /// So of the realms named it is this one, else the host's, else the first, and never one that was
    /// not named. Naming another one gains a server little: the response names the host
    /// (`digest-uri`), so that another service has to refuse it, and only who knows the password's hash
    /// in that very realm has the proof, `rspauth`, without which the login fails.
    pub realm: Option<&'a str>,
    /// The registered name of the service: `xmpp`.
    pub name: &'a str,
}

impl<'a> Service<'a> {
    /// The XMPP service of that domain.
    #[must_use]
    pub const fn new(host: &'a str) -> Self {
        Self { host, realm: None, name: "xmpp" }
    }

    /// The same with a default realm.
    #[must_use]
    pub const fn with_realm(mut self, realm: &'a str) -> Self {
        self.realm = Some(realm);
        self
    }

    /// The same service under another registered name (RFC 4422 §4 item 1).
    #[must_use]
    pub const fn with_name(mut self, name: &'a str) -> Self {
        self.name = name;
        self
    }
}
