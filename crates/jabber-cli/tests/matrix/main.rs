//! The matrix.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "test")]

#[path = "../../src/connect/cause.rs"]
mod cause;
mod program;
mod setups;

use jabber_testkit::misbehaving::{Misbehaviour};

#[tokio::test(start_paused = true)]
async fn well() {
    for setup in setups::SETUPS {
        let run = program::run(*setup, &setup.server()).await;
        println!("{} {:#?}", setup.name, run);
        assert_eq!(run.exit, 0);
        assert!(run.faults.is_empty());
    }
    for setup in setups::SETUPS {
      for step in setup.steps() {
        for m in Misbehaviour::PLAIN {
          if setup.server().can(step, m) {
            let run = program::run(*setup, &setup.server().misbehaving(step, m.clone())).await;
            println!("{:42} {:14} {:18} exit {:2} {:?} {:?} {:?} {:?} told {:?} {:?} {:?}", setup.name, step, m, run.exit, run.status, run.condition, run.by, run.retry, run.told, run.elapsed, run.faults);
          }
        }
      }
    }
}
