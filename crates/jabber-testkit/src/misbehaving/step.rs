use std::fmt;

macro_rules! steps {
    ($($(#[$doc:meta])+ $variant:ident = $name:literal),+ $(,)?) => {
        /// What a server says, and when: one step of a conversation, named for the server's part.
        ///
        /// Which of them a server has, and in which order, [`Server::steps`](super::Server::steps)
        /// tells.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Step { $($(#[$doc])+ $variant),+ }

        impl Step {
            /// Every step, in the order in which they come.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Its name, such as `bind-features`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }
    };
}

steps! {
    /// The stream header before STARTTLS.
    TlsHeader = "tls-header",
    /// The features that offer STARTTLS.
    TlsFeatures = "tls-features",
    /// The answer to STARTTLS.
    Proceed = "proceed",
    /// The server's part of the TLS handshake.
    Handshake = "handshake",
    /// The stream header before the login; without STARTTLS it is the first.
    AuthHeader = "auth-header",
    /// The features that offer mechanisms.
    AuthFeatures = "auth-features",
    /// A SASL challenge.
    Challenge = "challenge",
    /// The success of a SASL login.
    Success = "success",
    /// The form of XEP-0078: what a login consists of.
    Form = "form",
    /// The answer to a login by XEP-0078.
    Login = "login",
    /// The answer to the handshake of XEP-0114.
    Accept = "accept",
    /// The stream header after the login.
    BindHeader = "bind-header",
    /// The features that offer the bind.
    BindFeatures = "bind-features",
    /// The answer to the bind, of a resource or of a name.
    Bind = "bind",
    /// The answer to the session request.
    Session = "session",
    /// A stanza that nobody has asked for, once the client is ready.
    Stanza = "stanza",
    /// The answer to each request of the client's.
    Answer = "answer",
    /// The end of the stream, when the client has ended its own.
    End = "end",
}

impl Step {
    /// True for the stream headers.
    #[must_use]
    pub const fn is_header(self) -> bool {
        matches!(self, Self::TlsHeader | Self::AuthHeader | Self::BindHeader)
    }

    /// True where the server does not wait for the client.
    pub(super) const fn is_unasked(self) -> bool {
        matches!(self, Self::TlsFeatures | Self::AuthFeatures | Self::BindFeatures | Self::Stanza)
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
