//! The diagnosis as it asks: reads the granted evidence, sends one differential probe after the other, and concludes. Sits in `run`.

use super::events::{Event, Listener};
use super::record::Record;
use crate::diagnose::{Catalogue, Cause, FailedStep, Finding, Given, diagnose, findings, next_probe};
use crate::evidence::{Evidence, read_log, read_manifests};
use crate::probe::{Caller, ProbeKey, ProbeRequest, Prober};
use crate::target::{Door, Role, Target};
use crate::token::TokenKind;

/// What came of it.
#[derive(Debug)]
pub(super) struct Inquiry {
    pub(super) causes: Vec<Cause>,
    pub(super) findings: Vec<Finding>,
    pub(super) evidence: Evidence,
    /// Probes it added.
    pub(super) probes: usize,
}

/// Asks until a cause is certain, no probe can help, or the budget of probes is spent.
pub(super) async fn inquire(
    prober: &Prober,
    (target, catalogue): (&Target, &Catalogue),
    failed: &[FailedStep],
    record: &mut Record,
    clean: &(dyn Fn(&str) -> String + Send + Sync),
    tell: Listener<'_>,
) -> Inquiry {
    let mut evidence = read_manifests(target, clean).await;
    let session = prober.session();
    let before = record.probes.len();
    if failed.is_empty() {
        if let Some(key) = as_nobody(target) {
            ask(&session, key, target, record, tell).await;
        }
    } else {
        tell(&Event::DiagnosisStarted);
        read_log(&mut evidence, target, clean).await;
        ask_all(&session, (target, catalogue), failed, &evidence, record, tell).await;
    }
    let given = given(target, record, &evidence, failed);
    let causes = diagnose(given, catalogue);
    let findings = findings(given, &causes);
    Inquiry { causes, findings, probes: record.probes.len() - before, evidence }
}

async fn ask_all(
    session: &crate::probe::Session,
    (target, catalogue): (&Target, &Catalogue),
    failed: &[FailedStep],
    evidence: &Evidence,
    record: &mut Record,
    tell: Listener<'_>,
) {
    let mut refused: Vec<ProbeKey> = Vec::new();
    for _ in 0..target.budget.diagnosis_probes {
        let next = next_probe(given(target, record, evidence, failed), catalogue, &refused);
        let Some(key) = next else { break };
        refused.push(key.clone());
        ask(session, key, target, record, tell).await;
    }
}

/// Sends one probe and keeps what came of it.
pub(super) async fn ask(
    session: &crate::probe::Session,
    key: ProbeKey,
    target: &Target,
    record: &mut Record,
    tell: Listener<'_>,
) {
    tell(&Event::Asking { probe: key.to_string() });
    match session.send(&ProbeRequest::new(key.clone())).await {
        Ok(exchange) => drop(record.keep(exchange, target)),
        Err(error) => tracing::debug!(%key, %error, "this probe cannot be sent"),
    }
}

/// What the run has so far, for `diagnose`.
pub(super) fn given<'a>(
    target: &'a Target,
    record: &'a Record,
    evidence: &'a Evidence,
    failed: &'a [FailedStep],
) -> Given<'a> {
    Given { target, observations: &record.observations, sent: &record.sent, evidence, failed }
}

/// One probe more on a system in order: whether the auth service serves whoever comes.
fn as_nobody(target: &Target) -> Option<ProbeKey> {
    let surface = target.surfaces.values().find(|one| one.role == Role::Oracle && one.takes_caller)?;
    target.opens(Door::Auth).then(|| ProbeKey {
        surface: surface.id.clone(),
        token: TokenKind::Valid,
        carrier: surface.usual_carrier(),
        caller: Caller::None,
        user: target.users.first().map(|user| user.name.clone()).unwrap_or_default(),
    })
}
