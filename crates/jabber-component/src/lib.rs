//! The component dialect jabber:component:accept, XEP-0114
