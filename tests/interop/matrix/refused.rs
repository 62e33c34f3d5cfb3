//! Nobody listens, or nobody is served.

use jabber::{ErrorStatus, Retry, StreamCondition, StreamError, component};
use jabber_tests::server::{ALICE, COMPONENT_SECRET};
use jabber_transport::ConnectError;

use super::{each_server, whole_matrix};
use crate::{
    strangers::closed_port,
    support::{Dialect, Place, Which, client_at, jid, row},
};

whole_matrix!(by_nobody);

/// The server is there, and another port is asked.
async fn by_nobody(place: Place, dialect: Dialect) {
    for pipe in dialect.pipes() {
        let _row = row(format!("{dialect:?} over {pipe:?}"));
        let (error, trace) = place.login(dialect, *pipe).at(closed_port()).fails().await;
        assert_eq!((error.status(), error.retry()), (ErrorStatus::ConnectFail, Retry::Later));
        assert_eq!(trace.all(), "CONNECT CONNECTING CONNECTFAIL");
        let cause = trace.find(ErrorStatus::ConnectFail).cause::<ConnectError>();
        assert_eq!((cause.call(), cause.os_code()), ("connect", Some(111)), "{cause}");
    }
    // It is not its doing.
    place.usual(dialect).visit().await;
}

mod a_host_that_is_not_served {
    use super::*;

    each_server!(by_the_server);

    async fn by_the_server(place: Place) {
        let login =
            place.client(client_at(ALICE, "nowhere.test", "x"), jid("alice@nowhere.test"), "");
        let (error, trace) = login.fails().await;
        assert_eq!((error.status(), error.retry()), (ErrorStatus::SocketDisconnect, Retry::Never));
        let stream = trace.find(ErrorStatus::SocketDisconnect).cause::<StreamError>();
        assert_eq!(stream.condition(), StreamCondition::HostUnknown);
        assert_eq!(
            trace.steps(),
            "CONNECT CONNECTING CONNECTED STREAMSTART STREAMEND SOCKETDISCONNECT",
            "{trace}"
        );
        // Legacy is no exception.
        let config = jabber::legacy::Config::new(jid("alice@nowhere.test/x"), "whatever").unwrap();
        let (error, trace) =
            place.client(config, jid("alice@nowhere.test"), "whatever").fails().await;
        assert_eq!(error.retry(), Retry::Never, "{trace}");
        let stream = trace.find(error.status()).cause::<StreamError>();
        assert_eq!(stream.condition(), StreamCondition::HostUnknown);
    }
}

mod a_component_that_is_not_known {
    use super::*;

    each_server!(by_the_server);

    async fn by_the_server(place: Place) {
        let config = component::Config::new(jid("unknown.localhost"), COMPONENT_SECRET);
        let login = place.component(config, COMPONENT_SECRET);
        match place.which {
            Which::Prosody => {
                let (error, trace) = login.fails().await;
                assert_eq!(error.status(), ErrorStatus::SocketDisconnect, "{trace}");
                assert_eq!(error.retry(), Retry::Never);
                let stream = trace.find(ErrorStatus::SocketDisconnect).cause::<StreamError>();
                assert_eq!(stream.condition(), StreamCondition::HostUnknown);
                // It says so before any handshake.
                assert!(
                    trace.steps().ends_with("CONNECTED STREAMSTART STREAMEND SOCKETDISCONNECT"),
                    "{trace}"
                );
            }
            // It does not say which of the two is wrong.
            Which::Ejabberd => {
                let (error, trace) = login.fails().await;
                assert_eq!(error.status(), ErrorStatus::AuthFail, "{trace}");
                let stream = trace.find(ErrorStatus::AuthFail).cause::<StreamError>();
                assert_eq!(stream.condition(), StreamCondition::NotAuthorized);
            }
            // Whoever has the secret may serve any name.
            Which::Jabberd2 => drop(login.visit().await),
        }
    }
}
