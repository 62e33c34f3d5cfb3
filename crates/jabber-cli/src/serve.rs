//! `jabber serve`: the embedded server alone.

use jabber_server::{Builder, Server};
use owo_colors::OwoColorize;

use crate::{
    args::{ServeArgs, StartTls},
    output::complain,
    signals::Signals,
};

/// The exit status.
pub(crate) async fn run(args: ServeArgs) -> u8 {
    let builder = match builder(&args) {
        Ok(builder) => builder,
        Err(what) => {
            complain(what, Some("NAME:PASSWORD, DOMAIN:SECRET"));
            return 2;
        }
    };
    let mut signals = match Signals::listen() {
        Ok(signals) => signals,
        Err(error) => {
            complain(format_args!("signals cannot be caught: {error}"), None);
            return 1;
        }
    };
    let server = match builder.start().await {
        Ok(server) => server,
        Err(error) => {
            let advice = "other ports: --c2s 127.0.0.1:0 --direct-tls 127.0.0.1:0 --components 127.0.0.1:0 take free ones";
            complain(crate::connect::cause::text(&error), Some(advice));
            return 10;
        }
    };
    if let Some(file) = &args.ca_file
        && let Err(error) = std::fs::write(file, server.ca_pem())
    {
        complain(format_args!("the CA cannot be written to '{}': {error}", file.display()), None);
        return 2;
    }
    announce(&server, &args);
    signals.next().await;
    server.shutdown().await;
    0
}

fn builder(args: &ServeArgs) -> Result<Builder, String> {
    let mut builder = Server::builder()
        .domain(&args.domain)
        .c2s(args.c2s)
        .direct_tls(args.direct_tls)
        .components(args.components)
        .starttls(match args.starttls {
            StartTls::Required => jabber_server::StartTls::Required,
            StartTls::Optional => jabber_server::StartTls::Optional,
            StartTls::Off => jabber_server::StartTls::Off,
        });
    for user in &args.users {
        let (name, password) = pair("--user", user)?;
        builder = builder.user(name, password);
    }
    if args.users.is_empty() {
        builder = builder.user("alice", "wonderland").user("bob", "builder");
    }
    for component in &args.component_secrets {
        let (domain, secret) = pair("--component", component)?;
        builder = builder.component(domain, secret);
    }
    if args.component_secrets.is_empty() {
        builder = builder.component(format!("echo.{}", args.domain), "secret");
    }
    for user in &args.router_users {
        let (name, secret) = pair("--router-user", user)?;
        builder = builder.router_user(name, secret);
    }
    Ok(builder)
}

fn pair<'a>(option: &str, text: &'a str) -> Result<(&'a str, &'a str), String> {
    text.split_once(':').filter(|(name, _)| !name.is_empty()).ok_or_else(|| {
        // Not the text itself: it may be a password.
        format!("{option}: a name and a secret with a ':' between them are needed")
    })
}

fn announce(server: &Server, args: &ServeArgs) {
    anstream::println!("{} for {}", "A Jabber server".bold(), args.domain.green());
    anstream::println!(
        "  clients      {}  ({})",
        server.c2s().cyan(),
        match args.starttls {
            StartTls::Required => "STARTTLS",
            StartTls::Optional => "STARTTLS, or none",
            StartTls::Off => "no TLS",
        }
    );
    anstream::println!("  clients      {}  (direct TLS)", server.direct_tls().cyan());
    anstream::println!(
        "  components   {}  (XEP-0114; STARTTLS: jabberd 2.0's router)",
        server.components().cyan()
    );
    if args.component_secrets.is_empty() {
        anstream::println!("  a component  echo.{}:secret, in either protocol", args.domain);
    }
    match &args.ca_file {
        Some(file) => anstream::println!("  its CA       {}", file.display().cyan()),
        None => anstream::println!("  its CA       --ca-file FILE writes it"),
    }
    if args.users.is_empty() {
        anstream::println!("  accounts     alice:wonderland, bob:builder");
    }
    anstream::println!("{}", "Ctrl-C stops it.".dimmed());
}
