//! The same resource twice, a second component of a name, a second bind of a name.

use jabber::{
    ConnectionError, ErrorStatus, Retry, StreamCondition, StreamError,
    jabberd20_component as router,
};

use super::whole_matrix;
use crate::support::{Dialect, Place, Which};

whole_matrix!(twice);

async fn twice(place: Place, dialect: Dialect) {
    match dialect {
        Dialect::Xmpp | Dialect::Legacy => the_older_is_closed(&place, dialect).await,
        Dialect::Component if place.which == Which::Prosody => the_newer_is_refused(&place).await,
        Dialect::Component => both_are_served(&place).await,
        Dialect::Router => the_second_bind_fails(&place).await,
    }
}

async fn the_older_is_closed(place: &Place, dialect: Dialect) {
    let (mut first, _) = place.usual(dialect).ready().await;
    let (second, _) = place.usual(dialect).ready().await;
    while first.next().await.is_some() {}
    let trace = first.until_it_ends().await;
    let line = trace.find(ErrorStatus::SocketDisconnect);
    assert_eq!(line.cause::<StreamError>().condition(), StreamCondition::Conflict, "{trace}");
    assert_eq!(line.cause::<ConnectionError>().retry(), Retry::Never, "else they would fight");
    assert!(trace.steps().ends_with("INIT_FINISHED STREAMEND SOCKETDISCONNECT"), "{trace}");
    let trace = second.close().await;
    assert!(trace.steps().ends_with("SHUTDOWN_FINISH"), "{trace}");
}

async fn the_newer_is_refused(place: &Place) {
    let (first, _) = place.usual(Dialect::Component).ready().await;
    let (error, trace) = place.usual(Dialect::Component).fails().await;
    assert_eq!((error.status(), error.retry()), (ErrorStatus::SocketDisconnect, Retry::Never));
    let line = trace.find(ErrorStatus::SocketDisconnect);
    assert_eq!(line.cause::<StreamError>().condition(), StreamCondition::Conflict, "{trace}");
    let trace = first.close().await;
    assert!(
        trace
            .steps()
            .ends_with("INIT_FINISHED SHUTDOWN_START STREAMEND SOCKETDISCONNECT SHUTDOWN_FINISH")
    );
    // Then the name is free.
    place.usual(Dialect::Component).visit().await;
}

async fn both_are_served(place: &Place) {
    let (first, _) = place.usual(Dialect::Component).ready().await;
    let (second, _) = place.usual(Dialect::Component).ready().await;
    for one in [first, second] {
        let trace = one.close().await;
        assert!(trace.steps().ends_with("SHUTDOWN_FINISH"), "{trace}");
    }
}

async fn the_second_bind_fails(place: &Place) {
    let (first, _) = place.usual(Dialect::Router).ready().await;
    let (error, trace) = place.usual(Dialect::Router).fails().await;
    // It may be our own connection of before.
    assert_eq!((error.status(), error.retry()), (ErrorStatus::BindFail, Retry::Later), "{trace}");
    let cause = trace.find(ErrorStatus::BindFail).cause::<router::BindError>();
    assert_eq!((cause, cause.code()), (&router::BindError::Conflict, Some(409)));
    assert!(
        trace.steps().ends_with("BINDNEGOTIATE BINDFAIL STREAMEND SOCKETDISCONNECT"),
        "{trace}"
    );
    first.close().await;
    place.usual(Dialect::Router).visit().await;
}
