//! The report of calls that another folder sent: those of many users.

use std::time::Duration;

use crate::diagnose::Finding;
use crate::probe::Exchange;
use crate::report::{ObjectiveReport, Report, ScenarioReport, Timing};
use crate::run::context::record::Record;
use crate::run::context::smoke::Smoke;
use crate::run::drive::Driven;
use crate::run::ending;
use crate::run::inquiry::Conclusion;

/// What the other folder found.
pub(crate) struct Outside {
    /// The results, step by step.
    pub(crate) scenarios: Vec<ScenarioReport>,
    /// What is wrong.
    pub(crate) findings: Vec<Finding>,
    /// The exchanges that show it, redacted, with ids from 1.
    pub(crate) exchanges: Vec<Exchange>,
    /// What the calls measured of the objectives of the target.
    pub(crate) objectives: Vec<ObjectiveReport>,
    /// When it began, and how long it took.
    pub(crate) started_at: jiff::Timestamp,
    pub(crate) took: Duration,
    /// The number of calls.
    pub(crate) calls: usize,
}

/// Returns the report, with the gate and the exit code of every run.
pub(crate) async fn report_of(run: &Smoke, outside: Outside) -> Report {
    let Outside { scenarios, findings, exchanges, objectives, started_at, took, calls } = outside;
    let mut record = Record::default();
    for exchange in exchanges {
        record.keep(exchange, &run.target);
    }
    let total_ms = took.as_secs_f64() * 1000.0;
    let timing = Timing {
        started_at,
        total_ms,
        scenarios_ms: total_ms,
        diagnosis_ms: 0.0,
        scenario_probes: calls,
        diagnosis_probes: 0,
        held_back_ms: 0.0,
    };
    let conclusion = Conclusion { findings, measured: Some(objectives), ..Conclusion::default() };
    ending::report(run, Driven { scenarios, failed: Vec::new() }, conclusion, record, timing).await
}
