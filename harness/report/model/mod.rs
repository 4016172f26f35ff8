//! The one report type every format renders. The arrow from `diagnose` and `run` to `report`; `schema: "fivewhys/report/2"`.

pub(crate) mod comparison;
pub(crate) mod gate;
pub(crate) mod part;
pub(crate) mod passage;
pub(crate) mod read;
pub mod schema;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::diagnose::{Cause, Finding};
use crate::observe::Observation;
use crate::probe::Exchange;
use crate::report::Passage;
use crate::report::model::comparison::BaselineReport;
use crate::report::model::gate::GateReport;
use crate::report::model::part::{Kept, Shard};

/// The value of [`Report::schema`].
pub const SCHEMA: &str = "fivewhys/report/2";

/// One run, whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: String,
    /// Version of the program.
    pub version: String,
    /// The target's name.
    pub target: String,
    /// The granted evidence.
    #[serde(alias = "doors")]
    pub evidence: Vec<String>,
    /// How the run ended.
    pub outcome: RunOutcome,
    /// What was driven.
    pub scenarios: Vec<ScenarioReport>,
    /// Why it failed: one verdict a run.
    pub causes: Vec<Cause>,
    /// For each cause, the way of one request that fails by it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passages: Vec<Passage>,
    /// What is wrong although nothing failed for it.
    pub findings: Vec<Finding>,
    /// Every probe: what it means and what went over the wire.
    pub probes: Vec<ProbeReport>,
    /// Evidence that was granted and could not be read: source of evidence and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<Unread>,
    /// Which part of a run it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
    /// What a merge needs of a part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<Kept>,
    /// The signal that ended the run before its time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interrupted: Option<Signal>,
    /// Beside an earlier run, where one was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<BaselineReport>,
    /// Whether to roll back; nothing where nothing failed, or nothing is known of a deploy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gate: Option<GateReport>,
    /// When and how long.
    pub timing: Timing,
    /// What the exit code says.
    pub exit: ExitReport,
}

/// A signal that ends a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Signal {
    /// Ctrl-C.
    #[serde(rename = "SIGINT")]
    Interrupt,
    /// What a platform sends before it kills.
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
    /// Every step that was driven did what it must; findings may be listed.
    Passed,
    /// A step failed, a negative control was accepted, the run was interrupted, or a step was flaky where that is not tolerated.
    Failed,
}

/// One scenario.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ScenarioReport {
    /// Its id.
    pub id: String,
    /// What it proves.
    pub title: String,
    /// How it ended.
    pub outcome: StepOutcome,
    /// Its steps.
    pub steps: Vec<StepReport>,
    /// The cause that explains it: an index into [`Report::causes`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<usize>,
}

/// How a step or a scenario ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum StepOutcome {
    /// As expected.
    Passed,
    /// Not as expected.
    Failed,
    /// Failed, and the target says so beforehand.
    Known,
    /// Not driven: a source of evidence is not granted, or what it needs was not captured.
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
    /// What was asked: `POST /api/chat/stream`.
    pub call: String,
    /// How it ended.
    pub outcome: StepOutcome,
    /// The exchange, an id in [`Report::probes`]; nothing when it was skipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchange: Option<u32>,
    /// What did not hold, one line each: `expected status 200, got 403`. For a skipped or known step: the reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<String>,
    /// The tries before, each of which failed in a way that may pass by itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tries: Vec<Try>,
    /// Passed, but only when it was repeated.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub flaky: bool,
    /// Failed, and failed in the baseline too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub already: bool,
    /// Where the step stands: file and line.
    pub source: String,
    /// How long it took, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub took_ms: Option<f64>,
}

impl StepReport {
    /// Its exchanges, to be numbered anew.
    pub(crate) fn exchanges_mut(&mut self) -> impl Iterator<Item = &mut u32> {
        self.tries.iter_mut().map(|one| &mut one.exchange).chain(&mut self.exchange)
    }
}

/// A try that was followed by another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Try {
    /// The exchange, an id in [`Report::probes`].
    pub exchange: u32,
    /// What it was repeated for: `status 503`, `connection_terminated`.
    pub after: String,
    /// How long was waited before the next one, in milliseconds.
    pub waited_ms: u64,
}

/// One probe with its reading.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ProbeReport {
    /// What it means. Nothing when the run's budget was spent first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observation: Option<Observation>,
    /// What went over the wire, redacted.
    pub exchange: Exchange,
}

/// Evidence that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Unread {
    /// The source of evidence.
    #[serde(alias = "door")]
    pub evidence: String,
    /// Why.
    pub why: String,
}

/// When and how long, in milliseconds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Timing {
    /// When the run began.
    pub started_at: jiff::Timestamp,
    /// The whole run.
    pub total_ms: f64,
    /// Driving the scenarios.
    pub scenarios_ms: f64,
    /// Finding the cause, differential probes included.
    pub diagnosis_ms: f64,
    /// Probes sent by scenarios.
    pub scenario_probes: usize,
    /// Probes added by the diagnosis.
    pub diagnosis_probes: usize,
}

/// What the exit code says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ExitReport {
    /// One of `docs/exit-codes.md`.
    pub code: u8,
    /// The same in words.
    pub meaning: String,
}
