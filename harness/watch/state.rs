//! What a watch knows. The loop writes it, the store keeps it, and the metrics and the page read it.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::diagnose::Certainty;
use crate::report::{ObjectiveReport, StepOutcome};
use crate::watch::burning::Burning;

/// Everything that a watch knows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct State {
    /// When this process began to watch.
    pub since: Timestamp,
    /// The time between the starts of two runs, without jitter.
    pub every: Duration,
    /// The targets, in the order of the command line.
    pub targets: Vec<Watched>,
}

/// One target.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Watched {
    /// The target's name.
    pub name: String,
    /// The runs that are kept, oldest first. Bounded; the totals count every run.
    pub runs: VecDeque<Ran>,
    /// The incidents that are kept, oldest first. At most one is open.
    pub incidents: VecDeque<Incident>,
    /// Counts over every run, also over those that are no longer kept.
    pub totals: Totals,
    /// When a request with a token last passed the auth service.
    pub auth_last_success: Option<Timestamp>,
    /// The objectives with an error budget.
    #[serde(default)]
    pub objectives: Vec<Burning>,
    /// Every objective, with what the last run that tested anything measured.
    #[serde(default)]
    pub measured: Vec<ObjectiveReport>,
}

/// Counts over all runs of a target.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Totals {
    /// Runs that passed.
    pub passed: u64,
    /// Runs that failed.
    pub failed: u64,
    /// Runs that tested nothing, for example because a secret was missing.
    pub untested: u64,
    /// Requests that were sent.
    pub requests: u64,
}

/// One run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Ran {
    /// When it began.
    pub at: Timestamp,
    /// How long it took, in milliseconds.
    pub took_ms: f64,
    /// How it ended.
    pub end: End,
    /// Why it tested nothing.
    pub error: Option<String>,
    /// The scenarios.
    pub scenarios: Vec<ScenarioRan>,
    /// The causes of its failures, best first.
    pub causes: Vec<Named>,
    /// The ids of its findings.
    pub findings: Vec<String>,
    /// The requests that it sent.
    pub requests: u64,
    /// The share of the run budget that it used, 0 to 1.
    pub budget_used: f64,
    /// Calls that needed the auth service, and those of them that it let pass. Absent without an auth service.
    pub auth: Option<AuthCalls>,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum End {
    /// Every step did what it must.
    Passed,
    /// A step failed.
    Failed,
    /// Nothing was tested.
    Untested,
}

/// Calls with a token that the auth service must accept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AuthCalls {
    /// All of them.
    pub sent: u64,
    /// Those whose token was accepted.
    pub accepted: u64,
}

/// A scenario of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct ScenarioRan {
    /// Its id.
    pub id: String,
    /// How it ended.
    pub outcome: StepOutcome,
    /// Its steps.
    pub steps: Vec<StepRan>,
}

/// A step of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct StepRan {
    /// Its id.
    pub id: String,
    /// How it ended.
    pub outcome: StepOutcome,
    /// How long it took, in milliseconds. Absent if it was skipped.
    pub took_ms: Option<f64>,
}

/// A cause, as far as a change of it matters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Named {
    /// The fault's id, or `unknown@HOP`.
    pub fault: String,
    /// One line.
    pub title: String,
    /// The hop, or the hops of the candidates: `backend ↔ auth`.
    pub hop: String,
    /// How certain the verdict is.
    pub certainty: Certainty,
    /// The whys, outermost first, one line each.
    pub whys: Vec<String>,
    /// The failed steps that it explains: `scenario/step`.
    pub explains: Vec<String>,
}

/// A time in which a target failed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Incident {
    /// Its number within the target, from 1.
    pub number: u64,
    /// When the first run that failed began.
    pub opened: Timestamp,
    /// When the first run that passed again began.
    pub cured: Option<Timestamp>,
    /// The causes that were last notified, as the last run that gave them said them. Without a known reason, those of the last failed run.
    pub causes: Vec<Named>,
    /// The scenarios that failed in it, sorted.
    pub scenarios: Vec<String>,
    /// What it was notified about, oldest first.
    pub changes: Vec<Change>,
    /// What was last notified as its reason: faults that are likely or certain. Empty: no reason is known.
    #[serde(default)]
    pub reasons: BTreeSet<String>,
}

/// One change, which gives one notification.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Change {
    /// When the run that showed it began.
    pub at: Timestamp,
    /// What changed.
    pub kind: ChangeKind,
    /// The fault of the best cause then, if one was named.
    pub fault: Option<String>,
}

/// What changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ChangeKind {
    /// An incident opened.
    Opened,
    /// The cause changed.
    CauseChanged,
    /// The incident was cured.
    Cured,
}
