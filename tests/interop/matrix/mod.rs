//! Every dialect on every server, as Debian ships it and as its backports do: one test for each cell, called
//! `matrix::CASE::SERVER_DIALECT`.

mod alive;
mod bound;
mod bridge;
mod conflict;
mod happy;
mod killed;
mod mechanisms;
mod passwords;
mod refused;
mod stopped;
mod tls;

/// A test for each of the cells named, by a function of a server's own place (and dialect).
macro_rules! cells {
    ($check:path: $($name:ident: $which:ident $(, $dialect:ident)?;)*) => { $(
        #[tokio::test]
        async fn $name() {
            let column = crate::support::Column::$which;
            let Some(place) = crate::support::start(column, Default::default()) else { return };
            $check(place $(, crate::support::Dialect::$dialect)?).await;
        }
    )* };
}

/// A test for every dialect on every server that speaks it.
macro_rules! whole_matrix {
    ($check:path) => {
        crate::matrix::cells! { $check:
            prosody_xmpp: Prosody, Xmpp;
            prosody_legacy: Prosody, Legacy;
            prosody_component: Prosody, Component;
            ejabberd_xmpp: Ejabberd, Xmpp;
            ejabberd_legacy: Ejabberd, Legacy;
            ejabberd_component: Ejabberd, Component;
            prosody13_xmpp: Prosody13, Xmpp;
            prosody13_legacy: Prosody13, Legacy;
            prosody13_component: Prosody13, Component;
            ejabberd24_xmpp: Ejabberd24, Xmpp;
            ejabberd24_legacy: Ejabberd24, Legacy;
            ejabberd24_component: Ejabberd24, Component;
            jabberd2_xmpp: Jabberd2, Xmpp;
            jabberd2_legacy: Jabberd2, Legacy;
            jabberd2_component: Jabberd2, Component;
            jabberd2_router: Jabberd2, Router;
        }
    };
}

/// A test for every server.
macro_rules! each_server {
    ($check:path) => {
        crate::matrix::cells! { $check:
            prosody: Prosody;
            ejabberd: Ejabberd;
            prosody13: Prosody13;
            ejabberd24: Ejabberd24;
            jabberd2: Jabberd2;
        }
    };
}

pub(crate) use {cells, each_server, whole_matrix};
