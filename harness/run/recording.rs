//! A run with all its observations, for `fivewhys selftest`.
//!
//! After the diagnosis it sends every other probe that a diagnosis could choose, with any set of evidence. The
//! self-test then diagnoses the recording again with less evidence.

use std::sync::Arc;

use futures_util::{StreamExt as _, stream};
use serde::{Deserialize, Serialize};

use super::{ByHand, RunError, drive, inquiry, prober, scenarios, something_was_tested};
use crate::config::Target;
use crate::diagnose::{Cause, FailedStep, SentProbe, every_probe};
use crate::evidence::Evidence;
use crate::observe::Observation;
use crate::probe::{ProbeKey, ProbeRequest, Session};
use crate::run::context::record::Record;
use crate::run::context::smoke::Smoke;
use crate::terms::EvidenceSource;

/// How many of the additional probes run in parallel.
const AT_ONCE: usize = 32;

/// A run, with the observations of all probes that its diagnosis could have sent. Plain data, redacted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recording {
    /// The observations of the scenarios, in order.
    pub driven: Vec<Observation>,
    /// The observations of the diagnosis, then those of all other probes, in the order of sending.
    pub pool: Vec<Observation>,
    /// When each probe was sent.
    pub sent: Vec<SentProbe>,
    /// The manifests, and the log at the start of the diagnosis.
    pub evidence: Evidence,
    /// The steps that failed.
    pub failed: Vec<FailedStep>,
    /// The causes that the run itself found, with the evidence of the target.
    pub causes: Vec<Cause>,
}

/// Runs the scenarios and the diagnosis as [`super::smoke`] does, then sends the additional probes.
///
/// # Errors
/// As [`super::smoke`].
pub async fn record(run: &Smoke) -> Result<Recording, RunError> {
    let target = &run.target;
    let deadline = tokio::time::Instant::now() + target.budget.run;
    // The additional probes have their own time.
    let (prober, evidence) = prober(run, deadline + target.budget.run).await?;
    let redact = |text: &str| run.redactor.clean(text);
    let mut record = Record::default();
    let silent = |_: &super::Event| {};
    let driven = drive::drive(&prober, target, &scenarios(run), &run.conduct, &mut record, &silent).await;
    something_was_tested(&driven)?;
    let of_scenarios = record.observations.len();
    let (catalogue, interruption) = (&run.catalogue, &run.conduct.interruption);
    let asked = inquiry::Driven { prober: &prober, target, catalogue, failed: &driven.failed, deadline, interruption };
    let inquiry = inquiry::inquire(&asked, &mut record, evidence, &ByHand::default(), &redact, &silent).await;
    let unasked = unasked(target, &record, &inquiry.evidence, &driven.failed);
    let (good, bad): (Vec<ProbeKey>, Vec<ProbeKey>) =
        unasked.into_iter().partition(|key| key.token.should_be_accepted());
    ask(&prober.session(), good, target, &mut record).await;
    ask(&prober.session(), bad, target, &mut record).await;
    let pool = record.observations.split_off(of_scenarios);
    let (driven, failed) = (record.observations, driven.failed);
    Ok(Recording { driven, pool, sent: record.sent, evidence: inquiry.evidence, failed, causes: inquiry.causes })
}

/// Sends these probes in parallel: no diagnosis uses their times.
async fn ask(session: &Session, keys: Vec<ProbeKey>, target: &Target, record: &mut Record) {
    let send = |key: ProbeKey| async move { session.send(&ProbeRequest::new(key)).await };
    // Collected: a future that held the closure would not be `Send`.
    let sends: Vec<_> = keys.into_iter().map(send).collect();
    let mut answers = stream::iter(sends).buffered(AT_ONCE);
    while let Some(answer) = answers.next().await {
        match answer {
            Ok(exchange) => drop(record.keep(exchange, target)),
            Err(error) => inquiry::keep_issuer(&error, target, record),
        }
    }
}

/// Returns the probes that were not sent and that a diagnosis could choose.
fn unasked(target: &Arc<Target>, record: &Record, evidence: &Evidence, failed: &[FailedStep]) -> Vec<ProbeKey> {
    let mut keys: Vec<ProbeKey> = Vec::new();
    for evidence_sources in [
        &[][..],
        &[EvidenceSource::Auth],
        &[EvidenceSource::Auth, EvidenceSource::Direct, EvidenceSource::ServiceCredentials],
    ] {
        let mut target = Target::clone(target);
        target.close_evidence_sources_except(evidence_sources);
        let every = every_probe(inquiry::given(&target, record, evidence, failed));
        keys.extend(every.into_iter().filter(|key| !keys.contains(key)).collect::<Vec<_>>());
    }
    keys
}
