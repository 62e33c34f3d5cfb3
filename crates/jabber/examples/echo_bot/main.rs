//! One bot, written once, in any of the four dialects. What differs is the configuration.
//!
//! Two terminals; the password is in the environment:
//!
//! ```console
//! cargo run -p jabber-cli -- serve --ca-file ca.pem --router-user jabberd:secret
//! JABBER_PASSWORD=builder cargo run -p jabber --example echo_bot -- xmpp bob@localhost/bot localhost:5222 ca.pem
//! JABBER_PASSWORD=builder cargo run -p jabber --example echo_bot -- legacy bob@localhost/bot localhost:5223 ca.pem
//! JABBER_PASSWORD=secret cargo run -p jabber --example echo_bot -- component echo.localhost localhost:5347
//! JABBER_PASSWORD=secret cargo run -p jabber --example echo_bot -- jabberd20-component jabberd@bot.localhost localhost:5347 ca.pem
//! ```
//!
//! Write to it from a third:
//!
//! ```console
//! JABBER_PASSWORD=wonderland cargo run -p jabber-cli -- connect --jid alice@localhost --server localhost:5222 \
//!   --tls-ca ca.pem --linger 1 --send '<message to="bob@localhost/bot"><body>Hello</body></message>'
//! ```
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example talks to its user")]

mod bot;

use std::{env, error::Error};

use jabber::{
    Jid, Secret, Session, SessionBuilder, Tcp, TlsConfig, component, jabberd20_component, legacy,
    xmpp,
};

/// The one place that knows of dialects.
fn session(dialect: &str, jid: Jid, secret: Secret) -> Result<SessionBuilder, Box<dyn Error>> {
    Ok(match dialect {
        "xmpp" => Session::builder(xmpp::Config::new(jid, secret)),
        // It has no STARTTLS.
        "legacy" => Session::builder(legacy::Config::new(jid, secret)?).direct_tls(true),
        "component" => Session::builder(component::Config::new(jid, secret)),
        "jabberd20-component" => {
            // In this example the router's user stands before the @.
            let user = jid.local().unwrap_or(jid.domain()).to_owned();
            let config = jabberd20_component::Config::new(jid.to_domain(), secret);
            Session::builder(config.with_username(user))
        }
        other => return Err(format!("no dialect '{other}'").into()),
    })
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut args = env::args().skip(1);
    let (Some(dialect), Some(jid), Some(server)) = (args.next(), args.next(), args.next()) else {
        return Err(
            "DIALECT JID HOST:PORT [CA-FILE] are needed; the password is JABBER_PASSWORD".into()
        );
    };
    let secret = env::var("JABBER_PASSWORD")?.into();
    let mut tls = TlsConfig::builder();
    if let Some(file) = args.next() {
        tls = tls.add_ca_file(std::path::Path::new(&file))?;
    }
    let session = session(&dialect, jid.parse()?, secret)?
        .server(server.parse()?)
        .transport(Tcp::new(tls.build()?))
        .build();
    bot::run(session, |identity| println!("{} answers, by {dialect}", identity.jid)).await?;
    println!("the connection has ended");
    Ok(())
}
