//! Writes what ejabberd reads: configuration, certificate, accounts.

use std::{fs, io, path::Path};

use super::Options;
use crate::{
    pki::{Authority, Identity},
    server::{
        ACCOUNTS, ANONYMOUS, COMPONENT, COMPONENT_SECRET, OPTIONAL, Ports, REQUIRED, Tls, UNCOVERED,
    },
};

/// Run in the server once it is up. Whatever is wrong ends the machine, and is then in its output.
pub(super) const REGISTER: &str = "{ok, Accounts} = file:consult(\"accounts\"), \
    [ok = ejabberd_auth:try_register(U, S, P) || {U, S, P} <- Accounts], \
    ok = file:write_file(\"registered\", \"\").";

const HOSTS: [&str; 3] = [OPTIONAL, REQUIRED, UNCOVERED];

/// The mechanisms that ejabberd 23 has for accounts whose passwords it knows in the clear.
const MECHANISMS: &[&str] = &[
    "PLAIN",
    "DIGEST-MD5",
    "SCRAM-SHA-1",
    "SCRAM-SHA-1-PLUS",
    "SCRAM-SHA-256",
    "SCRAM-SHA-256-PLUS",
    "SCRAM-SHA-512",
    "SCRAM-SHA-512-PLUS",
    "X-OAUTH2",
];

/// Everything.
pub(super) fn write(
    folder: &Path,
    options: &Options,
    ports: &Ports,
    identity: &Identity,
    authority: &Authority,
) -> io::Result<()> {
    let Identity { certificate_pem, key_pem } = identity;
    fs::write(folder.join("server.pem"), format!("{key_pem}{certificate_pem}"))?;
    fs::write(folder.join("ca.pem"), authority.pem())?;
    fs::write(folder.join("accounts"), accounts())?;
    // Without a file of its own, the machine looks for the user's and the system's.
    fs::write(folder.join("inetrc"), "")?;
    fs::write(folder.join("ejabberd.yml"), text(options, ports))
}

/// One Erlang term for each account.
fn accounts() -> String {
    let mut text = String::new();
    for host in HOSTS {
        for account in ACCOUNTS {
            let (name, password) = (binary(account.name), binary(account.password));
            text.push_str(&format!("{{{name}, {}, {password}}}.\n", binary(host)));
        }
    }
    text
}

/// A binary as Erlang writes it: every byte as a number, so that no content needs a rule.
fn binary(text: &str) -> String {
    let bytes: Vec<String> = text.bytes().map(|byte| byte.to_string()).collect();
    format!("<<{}>>", bytes.join(","))
}

/// The configuration file's text. Paths in it are relative to the folder, in which ejabberd runs.
fn text(options: &Options, ports: &Ports) -> String {
    let list = |names: &[&str]| format!("[{}]", names.join(", "));
    let disabled: Vec<&str> = MECHANISMS
        .iter()
        .copied()
        .filter(|&name| {
            options.mechanisms.as_ref().is_some_and(|wanted| wanted.iter().all(|one| one != name))
        })
        .collect();
    let protocols: &[&str] = match options.tls {
        Tls::V12 => &["no_tlsv1", "no_tlsv1_1", "no_tlsv1_3"],
        Tls::V13 => &["no_tlsv1", "no_tlsv1_1", "no_tlsv1_2"],
        Tls::Both => &["no_tlsv1", "no_tlsv1_1"],
    };
    let Ports { c2s, required, direct_tls, component } = ports;
    format!(
        r#"loglevel: info
log_rotate_count: 0
hosts: {hosts}
host_config:
  {ANONYMOUS}:
    auth_method: [anonymous]
    anonymous_protocol: sasl_anon
certfiles: [server.pem]
ca_file: ca.pem
c2s_protocol_options: {protocols}
disable_sasl_mechanisms: {disabled}
# DIGEST-MD5, XEP-0078's digest and SCRAM with every hash need the password itself.
auth_password_format: plain
acme:
  auto: false
listen:
  - port: {c2s}
    ip: 127.0.0.1
    module: ejabberd_c2s
    starttls: true
  - port: {required}
    ip: 127.0.0.1
    module: ejabberd_c2s
    starttls_required: true
    tls_verify: {certificates}
    cafile: ca.pem
  - port: {direct_tls}
    ip: 127.0.0.1
    module: ejabberd_c2s
    tls: true
  - port: {component}
    ip: 127.0.0.1
    module: ejabberd_service
    # The default gives one connection every name in the list.
    global_routes: false
    hosts:
      {COMPONENT}:
        password: {COMPONENT_SECRET:?}
# A message to somebody who is not there comes back: no mod_offline.
modules:
  mod_carboncopy: {{}}
  mod_client_state: {{}}
  mod_disco: {{}}
  mod_legacy_auth: {{}}
  mod_ping: {{}}
  mod_private: {{}}
  mod_roster: {{}}
  mod_stream_mgmt: {{}}
  mod_version: {{}}
"#,
        hosts = list(&[HOSTS.as_slice(), &[ANONYMOUS]].concat()),
        certificates = options.client_certificates,
        protocols = list(protocols),
        disabled = list(&disabled),
        c2s = c2s.port(),
        required = required.port(),
        direct_tls = direct_tls.port(),
        component = component.port(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_their_bytes() {
        assert_eq!(binary("pä"), "<<112,195,164>>");
    }
}
