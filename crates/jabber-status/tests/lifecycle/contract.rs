//! The order of statuses once more, as one regular expression, written from docs/statuses.md and
//! not from the code: the table read as a tree, an ending possible at each of its nodes.

use jabber_status::{ErrorStatus, Extra, Shape, Status};

use crate::expression::{Expression, NEVER, either, many, mixed, one, optional, sequence, then};

/// All traces that a dialect of that shape may leave behind.
pub(crate) fn of(shape: Shape) -> Expression {
    let pause = many(either([
        extras(),
        status(Status::NodeQueued),
        sequence([status(Status::ShutdownStart), many(extras()), status(Status::ShutdownFinish)]),
    ]));
    let attempts = many(sequence([attempt(shape), pause]));
    sequence([pause, attempts])
}

fn status(status: Status) -> Expression {
    one(status)
}

fn error(error: ErrorStatus) -> Expression {
    one(error)
}

fn extras() -> Expression {
    either(Extra::ALL.iter().map(|extra| one(*extra)))
}

fn extras_but_resumed() -> Expression {
    let others = Extra::ALL.iter().filter(|extra| **extra != Extra::StreamResumed);
    either(others.map(|extra| one(*extra)))
}

fn node() -> Expression {
    either([status(Status::NodeSent), status(Status::NodeReceived)])
}

fn only_if(condition: bool, expression: Expression) -> Expression {
    if condition { expression } else { NEVER }
}

fn attempt(shape: Shape) -> Expression {
    let wait = many(either([extras(), status(Status::NodeQueued)]));
    let connected = then(status(Status::Connected), connected(shape));
    let connecting =
        then(status(Status::Connecting), then(wait, either([unconnected(), connected])));
    sequence([status(Status::Connect), wait, either([unconnected(), connecting])])
}

/// Not yet CONNECTED.
fn unconnected() -> Expression {
    let fail = error(ErrorStatus::ConnectFail);
    let cancelled = sequence([
        status(Status::ShutdownStart),
        many(extras()),
        optional(then(fail, many(extras()))),
        status(Status::ShutdownFinish),
    ]);
    either([fail, cancelled])
}

/// What the ending depends on.
#[derive(Clone, Copy)]
enum Ending {
    /// Before the first STREAMSTART.
    NoStream,
    /// A stream is open; a shutdown ends it.
    Open,
    /// Between SSLNEGOTIATE (as STARTTLS) and SSLSUCCESS; the stream may be open after all.
    Starting,
    /// Between that SSLSUCCESS and STREAMSTART.
    Between,
    /// From INIT_FINISHED on, open, with answers to come.
    Ready,
}

fn ending(shape: Shape, of: Ending) -> Expression {
    let received = match of {
        Ending::NoStream => extras(),
        Ending::Ready => {
            either([extras(), status(Status::NodeReceived), status(Status::RtsFinish)])
        }
        _ => either([extras(), status(Status::NodeReceived)]),
    };
    let sent = only_if(!matches!(of, Ending::NoStream), status(Status::NodeSent));
    let tail = many(either([received, sent]));
    let can_end = matches!(of, Ending::Open | Ending::Ready | Ending::Starting);
    let must_end = matches!(of, Ending::Open | Ending::Ready);
    let end = only_if(can_end, then(status(Status::StreamEnd), many(received)));
    let cause = either([
        error(ErrorStatus::SocketFail),
        error(ErrorStatus::SslFail),
        error(ErrorStatus::AuthFail),
        only_if(shape.bind, error(ErrorStatus::BindFail)),
        only_if(shape.session, error(ErrorStatus::SessionFail)),
    ]);
    let gone = error(ErrorStatus::SocketDisconnect);

    let failed = sequence([tail, cause, tail, optional(end)]);
    let ended = then(tail, end);
    let dropped = tail;
    let alone = either([failed, ended, dropped]);
    let shut_down = either([failed, ended, only_if(!must_end, dropped)]);
    either([
        then(alone, gone),
        sequence([
            mixed(status(Status::ShutdownStart), shut_down),
            gone,
            many(extras()),
            status(Status::ShutdownFinish),
        ]),
    ])
}

/// A node of the tree: what may stand here, and then an ending or a branch.
fn place(shape: Shape, of: Ending, branches: impl IntoIterator<Item = Expression>) -> Expression {
    place_with(shape, of, extras(), branches)
}

fn place_with(
    shape: Shape,
    of: Ending,
    extras: Expression,
    branches: impl IntoIterator<Item = Expression>,
) -> Expression {
    let nodes = only_if(!matches!(of, Ending::NoStream), node());
    let here = many(either([extras, status(Status::NodeQueued), nodes]));
    then(here, either([ending(shape, of), either(branches)]))
}

fn connected(shape: Shape) -> Expression {
    let direct_tls = tls(shape, Ending::NoStream, Ending::NoStream);
    place(
        shape,
        Ending::NoStream,
        [
            then(status(Status::StreamStart), stream(shape, shape.tls)),
            only_if(shape.tls, direct_tls),
        ],
    )
}

fn tls(shape: Shape, handshake: Ending, encrypted: Ending) -> Expression {
    let restarted = then(status(Status::StreamStart), stream(shape, false));
    let success = then(status(Status::SslSuccess), place(shape, encrypted, [restarted]));
    then(status(Status::SslNegotiate), place(shape, handshake, [success]))
}

fn stream(shape: Shape, may_start_tls: bool) -> Expression {
    let start_tls =
        if may_start_tls { tls(shape, Ending::Starting, Ending::Between) } else { NEVER };
    place(shape, Ending::Open, [then(status(Status::AuthNegotiate), auth(shape)), start_tls])
}

fn auth(shape: Shape) -> Expression {
    let authenticated = if shape.restart {
        let restarted = then(status(Status::StreamStart), bind(shape));
        place(shape, Ending::Open, [restarted])
    } else {
        bind(shape)
    };
    place(shape, Ending::Open, [then(status(Status::AuthSuccess), authenticated)])
}

fn bind(shape: Shape) -> Expression {
    let resumed = then(one(Extra::StreamResumed), settled(shape));
    let bound = if shape.bind {
        let success = place(shape, Ending::Open, session(shape));
        let binding = place(shape, Ending::Open, [then(status(Status::BindSuccess), success)]);
        vec![then(status(Status::BindNegotiate), binding)]
    } else {
        session(shape)
    };
    // Where a session may be resumed, STREAM_RESUMED is no mere remark.
    let extras = if shape.resume { extras_but_resumed() } else { extras() };
    let branches = bound.into_iter().chain([only_if(shape.resume, resumed)]);
    place_with(shape, Ending::Open, extras, branches)
}

fn session(shape: Shape) -> Vec<Expression> {
    let established = then(status(Status::SessionSuccess), settled(shape));
    let negotiating = place(shape, Ending::Open, [established]);
    let session = then(status(Status::SessionNegotiate), negotiating);
    vec![initialized(shape), only_if(shape.session, session)]
}

fn settled(shape: Shape) -> Expression {
    place(shape, Ending::Open, [initialized(shape)])
}

fn initialized(shape: Shape) -> Expression {
    let requests = either([status(Status::RtsStart), status(Status::RtsFinish)]);
    let ready = many(either([extras(), node(), requests]));
    sequence([status(Status::InitFinished), ready, ending(shape, Ending::Ready)])
}
