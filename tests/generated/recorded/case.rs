//! A recording as a run would have it: what was observed with the granted evidence, what failed, what was logged.

use std::collections::BTreeSet;

use fivewhys::internal::config::Target;
use fivewhys::internal::diagnose::{Catalogue, Cause, FailedStep, Finding, Given, SentProbe, diagnose, findings};
use fivewhys::internal::evidence::Evidence;
use fivewhys::internal::observe::{Authn, Observation, Outcome, observe};
use fivewhys::internal::probe::{Exchange, ProbeKey};
use fivewhys::internal::terms::{Caller, EvidenceSource, Role, Service, TokenKind};

use crate::recorded::recording::{Probe, Recording};
use crate::recorded::{exchange, key, log};

/// Sets of evidence that an operator may grant in addition to the edge.
pub(crate) const EVIDENCES: &[&[EvidenceSource]] = &[
    &[],
    &[EvidenceSource::Auth],
    &[EvidenceSource::Auth, EvidenceSource::ServiceCredentials],
    &[EvidenceSource::Auth, EvidenceSource::ServiceCredentials, EvidenceSource::Logs],
    &[EvidenceSource::Logs],
    &[EvidenceSource::Auth, EvidenceSource::Logs],
];

/// What a run with this evidence would have.
pub(crate) struct Case {
    target: Target,
    observations: Vec<Observation>,
    sent: Vec<SentProbe>,
    failed: Vec<FailedStep>,
    evidence: Evidence,
}

impl Case {
    /// Builds it from the probes of one fault that the harness would send and that are kept, by their ordinals.
    pub(crate) fn of(
        recording: &Recording,
        target: &Target,
        evidence_sources: &[EvidenceSource],
        kept: &dyn Fn(u32) -> bool,
    ) -> Self {
        let mut target = target.clone();
        target.evidence_sources = evidence_sources.iter().copied().collect::<BTreeSet<EvidenceSource>>();
        let probes: Vec<&Probe> = recording.of_one_fault().filter(|probe| !key::calls_itself_a_test(probe)).collect();
        let keyed = probes.iter().zip(1..).filter_map(|(probe, id)| Some((*probe, key::of(probe)?, id)));
        let keyed = keyed.filter(|(_, _, id)| kept(*id));
        let allowed = keyed.filter(|(_, key, _)| may_be_sent(key, &target));
        let exchanges: Vec<Exchange> =
            allowed.map(|(probe, key, id)| exchange::of(recording, probe, key, id)).collect();
        let observations: Vec<Observation> = exchanges.iter().filter_map(|one| seen(one, &target)).collect();
        let failed = observations.iter().filter_map(|one| failed_step(one, &target)).collect();
        // The harness would not leave the lines of a call that it may not make.
        let is_made = |probe: &&&Probe| match key::of(probe) {
            Some(key) => may_be_sent(&key, &target),
            None => !probe.name.starts_with("auth "),
        };
        let made: Vec<&Probe> = probes.iter().filter(is_made).copied().collect();
        let log = if target.opens(EvidenceSource::Logs) { log::of(recording, &made) } else { Evidence::default() };
        Self { observations, sent: exchanges.iter().map(sent).collect(), failed, evidence: log, target }
    }

    /// Returns the causes and the findings.
    pub(crate) fn verdict(&self) -> (Vec<Cause>, Vec<Finding>) {
        let given = Given {
            target: &self.target,
            observations: &self.observations,
            sent: &self.sent,
            evidence: &self.evidence,
            failed: &self.failed,
        };
        let causes = diagnose(given, Catalogue::shipped());
        let findings = findings(given, &causes);
        (causes, findings)
    }
}

/// Returns what the harness reads from an exchange.
pub(crate) fn seen(exchange: &Exchange, target: &Target) -> Option<Observation> {
    let sub = target.user(&exchange.probe.user).map_or("", |user| user.sub.as_str());
    observe(exchange, target.endpoints.get(&exchange.probe.endpoint)?, sub)
}

/// Reports whether a run could send it: calls of the auth service need the evidence `auth`, the right secret `service-credentials`.
fn may_be_sent(key: &ProbeKey, target: &Target) -> bool {
    let at_auth = target.endpoints.get(&key.endpoint).is_some_and(|endpoint| endpoint.service == Service::Auth);
    let with_secret = matches!(key.caller, Caller::Right | Caller::WrongId);
    (!at_auth || target.opens(EvidenceSource::Auth))
        && (!with_secret || target.opens(EvidenceSource::ServiceCredentials))
}

/// Returns the failed step that a scenario would have: no health, a refused good token, an accepted bad token.
fn failed_step(seen: &Observation, target: &Target) -> Option<FailedStep> {
    let role = target.endpoints.get(&seen.probe.endpoint)?.role;
    let control = role == Role::Protected && !seen.probe.token.should_be_accepted();
    let well = seen.result == Outcome::Ok && seen.authn != Authn::AcceptedAsOther;
    let fails = match role {
        Role::Health => !well,
        Role::Protected if control => seen.result == Outcome::Ok && seen.probe.token != TokenKind::UnknownUser,
        Role::Protected => !well,
        _ => false,
    };
    let step = format!("{}/{}", seen.probe.endpoint, seen.exchange);
    fails.then_some(FailedStep { step, exchange: seen.exchange, control })
}

fn sent(exchange: &Exchange) -> SentProbe {
    let took = jiff::SignedDuration::from_micros((exchange.phases.end_ms * 1000.0) as i64);
    SentProbe {
        exchange: exchange.id,
        started_at: exchange.started_at,
        ended_at: exchange.started_at + took,
        trace_id: exchange.trace_id.clone(),
        request_ids: Vec::new(),
    }
}
