//! What the logs, the key set and the request log of a case say to the model of the path.

use std::collections::BTreeSet;

use fivewhys_path::{OwnWords, Startup};

use crate::config::Endpoint;
use crate::diagnose::belief::{InnerCall, Records};
use crate::diagnose::facts::auth_calls;
use crate::diagnose::infer::case::Case;
use crate::diagnose::logs::said::Told;
use crate::diagnose::model::catalogue::Catalogue;
use crate::diagnose::model::fault::{Fault, LogScope};
use crate::observe::{Observation, Outcome};
use crate::terms::{Hop, Role, Service};

/// Returns what the records of a case say.
pub(super) fn records(case: &Case<'_>, catalogue: &Catalogue) -> Records {
    let failed = case.failed.iter().map(|step| step.exchange);
    let asking: BTreeSet<u32> = failed.filter(|exchange| case.is_all_the_way(*exchange)).collect();
    let is_good = |seen: &&&Observation| seen.result == Outcome::Ok && seen.probe.token.should_be_accepted();
    let working = case.observations.iter().filter(is_good).map(|seen| seen.exchange);
    let working: BTreeSet<u32> = working.filter(|exchange| case.is_all_the_way(*exchange)).collect();
    let told = Told::of(&case.logbook, case.target);
    Records {
        said: told.said(&case.observations),
        failed: case.failed.iter().map(|step| step.exchange).collect(),
        key_set: case.key_set,
        arrived: case.logbook.arrived(),
        missed: case.logbook.missed(&case.observations, case.target),
        backend_is_at_work: case.logbook.backend_is_at_work(),
        own_words: own_words(case, catalogue),
        inner: inner_call(case),
        asks: asking.first().copied(),
        call: case.logbook.call_seen(&case.observations, case.target),
        auth_said: told.auth_said(&asking),
        called_in_vain: told.called_in_vain(&asking, &working),
    }
}

/// Returns what the services logged about themselves. Where the start-up log names several faults, their own lines decide.
fn own_words(case: &Case<'_>, catalogue: &Catalogue) -> OwnWords {
    let words = case.logbook.own_words(case.target);
    // A service that serves some calls did start.
    let serves = |by: Hop| case.observations.iter().any(|seen| seen.result == Outcome::Ok && seen.answered_by == by);
    let words = OwnWords {
        of_backend: words.of_backend.filter(|says| *says != Startup::Ended || !serves(Hop::Backend)),
        of_auth: words.of_auth.filter(|says| *says != Startup::Ended || !serves(Hop::Auth)),
        ..words
    };
    let is_named = |fault: &&Fault| {
        let of_a_start = fault.log.iter().filter(|rule| rule.decisive && rule.scope == LogScope::Any);
        of_a_start.filter_map(|rule| case.logbook.find(rule)).any(|line| line.decisive)
    };
    match catalogue.faults().iter().filter(is_named).count() {
        0 | 1 => words,
        _ => OwnWords { of_backend: words.of_backend.filter(|says| *says == Startup::Listens), ..words },
    }
}

/// Returns how the backend's own question to the auth service ended, if its request log shows that and no probe asked.
///
/// A refusal may be about the backend's credentials, and an answer about the token: both say nothing here.
fn inner_call(case: &Case<'_>) -> Option<InnerCall> {
    let of_auth = |endpoint: &&Endpoint| endpoint.service == Service::Auth && endpoint.role == Role::Introspection;
    let judges = |id: &str| case.target.endpoints.get(id).is_some_and(|endpoint| of_auth(&endpoint));
    if case.observations.iter().any(|seen| judges(&seen.probe.endpoint)) {
        return None;
    }
    let result = match case.fact(auth_calls::KEY)?.value {
        "missing" => Outcome::NotFound,
        "failed" => Outcome::Failed,
        "throttled" => Outcome::Throttled,
        _ => return None,
    };
    let endpoint = case.target.endpoints.values().find(of_auth)?.id.clone();
    let exchange = case.failed.iter().map(|step| step.exchange).find(|exchange| case.is_all_the_way(*exchange))?;
    Some(InnerCall { endpoint, result, exchange })
}
