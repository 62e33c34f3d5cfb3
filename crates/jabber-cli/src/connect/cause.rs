//! What an error says to programs: its condition, who ended it, the exit status that stands for it.

use std::error::Error;

use jabber::{
    ConnectionError, ErrorStatus, Party, StanzaCondition, StanzaError, StreamError,
    jabberd20_component::BindError, sasl::LoginRefused,
};

/// The error and what caused it, the outermost first.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    let mut next = Some(error);
    std::iter::from_fn(move || {
        let error = next?;
        next = error.source();
        Some(error)
    })
}

/// The condition that the protocol has for it: of SASL, of a stream error, of a stanza error.
pub(crate) fn condition(error: &(dyn Error + 'static)) -> Option<String> {
    chain(error).find_map(|error| {
        if let Some(refused) = error.downcast_ref::<LoginRefused>() {
            Some(refused.condition.as_str().to_owned())
        } else if let Some(error) = error.downcast_ref::<BindError>() {
            // XEP-0086 §2: what the router's codes stand for.
            error.code().map(|code| StanzaCondition::from_code(code).as_str().to_owned())
        } else if let Some(error) = error.downcast_ref::<StreamError>() {
            Some(error.condition().as_str().to_owned())
        } else if let Some(error) = error.downcast_ref::<StanzaError>() {
            Some(error.condition.as_str().to_owned())
        } else {
            let error = error.downcast_ref::<ConnectionError>()?;
            error.condition().map(|condition| condition.as_str().to_owned())
        }
    })
}

/// Who ended the connection.
pub(crate) fn by(error: &(dyn Error + 'static)) -> Option<&'static str> {
    error.downcast_ref::<ConnectionError>().map(|error| match error.by() {
        Party::Us => "us",
        Party::Peer => "peer",
        _ => "network",
    })
}

/// The error and its causes in one line, each said once.
pub(crate) fn text(error: &(dyn Error + 'static)) -> String {
    chain(error).map(ToString::to_string).fold(String::new(), |text, cause| {
        if text.is_empty() {
            cause
        } else if text.contains(&cause) {
            text
        } else {
            format!("{}: {cause}", text.trim_end_matches('.'))
        }
    })
}

/// The exit status that an error event stands for; `None` where nothing went wrong.
pub(crate) fn exit_status(
    status: ErrorStatus,
    error: Option<&(dyn Error + 'static)>,
    work_done: bool,
) -> Option<u8> {
    Some(match status {
        ErrorStatus::ConnectFail => 10,
        ErrorStatus::SslFail => 11,
        ErrorStatus::AuthFail => 12,
        ErrorStatus::BindFail => 13,
        ErrorStatus::SessionFail => 14,
        ErrorStatus::SocketFail => 15,
        ErrorStatus::SocketDisconnect => match error.and_then(<dyn Error>::downcast_ref) {
            Some(
                ConnectionError::Shutdown
                | ConnectionError::ShutdownUnanswered
                | ConnectionError::Halted,
            ) => return None,
            Some(ConnectionError::PeerClosed { orderly: true, .. }) if work_done => return None,
            Some(
                ConnectionError::Xml(_)
                | ConnectionError::HalfNode
                | ConnectionError::WrongStream { .. }
                | ConnectionError::TooEarly { .. }
                | ConnectionError::Dialect(..),
            ) => 15,
            Some(ConnectionError::Deadline { .. }) => 17,
            _ => 16,
        },
    })
}
