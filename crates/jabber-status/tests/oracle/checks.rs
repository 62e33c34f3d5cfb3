//! What must hold of a recording once the differences are gone.

use jabber_status::{Kind, Lifecycle, Status};

use crate::recording::Recording;

pub(crate) fn each(recording: &Recording) -> Result<(), String> {
    order(recording)?;
    headers(recording)?;
    negotiation(recording)?;
    requests(recording)?;
    shutdown(recording)
}

/// The grammar.
fn order(recording: &Recording) -> Result<(), String> {
    let mut life = Lifecycle::of(recording.shape());
    for kind in recording.kinds()? {
        life.check(kind).map_err(|violation| violation.to_string())?;
    }
    life.finish().map_err(|violation| violation.to_string())
}

/// Rule 2: a header that is sent is a node for NODESENT, after its STREAMSTART.
pub(crate) fn headers(recording: &Recording) -> Result<(), String> {
    let statuses: Vec<_> = recording.statuses().collect();
    for pair in statuses.windows(2).filter(|pair| pair[0].is("PCJ_STREAMSTART")) {
        if !pair[1].is("PCJ_NODESENT") || !pair[1].is_node("<stream:stream ") {
            return Err("STREAMSTART without its NODESENT".into());
        }
    }
    Ok(())
}

/// Rule 2: nodes while negotiating. Each step that succeeds has sent and received something, and
/// the success is told upon what was received.
fn negotiation(recording: &Recording) -> Result<(), String> {
    for step in ["SSL", "AUTH", "BIND", "SESSION"] {
        let (first, last) = (format!("PCJ_{step}NEGOTIATE"), format!("PCJ_{step}SUCCESS"));
        if recording.position(&last).is_none() {
            continue;
        }
        let nodes = recording.between(&first, &last);
        let sent = nodes.iter().filter(|line| line.is("PCJ_NODESENT")).count();
        // Legacy: the form is asked for, then filled in. Else as many as SASL needs, or one.
        let wanted = if recording.is("legacy") { sent == 2 } else { sent >= 1 };
        if !wanted || !nodes.last().is_some_and(|line| line.is("PCJ_NODERECEIVED")) {
            return Err(format!("nodes of {step}"));
        }
    }
    Ok(())
}

/// Rule 3: RTS_START, NODESENT, NODERECEIVED, RTS_FINISH, of one and the same `id`; between the
/// answer and RTS_FINISH there is nothing.
fn requests(recording: &Recording) -> Result<(), String> {
    let started = recording.statuses().find(|line| line.is("PCJ_RTS_START"));
    let Some(id) = started.map(|line| line.id()) else { return Ok(()) };
    let own: Vec<_> = recording.statuses().filter(|line| line.id() == id).collect();
    let own: Vec<&str> = own.iter().map(|line| line.name.as_str()).collect();
    if own != ["PCJ_RTS_START", "PCJ_NODESENT", "PCJ_NODERECEIVED", "PCJ_RTS_FINISH"] {
        return Err(format!("the request is {own:?}"));
    }
    let statuses: Vec<_> = recording.statuses().collect();
    let finish = statuses.iter().position(|line| line.is("PCJ_RTS_FINISH")).unwrap();
    if statuses[finish - 1].id() != id {
        return Err("the answer came before what precedes it".into());
    }
    Ok(())
}

/// Rule 6: what the user asked for begins with SHUTDOWN_START.
fn shutdown(recording: &Recording) -> Result<(), String> {
    let Some(asked) = recording.position("shutdown") else { return Ok(()) };
    let first = recording.lines[asked..].iter().find(|line| line.is_status());
    if first.is_some_and(|line| line.is("PCJ_SHUTDOWN_START")) {
        return Ok(());
    }
    Err("the shutdown does not begin with SHUTDOWN_START".into())
}

/// What a dialect says does not depend on the server: whole recordings are the same, kind by kind.
/// (jabberd2 asks components for things and offers no session, so it is compared for legacy only.)
pub(crate) fn servers_alike(recordings: &[Recording]) -> Result<(), String> {
    for names in [
        &["ejabberd-xmpp-ok", "prosody-xmpp-ok", "prosody-xmpp-tlsrequired"][..],
        &["ejabberd-legacy-digest", "ejabberd-legacy-plain", "jabberd2-legacy-v1-digest"],
        &["ejabberd-legacy-plain", "prosody-legacy-plain"],
        &["ejabberd-j14-ok", "prosody-j14-ok"],
    ] {
        let traces: Vec<Vec<Kind>> = names
            .iter()
            .map(|name| recordings.iter().find(|it| it.name == *name).unwrap().kinds())
            .collect::<Result<_, _>>()?;
        if !traces[0].contains(&Status::InitFinished.into()) {
            return Err(format!("{} never got ready", names[0]));
        }
        if traces.iter().any(|trace| *trace != traces[0]) {
            return Err(format!("{names:?} differ: {traces:?}"));
        }
    }
    Ok(())
}
