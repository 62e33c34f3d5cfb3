//! The gs2 flag (RFC 5802 §6) of every login by SCRAM: what the policy permits, what the server offers, which
//! types it lists (XEP-0440), what the pipe has data of. No cell is left to chance.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;

use common::*;
use jabber_sasl::{ChooseError, Mechanism, Offer, Policy, Service, choose};
use jabber_security::{ChannelBinding, Security};

/// What the list of mechanisms has.
const SCRAM: &[&str] = &["SCRAM-SHA-256"];
const BOTH: &[&str] = &["SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"];
const PLUS: &[&str] = &["SCRAM-SHA-256-PLUS"];
/// That -PLUS is not implemented here.
const FOREIGN: &[&str] = &["SCRAM-SHA-256", "SCRAM-SHA3-512-PLUS"];

/// The columns: the types that the server lists; `None` is a server without XEP-0440.
const TYPES: [Option<&[&str]>; 6] = [
    None,
    Some(&[]),
    Some(&["tls-exporter"]),
    Some(&["tls-server-end-point"]),
    Some(&["tls-server-end-point", "tls-exporter"]),
    Some(&["tls-unique"]),
];

/// The rows: the pipes. `e` has data of the exporter, `c` of the certificate.
const PIPES: [&str; 6] = ["open", "private", "tls", "tls e", "tls c", "tls ec"];

/// A cell is `n`, `y`, `e` for `p=tls-exporter`, `c` for `p=tls-server-end-point`, or `-` where nothing may
/// be sent.
type Grid = [&'static str; 6];

/// Nobody could bind, or a -PLUS is in the list and nobody may say that it is not.
const NOTHING_SAID: Grid = ["nnnnnn"; 6];
const REFUSED: Grid = ["------"; 6];
/// No -PLUS in the list: who could have bound says so, whatever types are listed.
const NONE_SEEN: Grid = ["nnnnnn", "nnnnnn", "nnnnnn", "yyyyyy", "yyyyyy", "yyyyyy"];
/// With the type that both have, the better one first; unbound where they have none, and where the server
/// does not say what it takes.
const BOUND_OR_NOT: Grid = ["nnnnnn", "nnnnnn", "nnnnnn", "nnenen", "nnnccn", "nnecen"];
/// The same without a way out. Of a server that says nothing RFC 9266 §3 has the default.
const BOUND_OR_NOTHING: Grid = ["------", "------", "------", "e-e-e-", "---cc-", "e-ece-"];

fn pipe(name: &str) -> Security {
    let (exporter, certificate) =
        (ChannelBinding::none().with_tls_exporter(EXPORTED), ChannelBinding::none());
    match name {
        "open" => Security::Open,
        "private" => Security::Private,
        "tls" => encrypted(ChannelBinding::none()),
        "tls e" => encrypted(exporter),
        "tls c" => encrypted(certificate.with_tls_server_end_point(vec![0xa5; 32])),
        "tls ec" => encrypted(binding()),
        other => panic!("no pipe {other}"),
    }
}

fn cell(policy: Policy, list: &'static [&str], types: Option<&'static [&str]>, pipe: &str) -> char {
    let mut offer = Offer::new(list.iter().copied());
    offer.channel_bindings = types.map(<[_]>::to_vec);
    let security = self::pipe(pipe);
    let chosen = choose(&policy, &offer, &alice(), &security, &Service::new(HOST));
    let mut exchange = match chosen {
        Ok(choice) => choice.exchange,
        Err(ChooseError::NoneUsable { .. }) => return '-',
        Err(other) => panic!("{other:?}"),
    };
    let bound = exchange.mechanism().binds_channel();
    let message = initial(&mut exchange);
    let flag = match text(&message).split_once(',').unwrap().0 {
        "n" => 'n',
        "y" => 'y',
        "p=tls-exporter" => 'e',
        "p=tls-server-end-point" => 'c',
        other => panic!("no flag {other}"),
    };
    // RFC 5802 §6: `p` is for the -PLUS mechanisms, and the only one for them.
    assert_eq!(bound, matches!(flag, 'e' | 'c'), "{flag} by {exchange:?}");
    flag
}

#[test]
fn threat_15_every_gs2_flag() {
    let unbound = Policy::SCRAM.forbid(Mechanism::ScramSha256Plus);
    let unbound = unbound.forbid(Mechanism::ScramSha1Plus).forbid(Mechanism::ScramSha512Plus);
    let mut cells = 0;
    for (policy, list, grid) in [
        (Policy::SCRAM, SCRAM, NONE_SEEN),
        (Policy::SCRAM, BOTH, BOUND_OR_NOT),
        (Policy::SCRAM, PLUS, BOUND_OR_NOTHING),
        (Policy::SCRAM, FOREIGN, NOTHING_SAID),
        (Policy::SCRAM_PLUS, SCRAM, REFUSED),
        (Policy::SCRAM_PLUS, BOTH, BOUND_OR_NOTHING),
        (Policy::SCRAM_PLUS, PLUS, BOUND_OR_NOTHING),
        (Policy::SCRAM_PLUS, FOREIGN, REFUSED),
        (unbound, SCRAM, NONE_SEEN),
        (unbound, BOTH, NOTHING_SAID),
        (unbound, PLUS, REFUSED),
        (unbound, FOREIGN, NOTHING_SAID),
    ] {
        for (pipe, row) in PIPES.iter().zip(grid) {
            for (types, expected) in TYPES.iter().zip(row.chars()) {
                let flag = cell(policy, list, *types, pipe);
                assert_eq!(flag, expected, "{policy}; offered {list:?} {types:?}; {pipe}");
                cells += 1;
            }
        }
    }
    assert_eq!(cells, 3 * 4 * 6 * 6);
}
