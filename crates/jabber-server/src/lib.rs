//! An embedded Jabber server for demos, development and tests
