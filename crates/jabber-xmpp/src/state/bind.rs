//! Resource binding, RFC 6120 §7.

use core::iter::once;

use jabber_dialect::{Failure, StanzaCondition, StanzaError, fresh_id};
use jabber_jid::Jid;
use jabber_login::is_negotiation;
use jabber_sasl::{Authenticated, Mechanism};
use jabber_status::ErrorStatus;
use jabber_xml::{Element, StreamHeader};

use super::{Next, State, Turn, check_version, session, unexpected};
use crate::{
    Config, Detail, Error, Incompatibility, Misbehaviour, OnConflict, Rejection,
    wire::{self, Answer, Features, SessionOffer},
};

/// How often a fresh resource is asked for before the bind has failed.
const FRESH_RESOURCES: u8 = 3;

/// Which account the server may bind.
#[derive(Debug)]
enum Account {
    /// This bare JID.
    Of(Jid),
    Any,
}

impl Account {
    /// The one that the login was for, so that the server cannot bind another.
    fn of(config: &Config, mechanism: Mechanism) -> Self {
        if config.any_jid || mechanism == Mechanism::Anonymous {
            return Self::Any;
        }
        let Some(authzid) = config.credentials.authzid() else {
            return Self::Of(config.jid.to_bare());
        };
        // RFC 6120 §6.3.8: an authorization identity is a bare JID. Servers of old have it otherwise.
        match authzid.parse::<Jid>() {
            Ok(jid) if jid.local().is_some() => Self::Of(jid.to_bare()),
            _ => Self::Any,
        }
    }
}

/// The server's header after the login.
#[derive(Debug)]
pub(super) struct AwaitBindHeader {
    account: Account,
}

impl AwaitBindHeader {
    /// Nobody gets here who has not proved who it is: the login is consumed.
    #[expect(clippy::needless_pass_by_value, reason = "what was proved is used once")]
    pub(super) fn new(authenticated: Authenticated, config: &Config) -> Self {
        Self { account: Account::of(config, authenticated.mechanism()) }
    }

    pub(super) fn opened(self, header: &StreamHeader) -> Next {
        check_version(header)?;
        Ok(State::AwaitBindFeatures(AwaitBindFeatures { account: self.account }))
    }
}

/// Features that offer the bind.
#[derive(Debug)]
pub(super) struct AwaitBindFeatures {
    account: Account,
}

impl AwaitBindFeatures {
    pub(super) const AWAITING: &'static str = "the stream features after the login";

    pub(super) fn element(self, element: Element, turn: &mut Turn<'_>) -> Next {
        let Some(features) = Features::of(&element) else {
            pass(element, Self::AWAITING, turn)?;
            return Ok(State::AwaitBindFeatures(self));
        };
        if !features.has_bind() {
            return Err(fails(Incompatibility::NoBind));
        }
        let resource = turn.config.jid.resource().map(str::to_owned);
        turn.tell(Detail::Binding { resource: resource.clone() });
        let id = ask(resource.as_deref(), turn)?;
        let (session, fresh) = (features.session(), FRESH_RESOURCES);
        Ok(State::AwaitBound(AwaitBound { id, account: self.account, session, fresh }))
    }
}

/// The answer to the bind with that id.
#[derive(Debug)]
pub(super) struct AwaitBound {
    id: String,
    account: Account,
    session: SessionOffer,
    /// How many fresh resources may still be asked for.
    fresh: u8,
}

impl AwaitBound {
    pub(super) const AWAITING: &'static str = "the answer to the bind";

    pub(super) fn element(self, element: Element, turn: &mut Turn<'_>) -> Next {
        let bound = wire::bound_jid(&element);
        let own = once(&turn.config.jid).chain(&bound);
        match wire::answer(&element, &self.id, own) {
            None => {
                pass(element, Self::AWAITING, turn)?;
                Ok(State::AwaitBound(self))
            }
            Some(Answer::Result) => {
                let jid = bound.ok_or_else(|| fails(Misbehaviour::BindWithoutJid))?;
                self.bound(jid, turn)
            }
            Some(Answer::Error(error)) => self.refused(error, turn),
        }
    }

    /// RFC 6120 §7.7.1: the resource is the server's to give, and may be another than we wanted.
    fn bound(self, jid: Jid, turn: &mut Turn<'_>) -> Next {
        match self.account {
            Account::Of(expected) if !expected.matches_bare(&jid) => {
                Err(fails(Misbehaviour::ForeignJid { bound: jid, expected }))
            }
            Account::Of(_) | Account::Any => {
                turn.tell(Detail::Bound { jid: jid.clone() });
                session::start(jid, self.session, turn)
            }
        }
    }

    /// RFC 6120 §7.7.2.2: another resource may be free.
    fn refused(self, error: StanzaError, turn: &mut Turn<'_>) -> Next {
        let again = turn.config.on_conflict == OnConflict::FreshResource
            && error.condition == StanzaCondition::Conflict;
        match self.fresh.checked_sub(1) {
            Some(fresh) if again => {
                let resource = fresh_id(turn.actions.entropy());
                let id = ask(Some(&resource), turn)?;
                Ok(State::AwaitBound(Self { id, fresh, ..self }))
            }
            _ => Err(fails(Rejection::Bind(error))),
        }
    }
}

/// Sends the request and gives its id.
fn ask(resource: Option<&str>, turn: &mut Turn<'_>) -> Result<String, Failure> {
    let id = fresh_id(turn.actions.entropy());
    turn.send(wire::bind(&id, resource), ErrorStatus::BindFail)?;
    Ok(id)
}

/// What is no answer: stanzas are kept for the user, and the rest is nobody's.
fn pass(element: Element, awaiting: &'static str, turn: &mut Turn<'_>) -> Result<(), Failure> {
    if is_negotiation(&element) {
        return Err(unexpected(&element, awaiting, ErrorStatus::BindFail));
    }
    turn.hold(element);
    Ok(())
}

fn fails(error: impl Into<Error>) -> Failure {
    error.into().fails(ErrorStatus::BindFail)
}
