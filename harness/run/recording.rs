//! A run that is kept whole and asked everything: after its diagnosis, every other probe is sent that a diagnosis could have asked for,
//! with whatever evidence withheld. What `selftest` diagnoses again. Sits in `run`.

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

/// Probes of the rest that are under way at the same time.
const AT_ONCE: usize = 32;

/// A run, and the answers to all that was not asked in it. Plain data, redacted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recording {
    /// What the scenarios saw, in order.
    pub driven: Vec<Observation>,
    /// What the diagnosis saw, and then what every other probe would have shown it, in the order they were sent.
    pub pool: Vec<Observation>,
    /// When all of them were sent.
    pub sent: Vec<SentProbe>,
    /// Manifests, and the log as it was when the diagnosis began.
    pub evidence: Evidence,
    /// The steps that failed.
    pub failed: Vec<FailedStep>,
    /// What the run itself concluded, with the target's evidence.
    pub causes: Vec<Cause>,
}

/// Runs the scenarios and the diagnosis as [`super::smoke`] does, then sends the rest.
///
/// # Errors
/// As [`super::smoke`].
pub async fn record(run: &Smoke) -> Result<Recording, RunError> {
    let target = &run.target;
    let deadline = tokio::time::Instant::now() + target.budget.run;
    // What is asked afterwards takes time of its own.
    let (prober, redact, evidence) = prober(run, deadline + target.budget.run).await?;
    let mut record = Record::default();
    let silent = |_: &super::Event| {};
    let driven = drive::drive(&prober, target, &scenarios(run), &run.conduct, &mut record, &silent).await;
    something_was_tested(&driven)?;
    let of_scenarios = record.observations.len();
    let (catalogue, interruption) = (&run.catalogue, &run.conduct.interruption);
    let asked = inquiry::Driven { prober: &prober, target, catalogue, failed: &driven.failed, deadline, interruption };
    let inquiry = inquiry::inquire(&asked, &mut record, evidence, &ByHand::default(), &*redact, &silent).await;
    let unasked = unasked(target, &record, &inquiry.evidence, &driven.failed);
    let (good, bad): (Vec<ProbeKey>, Vec<ProbeKey>) =
        unasked.into_iter().partition(|key| key.token.should_be_accepted());
    ask(&prober.session(), good, target, &mut record).await;
    ask(&prober.session(), bad, target, &mut record).await;
    let pool = record.observations.split_off(of_scenarios);
    let (driven, failed) = (record.observations, driven.failed);
    Ok(Recording { driven, pool, sent: record.sent, evidence: inquiry.evidence, failed, causes: inquiry.causes })
}

/// Sends them, several at once: none of them is diagnosed by when it was sent.
async fn ask(session: &Session, keys: Vec<ProbeKey>, target: &Target, record: &mut Record) {
    let send = |key: ProbeKey| async move { session.send(&ProbeRequest::new(key)).await };
    // Collected: a future that held the closure would not be `Send`.
    let sends: Vec<_> = keys.into_iter().map(send).collect();
    let mut answers = stream::iter(sends).buffered(AT_ONCE);
    while let Some(answer) = answers.next().await {
        answer.into_iter().for_each(|exchange| drop(record.keep(exchange, target)));
    }
}

/// What no probe has asked yet and a diagnosis might have.
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
