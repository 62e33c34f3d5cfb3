//! SASL mechanisms for Jabber: their choice and policy, channel binding
