//! Failed steps that need no cause of their own: transient failures, and knock-on failures of an earlier step.

use std::collections::BTreeSet;

use crate::diagnose::infer::case::Case;
use crate::diagnose::readings::input::FailedStep;
use crate::observe::Outcome;

/// Returns the failed steps that lost their connection while other attempts of the same call succeeded.
pub(crate) fn transient(case: &Case<'_>, failed: &[FailedStep]) -> BTreeSet<u32> {
    let worked = case.readings.all.iter().filter(|reading| reading.ever(&[Outcome::Ok]));
    let lost: BTreeSet<u32> = worked.flat_map(|reading| reading.lost.iter().copied()).collect();
    failed.iter().map(|step| step.exchange).filter(|exchange| lost.contains(exchange)).collect()
}

/// Returns failed steps whose call succeeded after an earlier step of the same scenario failed, each with that step.
/// They failed because the earlier step did not produce what they need.
pub(crate) fn knock_on<'f>(case: &Case<'_>, failed: &'f [FailedStep]) -> Vec<(&'f FailedStep, u32)> {
    let scenario = |step: &FailedStep| step.step.split('/').next().unwrap_or_default().to_owned();
    let went_well = |step: &FailedStep| {
        case.readings.all.iter().any(|one| one.observation.exchange == step.exchange && !one.fails() && one.must_work())
    };
    let earlier = |at: usize| {
        let step = &failed[at];
        let before = failed[..at].iter().find(|other| scenario(other) == scenario(step) && !went_well(other))?;
        (!step.control && went_well(step)).then_some((step, before.exchange))
    };
    (0..failed.len()).filter_map(earlier).collect()
}
