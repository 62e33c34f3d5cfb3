//! Certificates of every kind over real sockets: which are taken, and what is said of the others, by a
//! session and by the program. Nobody who shows a wrong one hears anything of a login.

mod meet;
mod rows;

use std::sync::LazyLock;

use jabber::TlsConfig;
use jabber_tests::pki::Authority;

use self::{
    meet::{BOTH, VERSIONS},
    rows::{FIXTURES, Row},
};

static AUTHORITY: LazyLock<Authority> = LazyLock::new(|| Authority::new("A test's authority"));

/// What is trusted.
fn trusted() -> String {
    FIXTURES.iter().fold(AUTHORITY.pem(), |all, pem| all + pem)
}

/// Sessions that trust the tests' authorities alone, and beside the system's.
async fn sessions(rows: fn(&Authority) -> Vec<Row>) {
    let own = TlsConfig::builder().without_system_roots();
    for trust in [own, TlsConfig::builder()] {
        let trust = trust.add_ca_pem(trusted().as_bytes()).unwrap().build().unwrap();
        for row in rows(&AUTHORITY) {
            for (tls, version) in BOTH.iter().flat_map(|tls| VERSIONS.map(|version| (tls, version)))
            {
                row.meets_a_session(&trust, *tls, version).await;
            }
        }
    }
}

async fn programs(rows: fn(&Authority) -> Vec<Row>) {
    for row in rows(&AUTHORITY) {
        for tls in BOTH {
            row.meets_the_program(&trusted(), tls).await;
        }
    }
}

#[tokio::test]
async fn threat_03_another_name_is_refused_by_a_session() {
    sessions(rows::of_another_name).await;
}

#[tokio::test]
async fn threat_03_another_name_is_refused_by_the_program() {
    programs(rows::of_another_name).await;
}

#[tokio::test]
async fn threat_05_what_nobody_vouches_for_is_refused_by_a_session() {
    sessions(rows::not_to_be_trusted).await;
}

#[tokio::test]
async fn threat_05_what_nobody_vouches_for_is_refused_by_the_program() {
    programs(rows::not_to_be_trusted).await;
}

#[tokio::test]
async fn threat_06_a_server_is_no_authority_for_a_session() {
    sessions(rows::of_the_wrong_role).await;
}

#[tokio::test]
async fn threat_06_a_server_is_no_authority_for_the_program() {
    programs(rows::of_the_wrong_role).await;
}

#[tokio::test]
async fn threat_07_common_names_and_wide_wildcards_are_refused_by_a_session() {
    sessions(rows::of_no_name).await;
}

#[tokio::test]
async fn threat_07_common_names_and_wide_wildcards_are_refused_by_the_program() {
    programs(rows::of_no_name).await;
}

#[tokio::test]
async fn threat_08_old_tls_is_refused_by_a_session() {
    sessions(rows::of_old_tls).await;
}

#[tokio::test]
async fn threat_08_old_tls_is_refused_by_the_program() {
    programs(rows::of_old_tls).await;
}
