//! What a recording shows with doors closed: the probes, steps and evidence that need a closed door are taken out. Sits in `selftest`.

use crate::diagnose::{FailedStep, Given, SentProbe};
use crate::evidence::{Evidence, LogEntry};
use crate::observe::Observation;
use crate::probe::{Caller, ProbeKey};
use crate::run::Recording;
use crate::target::{Door, Service, Target};
use crate::token::TokenKind;

/// The sets of doors that are examined, beside the edge: it is always open.
pub(super) const DOOR_SETS: [&[Door]; 8] = [
    &[Door::Auth, Door::ServiceCredentials, Door::Manifest, Door::Logs],
    &[],
    &[Door::Auth],
    &[Door::Auth, Door::ServiceCredentials],
    &[Door::Auth, Door::Manifest],
    &[Door::Auth, Door::Logs],
    &[Door::Logs],
    &[Door::Manifest],
];

/// `edge,auth,logs`; `all` where every door is open.
pub(super) fn name(doors: &[Door]) -> String {
    if doors.len() == DOOR_SETS[0].len() {
        return "all".to_owned();
    }
    [Door::Edge].iter().chain(doors).map(|door| door.as_str()).collect::<Vec<_>>().join(",")
}

/// A recording through some doors.
#[derive(Debug)]
pub(super) struct View {
    /// The target, with these doors.
    pub target: Target,
    /// What the scenarios would have seen.
    pub driven: Vec<Observation>,
    /// What could be asked beside it.
    pub pool: Vec<Observation>,
    /// When all of it was sent.
    pub sent: Vec<SentProbe>,
    /// What would have been read.
    pub evidence: Evidence,
    /// The steps that would have failed.
    pub failed: Vec<FailedStep>,
}

impl View {
    /// Looks at a recording of this target through these doors.
    pub(super) fn through(recording: &Recording, target: &Target, doors: &[Door]) -> Self {
        let mut target = target.clone();
        target.close_doors_except(doors);
        let shown = |one: &&Observation| is_shown(&one.probe, &target);
        let driven: Vec<Observation> = recording.driven.iter().filter(shown).cloned().collect();
        let pool: Vec<Observation> = recording.pool.iter().filter(shown).cloned().collect();
        let is_kept = |probe: &&SentProbe| driven.iter().chain(&pool).any(|one| one.exchange == probe.exchange);
        let (sent, hidden): (Vec<&SentProbe>, Vec<&SentProbe>) = recording.sent.iter().partition(is_kept);
        let failed = recording.failed.iter().filter(|step| driven.iter().any(|one| one.exchange == step.exchange));
        Self {
            evidence: evidence(&recording.evidence, &target, &sent, &hidden),
            failed: failed.cloned().collect(),
            sent: sent.into_iter().cloned().collect(),
            driven,
            pool,
            target,
        }
    }

    /// The same as a diagnosis is given it, with what it has observed so far.
    pub(super) fn given<'a>(&'a self, observations: &'a [Observation]) -> Given<'a> {
        let Self { target, sent, evidence, failed, .. } = self;
        Given { target, observations, sent, evidence, failed }
    }
}

/// Whether this probe can be sent with the target's doors.
fn is_shown(key: &ProbeKey, target: &Target) -> bool {
    let at_auth = target.surfaces.get(&key.surface).is_some_and(|surface| surface.service == Service::Auth);
    let needs_auth = at_auth || key.token == TokenKind::Issued;
    let with_secret = matches!(key.caller, Caller::Right | Caller::WrongId);
    (!needs_auth || target.opens(Door::Auth)) && (!with_secret || target.opens(Door::ServiceCredentials))
}

fn evidence(all: &Evidence, target: &Target, sent: &[&SentProbe], hidden: &[&SentProbe]) -> Evidence {
    let mut evidence = all.clone();
    evidence.unread.retain(|(door, _)| target.opens(*door));
    if !target.opens(Door::Manifest) {
        evidence.manifests.clear();
    }
    if target.opens(Door::Logs) {
        evidence.log.retain(|entry| !is_of(entry, hidden) || is_of(entry, sent));
    } else {
        evidence.log.clear();
        evidence.log_read_at = None;
    }
    evidence
}

/// Whether one of these probes left this line: by its trace, or else by its time.
fn is_of(entry: &LogEntry, probes: &[&SentProbe]) -> bool {
    probes.iter().any(|probe| match &entry.trace {
        Some(trace) => *trace == probe.trace_id,
        None => (probe.started_at..=probe.ended_at).contains(&entry.at),
    })
}
