//! A subject with its recording.

use std::sync::OnceLock;
use std::time::Duration;

use crate::config::Target;
use crate::diagnose::Cause;
use crate::run::Recording;
use crate::selftest::subject::Subject;
use crate::selftest::subject::mask::{EVIDENCE_SETS, View};
use crate::selftest::subject::replay::{Replay, replay};

/// A recording of a subject.
#[derive(Debug)]
pub(crate) struct Recorded {
    /// The subject.
    pub subject: Subject,
    /// The target that led to its twin.
    pub target: Target,
    /// Everything that was observed.
    pub recording: Recording,
    /// How long the run took.
    pub took: Duration,
    /// The diagnosis with each set of evidence, made when it is first needed.
    pub replays: [OnceLock<Replay>; EVIDENCE_SETS.len()],
}

impl Recorded {
    /// Returns the ids of the injected faults.
    pub(crate) fn faults(&self) -> Vec<String> {
        self.subject.faults.iter().map(|fault| fault.id().to_owned()).collect()
    }

    /// Returns the dialect of the twin.
    pub(crate) fn dialect(&self) -> String {
        self.subject.dialect.id().to_owned()
    }

    /// Returns `auth/down, observed`.
    pub(crate) fn name(&self) -> String {
        let noise = if self.subject.noise.is_some() { ", noise" } else { "" };
        format!("{}, {}{noise}", self.faults().join(" + "), self.dialect())
    }

    /// Returns the diagnosis with this set of evidence, by its place in [`EVIDENCE_SETS`].
    pub(crate) fn replay(&self, set: usize) -> &Replay {
        self.replays[set].get_or_init(|| replay(&self.view(set)))
    }

    /// Makes the diagnoses that an exam needs.
    pub(crate) fn diagnose(&self) {
        let sets = if self.subject.faults.is_empty() { 1 } else { EVIDENCE_SETS.len() };
        for set in 0..sets {
            self.replay(set);
        }
    }

    /// Returns what this set of evidence shows.
    pub(crate) fn view(&self, set: usize) -> View {
        View::through(&self.recording, &self.target, EVIDENCE_SETS[set])
    }

    /// Reports whether the diagnosis of the recording with all evidence gives the verdict of the live run.
    pub(crate) fn is_as_live(&self) -> bool {
        let verdict = |causes: &[Cause]| -> Vec<_> {
            causes.iter().map(|cause| (cause.fault.clone(), cause.certainty, cause.alternatives.len())).collect()
        };
        verdict(&self.replay(0).causes) == verdict(&self.recording.causes)
    }
}
