//! Everything one diagnosis compares: readings, facts, the log. Sits in `diagnose`.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::cell::Place;
use super::fact::{self, Fact};
use super::given::{FailedStep, Given, SentProbe};
use super::logbook::Logbook;
use super::reading::{Reading, Readings};
use super::{revisions, token_locations, told, unheard};
use crate::config::Target;
use crate::evidence::{EnvValue, Manifest};
use crate::observe::{Observation, Outcome};
use crate::terms::Service;

/// The same, grouped and compared.
#[derive(Debug)]
pub(super) struct Case<'a> {
    pub(super) target: &'a Target,
    pub(super) failed: &'a [FailedStep],
    pub(super) sent: &'a [SentProbe],
    pub(super) readings: Readings<'a>,
    pub(super) facts: Vec<Fact>,
    pub(super) logbook: Logbook<'a>,
    pub(super) log_was_read: bool,
    pub(super) manifests: &'a BTreeMap<Service, Manifest>,
    user: &'a str,
}

/// Whether the newest revision of the backend is ready.
pub(super) const ROLLOUT: &str = "backend.rollout";

impl<'a> Case<'a> {
    /// Builds a case. `ignoring` are exchanges that another cause explains already.
    pub(super) fn of(given: Given<'a>, ignoring: &[u32]) -> Self {
        let kept: Vec<&Observation> =
            given.observations.iter().filter(|observation| !ignoring.contains(&observation.exchange)).collect();
        let first_user = given.target.users.first().map_or("", |user| user.name.as_str());
        let user = failing_user(given.failed, &kept).unwrap_or(first_user);
        let mut readings = Readings::of(&kept, given.target, user);
        if given.evidence.manifests.contains_key(&Service::Backend) {
            readings.mark_what_is_cut_off();
        }
        let failing = tell_tale(&readings, given);
        let logbook = Logbook::new(given.evidence, &kept, &failing, given.sent)
            .with_failures_at_auth(&failures_at_auth(&readings))
            .with_failures_past_the_edge(&failures_past_the_edge(&readings));
        let mut facts = fact::facts(given.target, &kept, &given.evidence.manifests);
        facts.extend(revisions::failures(&kept, &given.evidence.log, given.sent, given.target));
        facts.extend(given.evidence.signing_key.as_ref().map(fact::signing_key));
        // Only a probe that went through the backend says anything of the backend's calls.
        if readings.failing().any(|reading| reading.cell.place == Place::Protected && !reading.ended_at_the_edge()) {
            let calls = logbook.calls(given.target);
            let backend = given.evidence.manifests.get(&Service::Backend);
            facts.extend(unheard::fact(&logbook, given.target, backend, &calls));
            facts.extend(calls);
            facts.extend(told::facts(&logbook, given.target));
        }
        facts.extend(token_locations::fact(&readings));
        facts.extend(logbook.arrivals(given.target));
        facts.extend(logbook.entries_at_the_edge(given.target));
        Self {
            target: given.target,
            failed: given.failed,
            sent: given.sent,
            readings,
            facts,
            logbook,
            log_was_read: !given.evidence.log.is_empty(),
            manifests: &given.evidence.manifests,
            user,
        }
    }

    pub(super) fn fact(&self, key: &str) -> Option<&Fact> {
        self.facts.iter().find(|fact| fact.key == key)
    }

    /// Whether the backend's newest revision does not start.
    pub(super) fn starts_badly(&self) -> bool {
        self.fact(ROLLOUT).is_some_and(Fact::is_odd)
    }

    /// The secret and version that plays this role, as the auth service reads it, or else the backend.
    pub(super) fn reference(&self, role: &str) -> Option<String> {
        let names = self.target.variables.get(role)?;
        let of = |service| {
            let env = &self.manifests.get(&service)?.env;
            let value = names.iter().find_map(|name| env.get(name))?;
            matches!(value, EnvValue::Secret { .. }).then(|| value.to_string())
        };
        of(Service::Auth).or_else(|| of(Service::Backend))
    }

    /// What a cause may explain: whatever must work and did not, or broke down whoever asked, and every failed step.
    pub(super) fn to_explain(&self) -> impl Iterator<Item = &Reading<'a>> {
        let of_a_step = |reading: &Reading<'_>| reading.exchanges.iter().any(|exchange| self.is_of_a_step(*exchange));
        self.readings.all.iter().filter(move |reading| reading.is_broken() || of_a_step(reading))
    }

    /// The user of the failure.
    pub(super) const fn user(&self) -> &'a str {
        self.user
    }

    /// Whether a scenario sent this exchange and it failed.
    pub(super) fn is_of_a_step(&self, exchange: u32) -> bool {
        self.failed.iter().any(|step| step.exchange == exchange)
    }

    /// Whether the credential of this exchange was accepted.
    pub(super) fn was_let_in(&self, exchange: u32) -> bool {
        let of = |reading: &&Reading<'_>| reading.exchanges.contains(&exchange);
        self.readings.all.iter().find(of).is_some_and(|reading| reading.observation.result == Outcome::Ok)
    }

    /// Whether it called an endpoint that takes the whole way: edge, backend, auth service.
    pub(super) fn is_all_the_way(&self, exchange: u32) -> bool {
        let of = |reading: &&Reading<'_>| reading.exchanges.contains(&exchange);
        self.readings.all.iter().find(of).is_some_and(|reading| reading.cell.place == Place::Protected)
    }

    /// The endpoint of the first failed step that the diagnosis can call by itself.
    pub(super) fn first_failing_endpoint(&self) -> Option<&str> {
        let failing = self.readings.failing().filter(|reading| reading.cell.place == Place::Protected);
        failing.map(|reading| reading.observation.probe.endpoint.as_str()).next()
    }

    /// Whether a good token failed on this endpoint.
    pub(super) fn fails_on(&self, endpoint: &str) -> bool {
        self.readings.failing().any(|reading| reading.observation.probe.endpoint == endpoint)
    }
}

fn failing_user<'a>(failed: &[FailedStep], observations: &[&'a Observation]) -> Option<&'a str> {
    let exchanges = failed.iter().map(|step| step.exchange);
    let of = |exchange| observations.iter().find(|observation| observation.exchange == exchange);
    exchanges.filter_map(of).map(|observation| observation.probe.user.as_str()).next()
}

/// Failures of the auth service in our own calls. A refusal is none: our own credentials may be what it speaks of.
fn failures_at_auth(readings: &Readings<'_>) -> Vec<u32> {
    let ours = readings.failing().filter(|reading| reading.cell.place == Place::Introspection);
    let failed = ours.filter(|one| matches!(one.observation.result, Outcome::Failed | Outcome::Unavailable));
    failed.map(|reading| reading.observation.exchange).collect()
}

fn failures_past_the_edge(readings: &Readings<'_>) -> Vec<u32> {
    let failing = readings.failing().filter(|reading| reading.cell.place == Place::Direct);
    failing.map(|reading| reading.observation.exchange).collect()
}

/// The failing probes whose windows the log is read for: of those it can hold, the ones that went all the way in, if there are any.
fn tell_tale(readings: &Readings<'_>, given: Given<'_>) -> Vec<u32> {
    let read_at = given.evidence.log_read_at.unwrap_or(Timestamp::MAX);
    let early = |exchange: u32| given.sent.iter().any(|probe| probe.exchange == exchange && probe.ended_at <= read_at);
    let failing: Vec<_> = readings.failing().filter(|reading| early(reading.observation.exchange)).collect();
    let of = |wanted: &dyn Fn(Place) -> bool| -> Vec<u32> {
        let chosen = failing.iter().filter(|reading| wanted(reading.cell.place));
        chosen.map(|reading| reading.observation.exchange).collect()
    };
    let protected = of(&|place| place == Place::Protected);
    if protected.is_empty() { of(&|_| true) } else { protected }
}
