//! What all users share: the target with the pool, the scenarios, the schedule and the ledger.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use crate::config::{Endpoint, Target};
use crate::load::judge::Judged;
use crate::load::markers::Markers;
use crate::load::schedule::Schedule;
use crate::load::tally::call::CallKind;
use crate::load::tally::ledger::{Ended, Ledger};
use crate::objectives::Call;
use crate::probe::{Exchange, Prober};
use crate::run::{Captures, Interruption};
use crate::scenario::{Scenario, Step};

/// The surroundings of all users.
pub(crate) struct Stage {
    /// The target, with the pool as its users.
    pub(crate) target: Arc<Target>,
    pub(crate) prober: Prober,
    pub(crate) scenarios: Vec<Scenario>,
    pub(crate) markers: Markers,
    pub(crate) schedule: Schedule,
    /// When the last wait ends.
    pub(crate) latest: Instant,
    pub(crate) interruption: Interruption,
    pub(crate) ledger: Mutex<Ledger>,
}

/// A step among all steps.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// Its ordinal.
    pub(crate) step: u16,
    /// `scenario/step`.
    pub(crate) name: String,
    /// The kind of its calls.
    pub(crate) kind: CallKind,
    endpoint: String,
    token_location: String,
}

impl Stage {
    pub(crate) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the steps of a scenario, and then those that clean up, with their places.
    pub(crate) fn places<'a>(&self, scenario: &'a Scenario) -> Vec<(Place, &'a Step)> {
        let before = self.scenarios.iter().take_while(|other| other.id != scenario.id);
        let first: usize = before.map(|other| other.steps.len() + other.finally.len()).sum();
        let all = scenario.steps.iter().chain(&scenario.finally).enumerate();
        all.map(|(at, step)| (self.place(scenario, step, first + at), step)).collect()
    }

    fn place(&self, scenario: &Scenario, step: &Step, at: usize) -> Place {
        let endpoint = self.target.endpoints.get(&step.call);
        let usual = endpoint.map(Endpoint::usual_token_location);
        let token_location = step.token_location.or(usual).map(|one| one.to_string());
        Place {
            step: u16::try_from(at).unwrap_or(u16::MAX),
            name: format!("{}/{}", scenario.id, step.id),
            kind: endpoint.map_or(CallKind::Http, |endpoint| CallKind::of(endpoint.kind)),
            endpoint: step.call.clone(),
            token_location: token_location.unwrap_or_default(),
        }
    }

    /// Reports whether a step can be sent: its endpoint exists, its captures are there, and another user exists if the
    /// step needs one.
    pub(crate) fn can_send(&self, step: &Step, captures: &Captures, scenario: &Scenario) -> bool {
        let all = scenario.steps.iter().chain(&scenario.finally);
        let captured: Vec<String> = all.flat_map(|step| &step.capture).map(|(name, _)| name.clone()).collect();
        let others = step.user.is_none() || self.target.users.len() > 1;
        others && self.target.endpoints.contains_key(&step.call) && captures.missing(step, &captured).is_none()
    }

    /// Returns who sends a step: the user, or the next one of the pool where the step names a user.
    pub(crate) fn actor(&self, step: &Step, user: usize) -> usize {
        if step.user.is_some() { (user + 1) % self.target.users.len() } else { user }
    }

    /// Returns the record of a call that ends now.
    pub(crate) fn ended(
        &self,
        user: usize,
        place: &Place,
        (nth, due): (u32, Instant),
        kind: CallKind,
        judged: Judged,
        exchange: Option<&Exchange>,
    ) -> Ended {
        let header = |name: &Option<String>| {
            let value = exchange?.header(name.as_deref()?)?;
            Some(value.chars().take(100).collect::<String>())
        };
        let instance = self.target.load.as_ref().and_then(|load| header(&load.instance));
        Ended {
            user: u32::try_from(user).unwrap_or(u32::MAX),
            step: place.step,
            nth,
            kind,
            due_after: due.saturating_duration_since(self.schedule.start),
            latency: Instant::now().saturating_duration_since(due),
            endpoint: place.endpoint.clone(),
            token_location: place.token_location.clone(),
            instance,
            revision: header(&self.target.version.header),
            failure: judged.failure,
        }
    }

    /// Measures the objectives of the target by a call.
    pub(crate) fn measure(&self, place: &Place, judged: &Judged, exchange: &Exchange) {
        let (objectives, endpoint) = (&self.target.objectives, self.target.endpoints.get(&place.endpoint));
        let (Some((scenario, step)), Some(endpoint)) = (place.name.split_once('/'), endpoint) else { return };
        let (of, seen, failed) = (place.endpoint.as_str(), judged.seen.as_ref(), judged.failure.is_some());
        let call = Call { scenario, step, of, endpoint, exchange, seen, failed, failed_by_auth: false };
        self.ledger().objectives.take(objectives, &call);
    }

    /// Notes an exchange in which a user sent the marker.
    pub(crate) fn note_sent(&self, exchange: &Exchange, user: usize) {
        let mut ledger = self.ledger();
        if ledger.knows_sent(user) {
            return;
        }
        let marker = self.markers.of(user);
        let body = exchange.request.body.as_deref().unwrap_or_default();
        let frames = exchange.frames.iter().filter(|frame| frame.from == crate::probe::Side::Client);
        if body.contains(marker) || frames.into_iter().any(|frame| frame.data.contains(marker)) {
            ledger.note_sent(user, exchange);
        }
    }

    /// Searches what came back to a user for markers of others.
    pub(crate) fn search(&self, exchange: &Exchange, user: usize, step: u16) {
        for owner in self.markers.leaked(exchange, user) {
            self.ledger().leak(owner, user, step, exchange);
        }
    }
}
