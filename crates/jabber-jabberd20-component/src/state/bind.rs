//! Domain binding: one `<bind/>` after the other, until all names are ours.

use std::vec;

use jabber_dialect::{Failure, fresh_id};
use jabber_jid::Jid;
use jabber_login::is_negotiation;
use jabber_status::ErrorStatus;
use jabber_xml::{Element, StreamHeader};

use super::{
    Next, State, Turn, check_version,
    ready::{Names, Session},
    unexpected,
};
use crate::{BindError, Detail, Error, Rejection, config::BindOptions, wire};

/// The router's header after the login.
#[derive(Debug)]
pub(super) struct AwaitBindHeader;

impl AwaitBindHeader {
    pub(super) fn opened(self, header: &StreamHeader) -> Next {
        check_version(header)?;
        Ok(State::AwaitBindFeatures(AwaitBindFeatures))
    }
}

/// The features after the login. They are empty: every router can bind.
#[derive(Debug)]
pub(super) struct AwaitBindFeatures;

impl AwaitBindFeatures {
    pub(super) const AWAITING: &'static str = "the stream features after the login";

    pub(super) fn element(self, element: Element, turn: &mut Turn<'_>) -> Next {
        if !wire::is_features(&element) {
            if is_negotiation(&element) {
                return Err(unexpected(&element, Self::AWAITING, ErrorStatus::BindFail));
            }
            // Nothing is bound: nothing can be to us yet.
            return Ok(State::AwaitBindFeatures(self));
        }
        let names = turn.config.names.clone();
        turn.tell(Detail::Binding { names: names.clone() });
        let options = turn.config.options;
        bind(names.into_iter(), options, Names::default(), turn)
    }
}

/// Asks for the next name; without one all are bound.
fn bind(
    mut names: vec::IntoIter<Jid>,
    options: BindOptions,
    others: Names,
    turn: &mut Turn<'_>,
) -> Next {
    let Some(name) = names.next() else {
        let identity = turn.config.identity();
        turn.tell(Detail::Bound(identity.clone()));
        return Ok(State::Ready(Session::new(identity)));
    };
    let id = fresh_id(turn.actions.entropy());
    turn.send(wire::bind(&id, &name, options), ErrorStatus::BindFail)?;
    Ok(State::AwaitBound(AwaitBound { id, name, names, others }))
}

/// The answer to the bind with that id.
#[derive(Debug)]
pub(super) struct AwaitBound {
    id: String,
    name: Jid,
    names: vec::IntoIter<Jid>,
    others: Names,
}

impl AwaitBound {
    pub(super) const AWAITING: &'static str = "the answer to the bind";

    pub(super) fn element(mut self, element: Element, turn: &mut Turn<'_>) -> Next {
        if is_negotiation(&element) {
            return Err(unexpected(&element, Self::AWAITING, ErrorStatus::BindFail));
        }
        let is_answer = wire::is_router(&element, "bind")
            && element.attribute("id").as_deref() == Some(&*self.id);
        if !is_answer {
            self.pass(element, turn);
            return Ok(State::AwaitBound(self));
        }
        let Self { name, names, others, .. } = self;
        match BindError::of(&element) {
            Some(error) => Err(fails(Rejection::Bind { name, error })),
            // Copies and what is to nobody come to the connection, not to a name: the first bind has
            // asked for them, and `<default/>` cannot be had twice.
            None => {
                let BindOptions { multi, .. } = turn.config.options;
                bind(names, BindOptions { multi, ..BindOptions::default() }, others, turn)
            }
        }
    }

    /// What is no answer: stanzas to the names that are bound already, and the names of others. On a
    /// full bus the latter come by the thousand, as often as we bind.
    fn pass(&mut self, element: Element, turn: &mut Turn<'_>) {
        let known = wire::is_router(&element, "presence") && !self.others.is_news(&element);
        if !known && wire::is_for_user(&element) {
            turn.actions.hold(element);
        }
    }
}

fn fails(error: impl Into<Error>) -> Failure {
    error.into().fails(ErrorStatus::BindFail)
}
