//! What a pipeline tells: its own vocabulary and its own events, for `jabber-status` to carry.

use std::any::Any;
use std::error::Error;
use std::fmt::{self, Display};

use jabber_status::{StatusEvent, Vocabulary};

/// The kinds of events in a pipeline's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Queued,
    Fetched,
    Compiled,
    Tested,
    Failed,
    Passed,
}

/// Where the pipeline stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Waiting,
    Running,
    Over,
}

impl Vocabulary for Step {
    type Phase = Stage;

    fn bit(self) -> u32 {
        self as u32
    }

    fn code(self) -> u16 {
        self as u16
    }

    fn name(self) -> &'static str {
        match self {
            Step::Queued => "QUEUED",
            Step::Fetched => "FETCHED",
            Step::Compiled => "COMPILED",
            Step::Tested => "TESTED",
            Step::Failed => "FAILED",
            Step::Passed => "PASSED",
        }
    }
}

impl Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Stage::Waiting => "waiting",
            Stage::Running => "running",
            Stage::Over => "over",
        })
    }
}

/// One event, with what only pipelines have: the number of tests.
#[derive(Debug, Clone)]
pub struct Progress {
    pub step: Step,
    pub attempt: u32,
    pub tests: Option<Tests>,
}

/// How the tests went.
#[derive(Debug, Clone, Copy)]
pub struct Tests {
    pub passed: u32,
    pub failed: u32,
}

impl StatusEvent<Step> for Progress {
    fn kind(&self) -> Step {
        self.step
    }

    fn phase(&self) -> Stage {
        match self.step {
            Step::Queued => Stage::Waiting,
            Step::Failed | Step::Passed => Stage::Over,
            _ => Stage::Running,
        }
    }

    fn attempt(&self) -> u32 {
        self.attempt
    }

    fn dialect(&self) -> &'static str {
        "pipeline"
    }

    fn detail(&self) -> Option<&dyn Display> {
        self.tests.as_ref().map(|tests| tests as &dyn Display)
    }

    fn error(&self) -> Option<&(dyn Error + 'static)> {
        let tests = self.tests.as_ref().filter(|_| self.step == Step::Failed);
        tests.map(|tests| tests as &(dyn Error + 'static))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn to_boxed(&self) -> Box<dyn StatusEvent<Step>> {
        Box::new(self.clone())
    }
}

impl Display for Tests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} tests passed, {} failed", self.passed, self.failed)
    }
}

impl Error for Tests {}
