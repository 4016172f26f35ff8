//! Everything that one diagnosis compares: readings, facts and the log.

use std::collections::{BTreeMap, HashSet};

use fivewhys_path::KeySetRead;
use jiff::Timestamp;

use crate::config::Target;
use crate::diagnose::facts;
use crate::diagnose::facts::{backend_log, revision_split, signature, token_location};
use crate::diagnose::infer::address::Address;
use crate::diagnose::logs::attribution::Logbook;
use crate::diagnose::model::fact::Fact;
use crate::diagnose::model::probe_class::{Place, ProbeClass};
use crate::diagnose::readings::input::{FailedStep, Given, SentProbe};
use crate::diagnose::readings::probe_result::{Reading, Readings};
use crate::evidence::{EnvValue, Evidence, Manifest};
use crate::observe::{Observation, Outcome};
use crate::probe::ProbeKey;
use crate::terms::{EvidenceSource, Service};

/// The input of a diagnosis, grouped and compared.
#[derive(Debug)]
pub(crate) struct Case<'a> {
    pub(crate) target: &'a Target,
    pub(crate) failed: &'a [FailedStep],
    pub(crate) sent: &'a [SentProbe],
    /// The observations, without those that another cause explains.
    pub(crate) observations: Vec<&'a Observation>,
    pub(crate) readings: Readings<'a>,
    pub(crate) facts: Vec<Fact>,
    pub(crate) logbook: Logbook<'a>,
    pub(crate) log_was_read: bool,
    pub(crate) manifests: &'a BTreeMap<Service, Manifest>,
    /// The key set of the auth service, where the target names it.
    pub(in crate::diagnose) key_set: Option<KeySetRead>,
    user: &'a str,
    address: Option<Address<'a>>,
    /// The exchanges of the failed steps.
    of_steps: HashSet<u32>,
}

impl<'a> Case<'a> {
    /// Builds a case without the exchanges that another cause already explains (`ignoring`).
    pub(crate) fn of(given: Given<'a>, ignoring: &[u32]) -> Self {
        let mut kept: Vec<&Observation> =
            given.observations.iter().filter(|observation| !ignoring.contains(&observation.exchange)).collect();
        // The order of sending counts, and not that of telling.
        kept.sort_by_key(|one| one.exchange);
        let address = Address::of_every_failure(given.failed, &kept, given.target);
        kept.retain(|one| is_told(address, given.target, &one.probe.endpoint));
        let first_user = given.target.users.first().map_or("", |user| user.name.as_str());
        let user = failing_user(given.failed, &kept).unwrap_or(first_user);
        let readings = Readings::of(&kept, given.target, user);
        let failing = tell_tale(&readings, given);
        let logbook = Logbook::new(given.evidence, &kept, &failing, given.sent)
            .with_failures_at_auth(&failures_at_auth(&readings))
            .with_direct_failures(&direct_failures(&readings));
        let mut facts = facts::facts(given.target, &kept, &given.evidence.manifests);
        facts.extend(revision_split::failures(&kept, &given.evidence.log, given.sent, given.target));
        facts.extend(given.evidence.signing_key.as_ref().and_then(signature::signing_key));
        // Only a probe that reached the backend says anything about the backend's calls.
        if readings.failing().any(|reading| reading.class.place == Place::Protected && !reading.ended_at_the_edge()) {
            let calls = logbook.calls(given.target);
            let backend = given.evidence.manifests.get(&Service::Backend);
            facts.extend(backend_log::unheard_call(&logbook, given.target, backend, &calls));
            facts.extend(calls);
            facts.extend(backend_log::facts(&logbook, given.target));
        }
        facts.extend(token_location::fact(&readings));
        facts.extend(logbook.arrivals(given.target));
        facts.extend(logbook.entries_at_the_edge(given.target));
        Self {
            target: given.target,
            failed: given.failed,
            sent: given.sent,
            observations: kept,
            readings,
            facts,
            logbook,
            log_was_read: !given.evidence.log.is_empty(),
            manifests: &given.evidence.manifests,
            key_set: key_set(given.evidence),
            user,
            address,
            of_steps: given.failed.iter().map(|step| step.exchange).collect(),
        }
    }

    pub(crate) fn fact(&self, key: &str) -> Option<&Fact> {
        self.facts.iter().find(|fact| fact.key == key)
    }

    /// Returns the secret and version of this role that the auth service reads, or else the backend.
    pub(crate) fn reference(&self, role: &str) -> Option<String> {
        let names = self.target.variables.get(role)?;
        let of = |service| {
            let env = &self.manifests.get(&service)?.env;
            let value = names.iter().find_map(|name| env.get(name))?;
            matches!(value, EnvValue::Secret { .. }).then(|| value.to_string())
        };
        of(Service::Auth).or_else(|| of(Service::Backend))
    }

    /// Returns what a cause may explain: every failed step and every reading that is broken.
    pub(crate) fn to_explain(&self) -> impl Iterator<Item = &Reading<'a>> {
        let of_a_step = |reading: &Reading<'_>| reading.exchanges.iter().any(|exchange| self.is_of_a_step(*exchange));
        self.readings.all.iter().filter(move |reading| reading.is_broken() || of_a_step(reading))
    }

    /// Returns the class of a probe, or `None` if it takes no part in the diagnosis.
    pub(crate) fn class_of(&self, key: &ProbeKey) -> Option<ProbeClass> {
        let endpoint = self.target.endpoints.get(&key.endpoint)?;
        is_told(self.address, self.target, &key.endpoint).then(|| ProbeClass::of(key, endpoint, self.user))?
    }

    /// Returns the user of the failure.
    pub(crate) const fn user(&self) -> &'a str {
        self.user
    }

    /// Reports whether the exchange belongs to a failed step of a scenario.
    pub(crate) fn is_of_a_step(&self, exchange: u32) -> bool {
        self.of_steps.contains(&exchange)
    }

    /// Reports whether the credential of this exchange was accepted.
    pub(crate) fn was_let_in(&self, exchange: u32) -> bool {
        let of = |reading: &&Reading<'_>| reading.exchanges.contains(&exchange);
        self.readings.all.iter().find(of).is_some_and(|reading| reading.observation.result == Outcome::Ok)
    }

    /// Reports whether the exchange called an endpoint that involves edge, backend and auth service.
    pub(crate) fn is_all_the_way(&self, exchange: u32) -> bool {
        let of = |reading: &&Reading<'_>| reading.exchanges.contains(&exchange);
        self.readings.all.iter().find(of).is_some_and(|reading| reading.class.place == Place::Protected)
    }

    /// Returns the first failing endpoint that the diagnosis can call itself.
    pub(crate) fn first_failing_endpoint(&self) -> Option<&str> {
        let failing = self.readings.failing().filter(|reading| reading.class.place == Place::Protected);
        failing.map(|reading| reading.observation.probe.endpoint.as_str()).next()
    }

    /// Reports whether a valid token failed at this endpoint.
    pub(crate) fn fails_on(&self, endpoint: &str) -> bool {
        self.readings.failing().any(|reading| reading.observation.probe.endpoint == endpoint)
    }
}

/// Returns what the key set of the auth service holds.
fn key_set(evidence: &Evidence) -> Option<KeySetRead> {
    match &evidence.signing_key {
        Some(published) if published.keys == 0 => Some(KeySetRead::Nothing),
        Some(published) => Some(match published.ours {
            Some(true) => KeySetRead::Ours,
            Some(false) => KeySetRead::Others,
            None => KeySetRead::Some,
        }),
        // The key set is the only thing that is read from the auth service besides probes.
        None => evidence.unread.iter().any(|(of, _)| *of == EvidenceSource::Auth).then_some(KeySetRead::Nothing),
    }
}

/// Reports whether a call of this endpoint can say something about the failures.
fn is_told(address: Option<Address<'_>>, target: &Target, endpoint: &str) -> bool {
    let endpoint = target.endpoints.get(endpoint);
    address.zip(endpoint).is_none_or(|(address, endpoint)| address.is_told_by(endpoint, target))
}

fn failing_user<'a>(failed: &[FailedStep], observations: &[&'a Observation]) -> Option<&'a str> {
    let exchanges = failed.iter().map(|step| step.exchange);
    let of = |exchange| observations.iter().find(|observation| observation.exchange == exchange);
    exchanges.filter_map(of).map(|observation| observation.probe.user.as_str()).next()
}

/// Returns the probes of the auth service that failed. A refusal does not count: it may be about the probe's own
/// credentials.
fn failures_at_auth(readings: &Readings<'_>) -> Vec<u32> {
    let probes = readings.failing().filter(|reading| reading.class.place == Place::Introspection);
    let failed = probes.filter(|one| matches!(one.observation.result, Outcome::Failed | Outcome::Unavailable));
    failed.map(|reading| reading.observation.exchange).collect()
}

fn direct_failures(readings: &Readings<'_>) -> Vec<u32> {
    let failing = readings.failing().filter(|reading| reading.class.place == Place::Direct);
    failing.map(|reading| reading.observation.exchange).collect()
}

/// Returns the failing probes whose log lines count: those sent before the log was read, and of these the protected
/// calls if there are any.
fn tell_tale(readings: &Readings<'_>, given: Given<'_>) -> Vec<u32> {
    let read_at = given.evidence.log_read_at.unwrap_or(Timestamp::MAX);
    let early = |exchange: u32| given.sent.iter().any(|probe| probe.exchange == exchange && probe.ended_at <= read_at);
    let failing: Vec<_> = readings.failing().filter(|reading| early(reading.observation.exchange)).collect();
    let of = |wanted: &dyn Fn(Place) -> bool| -> Vec<u32> {
        let chosen = failing.iter().filter(|reading| wanted(reading.class.place));
        chosen.map(|reading| reading.observation.exchange).collect()
    };
    let protected = of(&|place| place == Place::Protected);
    if protected.is_empty() { of(&|_| true) } else { protected }
}
