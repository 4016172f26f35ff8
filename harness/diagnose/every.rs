//! Every probe that the diagnosis of a case may ask for: what "running every probe" would take. Sits in `diagnose`, beside `plan`.

use super::case::Case;
use super::given::Given;
use super::plan_keys;
use crate::probe::ProbeKey;

/// What [`super::next_probe`] chooses from with the granted evidence, and was not sent yet.
#[must_use]
pub fn every_probe(given: Given<'_>) -> Vec<ProbeKey> {
    let case = Case::of(given, &[]);
    let mut open = plan_keys::possible(&case);
    open.extend(plan_keys::direct_health(case.target, case.user()));
    open.retain(|key| !case.readings.has(key));
    open
}
