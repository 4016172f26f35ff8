//! Two simpler ways to name a cause, on the same exchanges: what the engine must beat. Sits in `selftest`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Serialize;

use crate::observe::{Observation, Outcome};
use crate::selftest::subject::hop;
use crate::selftest::subject::mask::View;
use crate::terms::{Hop, Service};

/// Ending to guess, by the service that was called.
type Guesses = BTreeMap<Service, BTreeMap<String, String>>;

static TABLE: LazyLock<Guesses> =
    LazyLock::new(|| toml::from_str(include_str!("baseline.toml")).expect("a constant table, read by a test"));

/// What the two say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Baseline {
    /// A table from status code, or from how the call ended without one, to the cause it most often has.
    pub by_status: Option<String>,
    /// The hop of the deepest service that answered with an error: edge, backend, auth.
    pub deepest: Option<String>,
}

impl Baseline {
    /// On what the scenarios show, before any diagnosis.
    pub(crate) fn of(view: &View) -> Self {
        let step = view.failed.iter().find(|step| !step.control).or(view.failed.first());
        let first = step.and_then(|step| view.driven.iter().find(|one| one.exchange == step.exchange));
        Self { by_status: first.and_then(|one| by_status(one, view)).cloned(), deepest: deepest(view) }
    }

    /// Whether the table names the hop of this fault.
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

/// Of answers to good tokens and to health, and of what the log says the auth service answered.
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
