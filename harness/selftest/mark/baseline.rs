//! Two simpler ways to name a cause, on the same exchanges. The engine must beat them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Serialize;

use crate::observe::{Observation, Outcome};
use crate::selftest::subject::hop;
use crate::selftest::subject::mask::View;
use crate::terms::{Hop, Service};

/// For each service that was called: how the call ended, and the cause to guess.
type Guesses = BTreeMap<Service, BTreeMap<String, String>>;

static TABLE: LazyLock<Guesses> =
    LazyLock::new(|| toml::from_str(include_str!("baseline.toml")).expect("a constant table, read by a test"));

/// The guesses of the two baselines.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Baseline {
    /// The most common cause of a status code, or of the way in which a call without one ended.
    pub by_status: Option<String>,
    /// The hop of the deepest service that answered with an error: edge, backend, auth.
    pub deepest: Option<String>,
}

impl Baseline {
    /// Guesses from what the scenarios show, before any diagnosis.
    pub(crate) fn of(view: &View) -> Self {
        let step = view.failed.iter().find(|step| !step.control).or(view.failed.first());
        let first = step.and_then(|step| view.driven.iter().find(|one| one.exchange == step.exchange));
        Self { by_status: first.and_then(|one| by_status(one, view)).cloned(), deepest: deepest(view) }
    }

    /// Reports whether the table names the hop of this fault.
    pub(crate) fn status_hop_right(&self, fault: &str) -> bool {
        self.by_status.as_ref().is_some_and(|guess| hop(guess) == hop(fault))
    }
}

fn by_status<'t>(one: &Observation, view: &View) -> Option<&'t String> {
    let service = view.target.endpoints.get(&one.probe.endpoint)?.service;
    let guesses = TABLE.get(&service)?;
    let by_code = one.status.filter(|status| *status >= 300).and_then(|status| guesses.get(&status.to_string()));
    by_code.or_else(|| guesses.get(one.result.as_str()))
}

/// Returns the deepest hop with an error, among failed steps and the auth service's responses in the log.
fn deepest(view: &View) -> Option<String> {
    let error = |one: &&Observation| view.failed.iter().any(|step| step.exchange == one.exchange && !step.control);
    let answered = view.driven.iter().filter(error).filter(|one| one.result != Outcome::Ok).map(|one| one.answered_by);
    let logged = view.evidence.log.iter().filter_map(|entry| entry.request.as_ref());
    let logged = logged.filter(|request| request.status >= 500).map(|request| Hop::from(request.service));
    let deep = [Hop::Auth, Hop::Backend, Hop::Edge, Hop::Network];
    let all: Vec<Hop> = answered.chain(logged).collect();
    deep.into_iter().find(|hop| all.contains(hop)).map(|hop| hop.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_can_be_read_and_names_hops() {
        for guess in TABLE.values().flat_map(BTreeMap::values) {
            assert!(guess.contains('/'), "{guess}");
        }
        assert_eq!(TABLE[&Service::Auth]["refused"], "auth/down");
    }

    #[test]
    fn a_guess_is_right_at_its_hop() {
        let said = Baseline { by_status: Some("edge/timeout".into()), deepest: None };
        assert!(said.status_hop_right("edge/iam-denied") && !said.status_hop_right("auth/down"));
    }
}
