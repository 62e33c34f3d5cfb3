//! A connection broker for Jabber/XMPP: connect, secure, authenticate, bind, stay alive, and say so
