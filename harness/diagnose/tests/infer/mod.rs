//! Tests of hypotheses: single faults, pairs, and what contradicts them.

mod addresses;
mod anonymous_calls;
mod calls_in_logs;
mod comes_and_goes;
mod direct;
mod direct_calls;

mod hints;
mod newest_entries;
mod own_endpoints;
mod relations;

use crate::diagnose::model::catalogue::Catalogue;
use crate::diagnose::readings::input::Given;
use crate::diagnose::verdict::diagnose;

/// Returns the ids of all candidates of all causes, the first ones first.
fn candidates_of(given: Given<'_>) -> Vec<String> {
    let named = |cause: crate::diagnose::Cause| {
        [vec![cause.fault], cause.alternatives.into_iter().map(|one| one.fault).collect()].concat()
    };
    diagnose(given, Catalogue::shipped()).into_iter().flat_map(named).collect()
}
