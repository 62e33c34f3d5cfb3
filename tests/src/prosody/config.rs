//! Writes what the server reads: configuration, certificates, accounts, its leash.

use std::{fs, io, path::Path};

use super::{
    ANONYMOUS, COMPONENT, COMPONENT_SECRET, OPTIONAL, Options, REQUIRED, Release, StartError, Tls,
    UNCOVERED, accounts, lua,
};
use crate::{
    pki::{Authority, Identity},
    server::{Ports, backports},
};

/// The mechanisms that `internal_plain` has in Prosody 0.12 and 13.
const MECHANISMS: &[&str] =
    &["PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"];

const MODULES: &[&str] = &[
    "roster",
    "saslauth",
    "tls",
    "disco",
    "ping",
    "version",
    "private",
    "legacyauth",
    "smacks",
    "carbons",
    "leash",
];

/// Everything but the configuration file, which changes with the ports.
pub(super) fn write_data(
    folder: &Path,
    options: &Options,
    identity: &Identity,
    authority: &Authority,
) -> Result<(), StartError> {
    fs::write(folder.join("server.pem"), &identity.certificate_pem)?;
    fs::write(folder.join("server.key"), &identity.key_pem)?;
    fs::create_dir(folder.join("modules"))?;
    fs::write(folder.join("modules/mod_leash.lua"), include_str!("leash.lua"))?;
    if options.client_certificates {
        let module = "mod_auth_ccert.lua";
        let there = "usr/lib/prosody/modules/mod_auth_ccert";
        let from = backports("prosody13")?.join(there).join(module);
        fs::copy(from, folder.join("modules").join(module))?;
        fs::write(folder.join("ca.pem"), authority.pem())?;
    }
    for host in [OPTIONAL, REQUIRED, UNCOVERED] {
        let store = folder.join("data").join(accounts::path_part(host)).join("accounts");
        fs::create_dir_all(&store)?;
        for account in &options.accounts {
            let name = format!("{}.dat", accounts::path_part(account.name));
            fs::write(store.join(name), accounts::file(account.password))?;
        }
    }
    Ok(())
}

/// The configuration file's text.
pub(super) fn text(
    folder: &Path,
    options: &Options,
    ports: &Ports,
    identity: &Identity,
) -> io::Result<String> {
    let path = |name: &str| {
        let path = folder.join(name);
        let text = path.to_str().ok_or_else(|| io::Error::other("the path is not UTF-8"))?;
        io::Result::Ok(lua::string(text))
    };
    let (log, data, modules) = (path("prosody.log")?, path("data")?, path("modules")?);
    let (key, certificate, leash) = (path("server.key")?, path("server.pem")?, path("")?);
    let newer = options.release == Release::Backports;
    // XEP-0474, which the older one has not.
    let more: &[&str] = if newer { &["sasl_ssdp"] } else { &[] };
    let enabled = lua::list(MODULES.iter().chain(more).copied());
    // Its "auto" would serve the first connection only.
    let end_point = if newer {
        format!("tls_server_end_point_hash = \"{}\"", identity.sha256()?)
    } else {
        String::new()
    };
    let protocol = match options.tls {
        Tls::V12 => "tlsv1_2",
        Tls::V13 => "tlsv1_3",
        Tls::Both => "tlsv1_2+",
    };
    let by_certificate = if options.client_certificates {
        format!(
            r#"  authentication = "ccert"
  ssl = {{ key = {key}, certificate = {certificate}, protocol = "{protocol}", cafile = {authority},
    -- 0.12 judges them as if they were servers' certificates otherwise.
    verify = {{ "peer" }}, verifyext = {{ lsec_ignore_purpose = false }} }}"#,
            authority = path("ca.pem")?,
        )
    } else {
        String::new()
    };
    let disabled = lua::list(MECHANISMS.iter().copied().filter(|&name| {
        options.mechanisms.as_ref().is_some_and(|wanted| wanted.iter().all(|one| one != name))
    }));
    let plaintext = options.plaintext_login;
    let insecure = if plaintext { "{}" } else { "{ \"PLAIN\" }" };
    let Ports { c2s, direct_tls, component, .. } = ports;
    let (c2s, direct_tls, component) = (c2s.port(), direct_tls.port(), component.port());
    Ok(format!(
        r#"-- Relative to nothing, listening nowhere but on loopback.
data_path = {data}
plugin_paths = {{ {modules} }}
leash_folder = {leash}
log = {{ {{ levels = {{ min = "debug" }}, to = "file", filename = {log} }} }}
interfaces = {{ "127.0.0.1" }}
component_interfaces = {{ "127.0.0.1" }}
c2s_ports = {{ {c2s} }}
c2s_direct_tls_ports = {{ {direct_tls} }}
component_ports = {{ {component} }}
-- A message to somebody who is not there comes back instead of reaching a later test.
modules_disabled = {{ "s2s", "offline" }}
modules_enabled = {enabled}
storage = "internal"
authentication = "internal_plain"
disable_sasl_mechanisms = {disabled}
limits = {{}}
ssl = {{ key = {key}, certificate = {certificate}, protocol = "{protocol}" }}
{end_point}

VirtualHost "{OPTIONAL}"
  c2s_require_encryption = false
  allow_unencrypted_plain_auth = {plaintext}
  insecure_sasl_mechanisms = {insecure}
VirtualHost "{REQUIRED}"
  c2s_require_encryption = true
{by_certificate}
VirtualHost "{UNCOVERED}"
  c2s_require_encryption = true
VirtualHost "{ANONYMOUS}"
  authentication = "anonymous"
  c2s_require_encryption = false

Component "{COMPONENT}"
  component_secret = {secret}
"#,
        secret = lua::string(COMPONENT_SECRET),
    ))
}
