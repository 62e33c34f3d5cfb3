//! The mechanisms, each as a chain of states.

mod anonymous;
pub(crate) mod digest_md5;
mod external;
mod plain;
mod scram;

use jabber_security::Security;

use crate::{BindingType, Credentials, Exchange, Mechanism, Offer, Service, prepare::Prepared};

/// What a mechanism is started with, besides the credentials.
pub(crate) struct Setting<'a> {
    pub(crate) mechanism: Mechanism,
    pub(crate) binding: Option<BindingType>,
    pub(crate) offer: &'a Offer<'a>,
    pub(crate) security: &'a Security,
    pub(crate) service: &'a Service<'a>,
}

/// `None` if the credentials are not of the mechanism's sort.
pub(crate) fn start(
    setting: &Setting<'_>,
    credentials: &Credentials,
    prepared: Option<Prepared>,
) -> Option<Exchange> {
    let mechanism = setting.mechanism;
    Some(match mechanism {
        Mechanism::Anonymous => Exchange::new(mechanism, anonymous::start()),
        Mechanism::External => Exchange::new(mechanism, external::start(credentials.authzid())),
        Mechanism::Plain => Exchange::new(mechanism, plain::Start::new(prepared?)),
        Mechanism::DigestMd5 => {
            Exchange::new(mechanism, digest_md5::Start::new(setting, prepared?))
        }
        _ => {
            let start = scram::Start::new(setting, prepared?)?;
            let flag = start.flag();
            Exchange::new(mechanism, start).with_binding_flag(flag)
        }
    })
}
