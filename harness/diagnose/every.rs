//! Every probe that the diagnosis of a case may ask for. Selftest measures against this number.

use super::case::Case;
use super::given::Given;
use super::plan_keys;
use crate::probe::ProbeKey;

/// Returns the probes that [`super::next_probe`] chooses from with the granted evidence and that were not sent yet.
#[must_use]
pub fn every_probe(given: Given<'_>) -> Vec<ProbeKey> {
    let case = Case::of(given, &[]);
    let mut open = plan_keys::possible(&case);
    open.extend(plan_keys::direct_health(case.target, case.user()));
    open.retain(|key| !case.readings.has(key));
    open
}
