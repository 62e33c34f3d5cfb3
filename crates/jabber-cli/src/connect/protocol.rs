//! From the command line to a dialect's configuration.

use jabber::{
    Jid, Secret, Session, SessionBuilder, component, jabberd20_component, legacy,
    sasl::{Credentials, Mechanism, Policy},
    xmpp,
};

use super::plan::PlanError;
use crate::{
    args::{ConnectArgs, Dialect, Tls},
    password,
};

/// A session in the dialect that was asked for. A password that must be typed is asked for here.
pub(super) fn builder(
    args: &ConnectArgs,
    jid: Jid,
    tls: Tls,
    mechanisms: &[Mechanism],
) -> Result<SessionBuilder, PlanError> {
    Ok(match args.dialect {
        Dialect::Xmpp => Session::builder(xmpp(args, jid, tls, mechanisms)?),
        Dialect::Legacy => Session::builder(legacy(args, jid)?),
        Dialect::Component => Session::builder(component(args, jid)?),
        Dialect::Jabberd20Component => Session::builder(router(args, jid, tls, mechanisms)?),
    })
}

fn xmpp(
    args: &ConnectArgs,
    jid: Jid,
    tls: Tls,
    mechanisms: &[Mechanism],
) -> Result<xmpp::Config, PlanError> {
    let anonymous = mechanisms == [Mechanism::Anonymous];
    if !anonymous && args.username.is_none() {
        needs_a_user(&jid, "--jid alice@example.org, or --mechanism ANONYMOUS")?;
    }
    let config = match mechanisms {
        [Mechanism::Anonymous] => xmpp::Config::anonymous(jid),
        [Mechanism::External] => xmpp::Config::external(jid),
        _ => {
            let password = find_password(args)?;
            match &args.username {
                None => xmpp::Config::new(jid, password),
                Some(user) => xmpp::Config::new(jid, "")
                    .with_credentials(Credentials::new(user.clone(), password)),
            }
        }
    };
    let config = config.with_policy(policy(args, mechanisms, Policy::PLAIN_OVER_TLS));
    let config = if args.allow_plaintext { config.dangerous_allow_plaintext() } else { config };
    Ok(if tls == Tls::Off { config.with_tls(xmpp::TlsPolicy::Off) } else { config })
}

fn legacy(args: &ConnectArgs, jid: Jid) -> Result<legacy::Config, PlanError> {
    needs_a_user(&jid, "--jid alice@example.org")?;
    // XEP-0078 §3: the resource is a part of the login, and ours to choose.
    let jid = match jid.resource() {
        Some(_) => jid,
        // Another one than that of another run, which would end that.
        None => {
            let own = format!("jabber-{}", std::process::id());
            jid.with_resource(&own).map_err(PlanError::new)?
        }
    };
    let config = legacy::Config::new(jid, find_password(args)?);
    let mut config = config.map_err(PlanError::new)?;
    if let Some(user) = &args.username {
        config = config.with_username(user);
    }
    Ok(if args.allow_plaintext { config.dangerous_allow_plaintext() } else { config })
}

fn component(args: &ConnectArgs, jid: Jid) -> Result<component::Config, PlanError> {
    needs_a_domain(&jid)?;
    Ok(component::Config::new(jid, find_password(args)?))
}

fn router(
    args: &ConnectArgs,
    jid: Jid,
    tls: Tls,
    mechanisms: &[Mechanism],
) -> Result<jabberd20_component::Config, PlanError> {
    needs_a_domain(&jid)?;
    let historic = Policy::PLAIN_OVER_TLS.allow(Mechanism::DigestMd5);
    let mut config = jabberd20_component::Config::new(jid, find_password(args)?)
        .with_policy(policy(args, mechanisms, historic));
    if let Some(user) = &args.username {
        config = config.with_username(user);
    }
    if args.allow_plaintext {
        config = config.dangerous_allow_plaintext();
    }
    let off = jabberd20_component::TlsPolicy::Off;
    Ok(if tls == Tls::Off { config.with_tls(off) } else { config })
}

fn policy(args: &ConnectArgs, mechanisms: &[Mechanism], default: Policy) -> Policy {
    let policy = if mechanisms.is_empty() { default } else { Policy::only(mechanisms) };
    policy.dangerous_allow_plaintext(args.allow_plaintext)
}

fn needs_a_user(jid: &Jid, advice: &'static str) -> Result<(), PlanError> {
    if jid.local().is_some() {
        return Ok(());
    }
    Err(PlanError::new(format!("--jid '{jid}' has no user")).advise(advice))
}

fn needs_a_domain(jid: &Jid) -> Result<(), PlanError> {
    if jid.local().is_none() && jid.is_bare() {
        return Ok(());
    }
    Err(PlanError::new(format!("--jid '{jid}': a component serves a domain"))
        .advise("--jid echo.localhost"))
}

fn find_password(args: &ConnectArgs) -> Result<Secret, PlanError> {
    password::find(args.password_file.as_deref(), &args.jid).map_err(PlanError::new)
}
