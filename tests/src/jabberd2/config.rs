//! Writes what the three processes read. Paths are relative to the folder in which they run.

use std::{fs, io, path::Path};

use super::{LIMITED_USER, LOGGER_USER, Options, ROUTER_SECRET, ROUTER_USER, storage};
use crate::{
    pki::Identity,
    server::{ANONYMOUS, COMPONENT_SECRET, OPTIONAL, Ports, REQUIRED, UNCOVERED},
};

/// The mechanisms that jabberd2 2.7 has, as it calls them: those with a password. `-PLUS` is left
/// out: they are offered, and never succeed, as no channel binding reaches the SASL library.
/// It offers ANONYMOUS everywhere, and takes it on [`ANONYMOUS`] alone.
const MECHANISMS: [&str; 6] =
    ["plain", "digest-md5", "cram-md5", "scram-sha-1", "scram-sha-256", "anonymous"];

/// What the session manager does with a stanza, in this order, by where it comes from. Nothing that
/// keeps a message for somebody who is not there: it comes back.
const CHAINS: [(&str, &[&str]); 8] = [
    (
        "in-sess",
        &["validate", "privacy", "roster", "iq-ping", "iq-private", "disco", "presence", "deliver"],
    ),
    ("in-router", &["session", "validate", "presence", "privacy"]),
    ("out-router", &["privacy"]),
    ("pkt-sm", &["iq-ping", "iq-time", "iq-version", "disco", "echo", "presence"]),
    ("pkt-user", &["roster", "presence", "disco", "deliver"]),
    ("pkt-router", &["session", "disco"]),
    ("user-load", &["active", "roster", "privacy"]),
    ("disco-extend", &["iq-version"]),
];

/// Everything but the accounts.
pub(super) fn write(
    folder: &Path,
    options: &Options,
    ports: &Ports,
    identity: &Identity,
    modules: &Path,
) -> io::Result<()> {
    let Identity { certificate_pem, key_pem } = identity;
    let modules = modules.to_str().ok_or_else(|| io::Error::other("the path is not UTF-8"))?;
    fs::write(folder.join("server.pem"), format!("{key_pem}{certificate_pem}"))?;
    fs::write(folder.join("users.xml"), users())?;
    fs::write(folder.join("filter.xml"), "<filter/>\n")?;
    fs::write(folder.join("router.xml"), router(options, ports))?;
    let accounts = [OPTIONAL, REQUIRED, UNCOVERED];
    fs::write(folder.join("sm.xml"), sm("sm", &accounts, &|_| true, ports, modules))?;
    let anonymous = sm("sm-anon", &[ANONYMOUS], &keeps_nothing, ports, modules);
    fs::write(folder.join("sm-anon.xml"), anonymous)?;
    fs::write(folder.join("c2s.xml"), c2s(options, ports, modules))
}

fn users() -> String {
    let users = [ROUTER_USER, LIMITED_USER, LOGGER_USER].map(|name| {
        format!("<user><name>{name}</name><secret>{}</secret></user>\n", escaped(ROUTER_SECRET))
    });
    format!("<users>\n{}</users>\n", users.concat())
}

fn router(options: &Options, ports: &Ports) -> String {
    let tls = if options.router_tls { "<pemfile>server.pem</pemfile>" } else { "" };
    format!(
        "<router>
  <id>router</id>
  <pidfile>router.pid</pidfile>
  <log type='file'><file>router.log</file></log>
  <local>
    <ip>127.0.0.1</ip>
    <port>{port}</port>
    <users>users.xml</users>
    <secret>{secret}</secret>
    {tls}
  </local>
  <check><interval>60</interval><keepalive>0</keepalive></check>
  <io>
    <max_fds>1024</max_fds>
    <limits><bytes>0</bytes><connects>0</connects></limits>
    <access><order>allow,deny</order></access>
  </io>
  <aci>
    <acl type='all'><user>{ROUTER_USER}</user></acl>
    <acl type='log'><user>{LOGGER_USER}</user></acl>
    <filter>filter.xml</filter>
  </aci>
</router>
",
        port = ports.component.port(),
        secret = escaped(COMPONENT_SECRET),
    )
}

/// Whoever has no account has nothing that could be kept: these modules would wait for it for ever.
fn keeps_nothing(module: &str) -> bool {
    !matches!(module, "active" | "privacy" | "roster" | "iq-private")
}

/// A session manager of that name, for those domains, with those of the modules.
fn sm(
    name: &str,
    domains: &[&str],
    wanted: &dyn Fn(&str) -> bool,
    ports: &Ports,
    modules: &str,
) -> String {
    let chains: String = CHAINS
        .iter()
        .map(|(chain, names)| {
            let names: String = names
                .iter()
                .filter(|name| wanted(name))
                .map(|name| format!("<module>{name}</module>"))
                .collect();
            format!("    <chain id='{chain}'>{names}</chain>\n")
        })
        .collect();
    let ids: String = domains.iter().map(|domain| format!("<id>{domain}</id>")).collect();
    let create = if domains.contains(&ANONYMOUS) { "" } else { "<auto-create/>" };
    format!(
        "<sm>
  <id>{name}</id>
  <pidfile>{name}.pid</pidfile>
  {router}
  <log type='file'><file>{name}.log</file></log>
  <local>{ids}</local>
  <storage>
    <path>{modules}</path>
    <driver>sqlite</driver>
    {sqlite}
  </storage>
  <modules>
    <path>{modules}</path>
{chains}  </modules>
  <discovery>
    <identity><category>server</category><type>im</type><name>jabberd2</name></identity>
    <agents/>
    <items/>
  </discovery>
  <user>{create}<template/></user>
</sm>
",
        router = to_router(ports),
        sqlite = sqlite(""),
    )
}

fn c2s(options: &Options, ports: &Ports, modules: &str) -> String {
    let wanted = |name: &&&str| {
        let is = |one: &String| one.eq_ignore_ascii_case(name);
        options.mechanisms.as_ref().is_none_or(|wanted| wanted.iter().any(is))
    };
    let sasl: String = MECHANISMS.iter().filter(wanted).map(|name| format!("<{name}/>")).collect();
    let mechanisms = format!("<traditional><plain/><digest/></traditional><sasl>{sasl}</sasl>");
    let id = |name: &str, required: &str| {
        format!("<id realm='{name}' pemfile='server.pem'{required}>{name}</id>\n    ")
    };
    let required = " require-starttls='yes'";
    format!(
        "<c2s>
  <id>c2s</id>
  <pidfile>c2s.pid</pidfile>
  {router}
  <log type='file'><file>c2s.log</file></log>
  <local>
    {ids}<ip>127.0.0.1</ip>
    <port>{port}</port>
    <ssl-port>{ssl_port}</ssl-port>
    <pemfile>server.pem</pemfile>
  </local>
  <io>
    <max_fds>1024</max_fds>
    <limits>
      <bytes>0</bytes><stanzas>100000</stanzas><connects>0</connects><stanzasize>1048576</stanzasize>
    </limits>
    <access><order>allow,deny</order></access>
    <check><interval>0</interval><idle>0</idle><keepalive>0</keepalive></check>
  </io>
  <stream_redirect/>
  <authreg>
    <path>{modules}</path>
    <module>sqlite</module>
    <mechanisms>{mechanisms}</mechanisms>
    <ssl-mechanisms>{mechanisms}</ssl-mechanisms>
    {sqlite}
  </authreg>
</c2s>
",
        ids = [
            id(OPTIONAL, ""),
            id(REQUIRED, required),
            id(UNCOVERED, required),
            id(ANONYMOUS, " authreg-module='anon'"),
        ]
        .concat(),
        router = to_router(ports),
        port = ports.c2s.port(),
        ssl_port = ports.direct_tls.port(),
        sqlite = sqlite("<password_type><plaintext/></password_type>"),
    )
}

/// How a part reaches the router. No TLS between the server's own parts.
fn to_router(ports: &Ports) -> String {
    let (port, secret) = (ports.component.port(), escaped(ROUTER_SECRET));
    format!(
        "<router>
    <ip>127.0.0.1</ip><port>{port}</port><user>{ROUTER_USER}</user><pass>{secret}</pass>
    <retry><init>20</init><lost>3</lost><sleep>1</sleep></retry>
  </router>"
    )
}

fn sqlite(more: &str) -> String {
    // Nothing here must survive a loss of power, and two processes write.
    format!(
        "<sqlite><dbname>{}</dbname><sql>PRAGMA synchronous = OFF;</sql>\
         <busy-timeout>2000</busy-timeout>{more}</sqlite>",
        storage::FILE
    )
}

/// A text as XML writes it.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
