//! Session establishment, RFC 3921 §3.

use core::iter::once;

use jabber_dialect::{Identity, fresh_id};
use jabber_jid::Jid;
use jabber_login::is_negotiation;
use jabber_status::ErrorStatus;
use jabber_xml::Element;

use super::{Next, State, Turn, unexpected};
use crate::{
    Detail, Error, Rejection, SessionPolicy,
    wire::{self, Answer, SessionOffer},
};

/// The resource is bound; a session follows where it is offered and wanted.
pub(super) fn start(jid: Jid, offer: SessionOffer, turn: &mut Turn<'_>) -> Next {
    match (offer, turn.config.session) {
        (SessionOffer::None, _) | (SessionOffer::Optional, SessionPolicy::WhenRequired) => {
            return Ok(State::Ready(Identity::new(jid)));
        }
        (SessionOffer::Mandatory, _) | (SessionOffer::Optional, SessionPolicy::WhenOffered) => {}
    }
    turn.tell(Detail::RequestingSession);
    let id = fresh_id(turn.actions.entropy());
    turn.send(wire::session(&id), ErrorStatus::SessionFail)?;
    Ok(State::AwaitSession(AwaitSession { id, jid }))
}

/// The answer to the session request with that id.
#[derive(Debug)]
pub(super) struct AwaitSession {
    id: String,
    jid: Jid,
}

impl AwaitSession {
    pub(super) const AWAITING: &'static str = "the answer to the session request";

    pub(super) fn element(self, element: Element, turn: &mut Turn<'_>) -> Next {
        match wire::answer(&element, &self.id, once(&self.jid)) {
            Some(Answer::Result) => {
                turn.tell(Detail::SessionEstablished);
                Ok(State::Ready(Identity::new(self.jid)))
            }
            Some(Answer::Error(error)) => {
                Err(Error::from(Rejection::Session(error)).fails(ErrorStatus::SessionFail))
            }
            None if is_negotiation(&element) => {
                Err(unexpected(&element, Self::AWAITING, ErrorStatus::SessionFail))
            }
            None => {
                turn.hold(element);
                Ok(State::AwaitSession(self))
            }
        }
    }
}
