//! The whole matrix of jabber-cli's tests, of every dialect in each way in which it has TLS, over real
//! sockets and real handshakes: the same setups, the same program, the same table.
//!
//! Times are a tenth of the table's. A run that another outcome came of than the table has is done once
//! more, alone: on a busy machine a second may be over before anything was said. What must never be is
//! wrong at the first time.

use std::{
    sync::LazyLock,
    time::{Duration, Instant},
};

use jabber::{Tcp, TlsConfig};
use jabber_testkit::misbehaving::{Lie, Misbehaviour, Step};
use jabber_tests::pki::Authority;
use rustls::{
    SupportedProtocolVersion,
    version::{TLS12, TLS13},
};
use tokio::{task::JoinSet, time::timeout};
use tokio_rustls::TlsAcceptor;

use crate::{
    judge::{Judgement, judge, misbehaviours},
    peer::{acceptor, listen, serve_one},
    program::{Run, run},
    setups::{Dialect, SETUPS, Setup},
    table::Table,
};

/// How many times faster than the table it is.
const PACE: u32 = 10;
/// What may come later than the table has it, in its seconds.
const SLACK: u64 = 15;
/// How many runs there are at a time.
const AT_A_TIME: usize = 64;
/// How long a server may still read what its client has said last.
const REST: Duration = Duration::from_millis(300);

static AUTHORITY: LazyLock<Authority> = LazyLock::new(|| Authority::new("A test's authority"));
static CLIENT: LazyLock<TlsConfig> = LazyLock::new(|| {
    let tls = TlsConfig::builder().without_system_roots();
    tls.add_ca_pem(AUTHORITY.pem().as_bytes()).unwrap().build().unwrap()
});
static ACCEPTORS: LazyLock<[TlsAcceptor; 2]> = LazyLock::new(|| {
    let identity = AUTHORITY.issue(&["localhost", "127.0.0.1"]);
    [acceptor(&identity, &TLS12), acceptor(&identity, &TLS13)]
});

/// What one run is about.
#[derive(Clone)]
struct Case {
    setup: Setup,
    version: &'static SupportedProtocolVersion,
    step: Step,
    misbehaviour: Misbehaviour,
}

impl Case {
    fn name(&self) -> String {
        let Self { setup, version, step, misbehaviour } = self;
        format!("{}, {:?}: {step}: {misbehaviour}", setup.name, version.version)
    }

    /// Meets the server, and comes to an end.
    async fn run(&self) -> Run {
        let misbehaviour = match self.misbehaviour.clone() {
            Misbehaviour::Late(time) => Misbehaviour::Late(time / PACE),
            Misbehaviour::Trickle(time) => Misbehaviour::Trickle(time / PACE),
            other => other,
        };
        let [old, new] = &*ACCEPTORS;
        let acceptor = if self.version.version == TLS12.version { old } else { new };
        let server = self.setup.server().misbehaving(self.step, misbehaviour.clone());
        let mut conversation = server.conversation();
        let (listener, at) = listen().await;
        let at_handshake = (self.step == Step::Handshake).then_some(&misbehaviour);
        let mut run = {
            let served = serve_one(listener, &mut conversation, acceptor, at_handshake);
            let mut served = std::pin::pin!(served);
            let client = run(self.setup, Tcp::new(CLIENT.clone()), Some(at.into()), PACE);
            let mut client = std::pin::pin!(client);
            tokio::select! {
                run = &mut client => {
                    let _ = timeout(REST, served).await;
                    run
                }
                () = &mut served => client.await,
            }
        };
        run.hear(conversation.heard());
        run
    }
}

/// All of them whose misbehaviour is such a one.
fn cases(such: fn(&Misbehaviour) -> bool) -> Vec<Case> {
    let mut cases = Vec::new();
    for setup in SETUPS {
        let server = setup.server();
        if !server.steps().contains(&Step::Handshake) {
            continue;
        }
        let versions: &[&SupportedProtocolVersion] = match setup.dialect {
            Dialect::Xmpp => &[&TLS12, &TLS13],
            _ => &[&TLS13],
        };
        for step in setup.steps() {
            for misbehaviour in misbehaviours(&server, step).into_iter().filter(such) {
                cases.extend(versions.iter().map(|version| Case {
                    setup: *setup,
                    version,
                    step,
                    misbehaviour: misbehaviour.clone(),
                }));
            }
        }
    }
    cases
}

/// Every such run is what the table says; how many there were.
async fn all_as_in_the_table(such: fn(&Misbehaviour) -> bool) -> usize {
    let begun = Instant::now();
    let table = Table::read();
    let cases = cases(such);
    let runs = cases.len();
    let (mut wrong, mut again) = (Vec::new(), Vec::new());
    let mut running = JoinSet::new();
    let mut cases = cases.into_iter();
    loop {
        while running.len() < AT_A_TIME
            && let Some(case) = cases.next()
        {
            running.spawn(async move {
                let run = case.run().await;
                (case, run)
            });
        }
        let Some(done) = running.join_next().await else { break };
        let (case, run) = done.unwrap();
        let judged = judged(&table, &case, &run);
        if !judged.faults.is_empty() {
            wrong.push(format!("{}{}", case.name(), judged.wrong().unwrap_or_default()));
        } else if let Some(differs) = judged.differs {
            again.push((case, differs));
        }
    }
    // So many are no accident, and one by one they would take for ever.
    let too_many = again.len() > runs / 50;
    for (case, why) in again.iter().take(if too_many { 5 } else { again.len() }) {
        println!("once more: {}{why}", case.name());
        let judged = judged(&table, case, &case.run().await);
        wrong.extend(judged.wrong().map(|why| format!("{}{why}", case.name())));
    }
    println!("{runs} runs in {:?}, {} of them twice", begun.elapsed(), again.len());
    let shown = wrong.iter().take(40).cloned().collect::<Vec<_>>().join("\n");
    assert!(wrong.is_empty(), "{} of {runs} are wrong:\n{shown}", wrong.len());
    assert!(!too_many, "too many had another outcome: {} of {runs}", again.len());
    runs
}

fn judged(table: &Table, case: &Case, run: &Run) -> Judgement {
    let as_if = |misbehaviour| judge(table, case.setup, case.step, misbehaviour, run, SLACK);
    let judged = as_if(&case.misbehaviour);
    // A socket does not keep apart what was written apart.
    let together = match case.misbehaviour {
        Misbehaviour::Lie(Lie::FeaturesLater) => Lie::FeaturesBehind,
        Misbehaviour::Lie(Lie::HalfLater) => Lie::HalfBehind,
        Misbehaviour::Lie(Lie::SpaceLater) => Lie::SpaceBehind,
        Misbehaviour::Lie(Lie::NulLater) => Lie::NulBehind,
        _ => return judged,
    };
    if judged.wrong().is_some() { as_if(&Misbehaviour::Lie(together)) } else { judged }
}

const fn is_cut(misbehaviour: &Misbehaviour) -> bool {
    matches!(
        misbehaviour,
        Misbehaviour::Cut
            | Misbehaviour::Truncate
            | Misbehaviour::Reset
            | Misbehaviour::HalfThenCut
            | Misbehaviour::NotWellFormed
            | Misbehaviour::EndStream
    )
}

const fn is_slow(misbehaviour: &Misbehaviour) -> bool {
    matches!(
        misbehaviour,
        Misbehaviour::Silent
            | Misbehaviour::HalfThenSilent
            | Misbehaviour::Late(_)
            | Misbehaviour::Trickle(_)
    )
}

const fn is_lie(misbehaviour: &Misbehaviour) -> bool {
    matches!(misbehaviour, Misbehaviour::Lie(_))
}

const fn is_stream_error(misbehaviour: &Misbehaviour) -> bool {
    matches!(misbehaviour, Misbehaviour::StreamError(_) | Misbehaviour::BareStreamError(_))
}

#[tokio::test]
async fn threat_09_what_is_cut_or_broken_ends_over_tls() {
    let runs = all_as_in_the_table(is_cut).await;
    assert!(runs > 500, "{runs}");
}

#[tokio::test]
async fn threat_31_what_is_silent_or_slow_ends_over_tls() {
    let runs = all_as_in_the_table(is_slow).await;
    assert!(runs > 400, "{runs}");
}

#[tokio::test]
async fn threat_11_no_lie_is_believed_over_tls() {
    let runs = all_as_in_the_table(is_lie).await;
    assert!(runs > 500, "{runs}");
}

#[tokio::test]
async fn every_stream_error_ends_over_tls_as_in_memory() {
    let runs = all_as_in_the_table(is_stream_error).await;
    assert!(runs > 500, "{runs}");
}

#[tokio::test]
async fn every_other_misbehaviour_ends_over_tls_as_in_memory() {
    let others =
        |it: &Misbehaviour| !(is_cut(it) || is_slow(it) || is_lie(it) || is_stream_error(it));
    let runs = all_as_in_the_table(others).await;
    assert!(runs > 500, "{runs}");
}
