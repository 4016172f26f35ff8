//! A mark: one subject with one set of evidence, and how right the verdict was.
//!
//! Start at [`exam::marks`].
//!
//! - `exam`: makes the marks; `parallel`: on every processor
//! - `judge`: compares a verdict with the truth; `wrong`: what is wrong with it
//! - `separable`: which faults a set of evidence can separate; `template`: masks what varies by chance
//! - `baseline`: two simpler ways to name a cause
//!
//! Invariant: the catalogue never decides which faults are separable.

pub(crate) mod baseline;
pub(crate) mod exam;
pub(crate) mod judge;
pub(crate) mod parallel;
pub(crate) mod separable;
pub(crate) mod template;
pub(crate) mod wrong;

use std::collections::BTreeSet;
use std::time::Duration;

use serde::Serialize;

use crate::selftest::mark::baseline::Baseline;
use crate::selftest::mark::judge::{Judgement, Truth};
use crate::selftest::mark::wrong::Wrong;
use crate::selftest::subject::hop;
use crate::selftest::subject::mask::View;
use crate::selftest::subject::replay::Replay;

/// The kind of a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    /// One fault.
    Single,
    /// One fault, with noise.
    Noisy,
    /// Two faults at different hops.
    Pair,
}

/// One verdict and how right it was.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Mark {
    /// The kind of subject.
    pub kind: Kind,
    /// The injected faults.
    pub faults: Vec<String>,
    /// The dialect of the twin.
    pub dialect: String,
    /// The granted evidence.
    pub evidence_sources: String,
    /// Whether a step failed. For a pair: and both faults show.
    pub visible: bool,
    /// For a single fault: the injectable faults that the evidence does not separate from it, itself included.
    pub class: BTreeSet<String>,
    /// How right the verdict was.
    pub judgement: Judgement,
    /// What the baselines said.
    pub baseline: Baseline,
    /// Probes that the diagnosis sent.
    pub asked: usize,
    /// How many of these were not recorded.
    pub unanswered: usize,
    /// Probes that it could have sent.
    pub every: usize,
    /// The CPU time of the verdict, in milliseconds.
    pub verdict_ms: f64,
}

/// What is known of a view before it is diagnosed.
#[derive(Debug)]
pub(crate) struct Question<'a> {
    /// The kind of the subject.
    pub kind: Kind,
    /// The injected faults.
    pub faults: Vec<String>,
    /// The dialect of the twin.
    pub dialect: String,
    /// The name of the set of evidence.
    pub evidence_sources: String,
    /// See [`Mark::class`].
    pub class: BTreeSet<String>,
    /// For a pair: whether both faults show.
    pub both_show: bool,
    /// Every fault that can be injected.
    pub injectable: &'a BTreeSet<String>,
}

impl Mark {
    /// Judges the verdict on a view.
    pub(crate) fn of(view: &View, replay: &Replay, question: &Question<'_>) -> Self {
        let Question { faults, class, injectable, .. } = question;
        let judgement = Judgement::of(&replay.causes, &Truth { faults, class, injectable, shown: &replay.shown });
        Self {
            kind: question.kind,
            faults: faults.clone(),
            dialect: question.dialect.clone(),
            evidence_sources: question.evidence_sources.clone(),
            visible: view.failed.iter().any(|step| !step.control) && question.both_show,
            class: class.clone(),
            judgement,
            baseline: Baseline::of(view),
            asked: replay.asked,
            unanswered: replay.unanswered,
            every: replay.every,
            verdict_ms: ms(replay.took),
        }
    }

    /// Returns the ids of the faults, joined.
    pub(crate) fn fault(&self) -> String {
        self.faults.join(" + ")
    }

    /// Reports whether the evidence separates this fault from every other.
    pub(crate) fn separable(&self) -> bool {
        self.class.len() == 1
    }

    /// Reports whether the evidence separates its hop from every other.
    pub(crate) fn hop_separable(&self) -> bool {
        self.class.iter().map(|fault| hop(fault)).collect::<BTreeSet<_>>().len() == 1
    }

    /// Returns the worst problem of the verdict.
    pub(crate) fn wrong(&self) -> Option<Wrong> {
        let judged = &self.judgement;
        if judged.wrong_and_certain() {
            return Some(Wrong::SureOfAnother);
        }
        match (self.visible, self.kind) {
            (false, _) => None,
            (true, Kind::Pair) => (!judged.hop_right).then_some(Wrong::MissingHop),
            (true, Kind::Noisy) => (self.hop_separable() && !judged.hop_right).then_some(Wrong::OtherHopInNoise),
            (true, Kind::Single) if !self.separable() => (!judged.set_exact).then_some(Wrong::OtherCandidates),
            (true, Kind::Single) if !judged.right_at_3 => Some(Wrong::NotAmongThree),
            (true, Kind::Single) if !judged.right_at_1 => Some(Wrong::NotFirst),
            (true, Kind::Single) if judged.abstained => Some(Wrong::Undecided),
            (true, Kind::Single) => (!judged.chain_right).then_some(Wrong::Unproven),
        }
    }
}

fn ms(took: Duration) -> f64 {
    took.as_secs_f64() * 1000.0
}
