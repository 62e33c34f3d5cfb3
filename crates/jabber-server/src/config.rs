//! What a running server serves: checked, and the same for all its connections.

use std::{collections::HashMap, time::Duration};

use jabber_jid::Jid;
use jabber_security::Secret;

use crate::{StartTls, accounts::Accounts, tls::Tls};

#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) domain: Jid,
    pub(crate) accounts: Accounts,
    /// Secrets of the components, by domain.
    pub(crate) components: HashMap<Jid, Secret>,
    /// Who may log in to the router, by name.
    pub(crate) router_users: HashMap<String, RouterUser>,
    pub(crate) starttls: StartTls,
    pub(crate) negotiation: Duration,
    pub(crate) patience: Duration,
    pub(crate) tls: Tls,
}

/// Who may log in to the router (the jabberd 2.0 component protocol).
#[derive(Clone, Debug)]
pub(crate) struct RouterUser {
    pub(crate) secret: Secret,
    /// Any name, logs and the default; otherwise only the name that is the user's own.
    pub(crate) binds_anything: bool,
}
