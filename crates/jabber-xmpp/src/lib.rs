//! The XMPP client dialect, RFC 6120: STARTTLS, SASL, bind, session
