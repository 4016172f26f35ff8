//! Which exchanges the page shows, so that every link has a target.

use crate::diagnose::Proof;
use crate::report::{Report, StepOutcome};

/// Reports whether the page shows this exchange.
pub(crate) fn is_shown(report: &Report, id: u32) -> bool {
    report.probes.iter().any(|probe| probe.exchange.id == id) && is_referred_to(report, id)
}

/// Reports whether a failed step, a try or a proof refers to this exchange.
pub(crate) fn is_referred_to(report: &Report, id: u32) -> bool {
    let mut steps = report.scenarios.iter().flat_map(|scenario| &scenario.steps);
    let failed = |outcome| matches!(outcome, StepOutcome::Failed | StepOutcome::Known);
    steps.any(|step| {
        (step.exchange == Some(id) && failed(step.outcome)) || step.tries.iter().any(|one| one.exchange == id)
    }) || proofs(report).any(|proof| proof.exchange == Some(id))
}

fn proofs(report: &Report) -> impl Iterator<Item = &Proof> {
    let whys = report.causes.iter().flat_map(|cause| &cause.whys).flat_map(|why| &why.evidence);
    let out = report.causes.iter().flat_map(|cause| &cause.ruled_out).map(|out| &out.by);
    whys.chain(out).chain(report.findings.iter().flat_map(|finding| &finding.evidence))
}
