//! Every probe that the diagnosis of a case may ask for. Selftest measures against this number.

use crate::diagnose::active::probe_space;
use crate::diagnose::infer::case::Case;
use crate::diagnose::readings::input::Given;
use crate::probe::ProbeKey;

/// Returns the probes that [`crate::diagnose::next_probe`] chooses from with the granted evidence and that were not sent yet.
#[must_use]
pub fn every_probe(given: Given<'_>) -> Vec<ProbeKey> {
    let case = Case::of(given, &[]);
    let mut open = probe_space::possible(&case);
    open.extend(probe_space::direct_health(case.target, case.user()));
    open.retain(|key| !case.readings.has(key));
    open
}
