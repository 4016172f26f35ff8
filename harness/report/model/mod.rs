//! The report type that every format renders: `schema: "fivewhys/report/2"`.
//!
//! Start at [`Report`].
//!
//! - `gate`: the advice after a deploy; `tested`: whether the deployed revision was tested; `comparison`: what is new since an earlier run
//! - `passage`: how a failing request passed through the hops
//! - `explained`: what `fivewhys explain` adds
//! - `objectives`: the objectives of the target, with the measured values
//! - `load`: what many users at the same time saw
//! - `reach`: fixed addresses, and a wait before the first step
//! - `system`: the addresses of the system, and the page of its browsers
//! - `part`: what a merge of shards needs
//! - `read`: reads a report back; `schema`: its JSON Schema
//!
//! Invariant: `run` and `gate` compute every value. This folder only holds them.

pub(crate) mod cleaned;
pub(crate) mod comparison;
pub(crate) mod explained;
pub(crate) mod gate;
pub(crate) mod load;
pub(crate) mod objectives;
pub(crate) mod part;
pub(crate) mod passage;
pub(crate) mod reach;
pub(crate) mod read;
pub mod schema;
pub(crate) mod system;
pub(crate) mod tested;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::diagnose::{Cause, Finding};
use crate::observe::Observation;
use crate::probe::Exchange;
use crate::report::Passage;
use crate::report::model::comparison::BaselineReport;
use crate::report::model::explained::Explained;
use crate::report::model::gate::GateReport;
use crate::report::model::load::LoadReport;
use crate::report::model::objectives::ObjectiveReport;
use crate::report::model::part::{Kept, Shard};
use crate::report::model::reach::Reach;
use crate::report::model::system::System;
use crate::report::model::tested::TestedRevision;
use crate::token::Published;

/// The value of [`Report::schema`].
pub const SCHEMA: &str = "fivewhys/report/2";

/// A finished run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: String,
    /// The version of fivewhys that wrote the report.
    pub version: String,
    /// The target's name.
    pub target: String,
    /// The system that was tested. Absent in a report of recorded evidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<System>,
    /// The sources of evidence that were granted.
    #[serde(alias = "doors")]
    pub evidence: Vec<String>,
    /// The forward proxy that the target asks for: `environment`, or its URL without user and password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxy: Option<String>,
    /// How the run reached the target, where that is not what every client does.
    #[serde(default, skip_serializing_if = "Reach::is_usual")]
    pub reach: Reach,
    /// How the run ended.
    pub outcome: RunOutcome,
    /// The scenarios, with the outcome of every step.
    pub scenarios: Vec<ScenarioReport>,
    /// The objectives of the target, with what the run measured.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub objectives: Vec<ObjectiveReport>,
    /// The verdict: the causes of all failures, best first.
    pub causes: Vec<Cause>,
    /// For each cause, the path of one request that fails because of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passages: Vec<Passage>,
    /// Problems that were seen whether or not a step failed.
    pub findings: Vec<Finding>,
    /// Every probe: request, response, and what they mean.
    pub probes: Vec<ProbeReport>,
    /// Evidence that was granted but could not be read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<Unread>,
    /// What the key set of the auth service holds. Absent: the target names none, or it could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<Published>,
    /// Which shard of a run this is, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
    /// What a merge needs of a shard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<Kept>,
    /// The signal that ended the run early.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interrupted: Option<Signal>,
    /// The comparison with an earlier run, if one was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<BaselineReport>,
    /// Whether the run tested each revision that was named with `--deployed`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deployed: Vec<TestedRevision>,
    /// Whether to roll back. Absent if nothing failed or no deploy is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gate: Option<GateReport>,
    /// When it began, and what the verdict assumes. Only in the reports of `fivewhys explain`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explained: Option<Explained>,
    /// What many users at the same time saw. Only in the reports of `smoke --users`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub load: Option<LoadReport>,
    /// When the run took place and how long it took.
    pub timing: Timing,
    /// The exit code and its meaning.
    pub exit: ExitReport,
}

/// A signal that ends a run early.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Signal {
    /// Ctrl-C.
    #[serde(rename = "SIGINT")]
    Interrupt,
    /// Sent by a platform before it kills the process.
    #[serde(rename = "SIGTERM")]
    Terminate,
}

impl std::fmt::Display for Signal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Interrupt => "SIGINT",
            Self::Terminate => "SIGTERM",
        })
    }
}

/// Whether the run passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RunOutcome {
    /// Every step that ran did what it must. Findings may be listed.
    Passed,
    /// A step failed, a negative control was accepted, the run was interrupted, or a step was flaky with `--fail-on-flaky`.
    Failed,
}

/// One scenario.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ScenarioReport {
    /// Its id.
    pub id: String,
    /// What it checks, in a sentence.
    pub title: String,
    /// How it ended.
    pub outcome: StepOutcome,
    /// Its steps.
    pub steps: Vec<StepReport>,
    /// The cause that explains its failure: an index into [`Report::causes`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<usize>,
}

/// How a step or a scenario ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum StepOutcome {
    /// Every expectation holds.
    Passed,
    /// An expectation does not hold.
    Failed,
    /// Failed, and the target file lists this failure as known.
    Known,
    /// Did not run: its evidence is not granted, or an earlier step did not capture a value that it needs.
    Skipped,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StepReport {
    /// Its id.
    pub id: String,
    /// The endpoint it calls.
    #[serde(alias = "surface")]
    pub endpoint: String,
    /// Method and path: `POST /api/chat/stream`.
    pub call: String,
    /// How it ended.
    pub outcome: StepOutcome,
    /// The id of its exchange in [`Report::probes`]. Absent if the step was skipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchange: Option<u32>,
    /// The expectations that do not hold, one line each: `expected status 200, got 403`. For a skipped or known step: the reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<String>,
    /// The earlier tries. Each failed in a way that may pass by itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tries: Vec<Try>,
    /// Whether the step passed only on a later try.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub flaky: bool,
    /// Whether the step failed in the baseline too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub already: bool,
    /// Where the step is defined: file and line.
    pub source: String,
    /// How long it took, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub took_ms: Option<f64>,
    /// The address of the trace of its exchange, by `trace_url` of the target. Only of a failed or known step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_url: Option<String>,
}

impl StepReport {
    /// Returns the ids of its exchanges, so that they can be numbered anew.
    pub(crate) fn exchanges_mut(&mut self) -> impl Iterator<Item = &mut u32> {
        self.tries.iter_mut().map(|one| &mut one.exchange).chain(&mut self.exchange)
    }
}

/// A try that failed and was followed by another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Try {
    /// The id of its exchange in [`Report::probes`].
    pub exchange: u32,
    /// The failure that led to the next try: `status 503`, `connection_terminated`.
    pub after: String,
    /// The wait before the next try, in milliseconds.
    pub waited_ms: u64,
}

/// One probe and its interpretation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ProbeReport {
    /// What it means. Absent if the run's time budget was used up first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observation: Option<Observation>,
    /// Request and response, redacted.
    pub exchange: Exchange,
}

/// Evidence that was granted but could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Unread {
    /// The source of evidence.
    #[serde(alias = "door")]
    pub evidence: String,
    /// Why it could not be read.
    pub why: String,
}

/// When a run took place and how long it took.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Timing {
    /// When the run began.
    pub started_at: jiff::Timestamp,
    /// The whole run, in milliseconds.
    pub total_ms: f64,
    /// Running the scenarios, in milliseconds.
    pub scenarios_ms: f64,
    /// Finding the cause, with the probes that this took, in milliseconds.
    pub diagnosis_ms: f64,
    /// Probes that the scenarios sent.
    pub scenario_probes: usize,
    /// Probes that the diagnosis added.
    pub diagnosis_probes: usize,
    /// The time in which `budget.requests_per_minute` held requests back, in milliseconds.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub held_back_ms: f64,
}

/// Reports whether a time is left out of the report.
fn is_zero(ms: &f64) -> bool {
    *ms == 0.0
}

/// The exit code and its meaning.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ExitReport {
    /// A code of `docs/users/exit-codes.md`.
    pub code: u8,
    /// What the code means, in words.
    pub meaning: String,
}
