//! Names the causes of a run. `one` decides how certain a single fault is, `two` how certain a pair is.

use crate::diagnose::infer::candidate::weigh;
use crate::diagnose::infer::case::Case;
use crate::diagnose::infer::hypotheses::Hypotheses;
use crate::diagnose::infer::masked_fault;
use crate::diagnose::model::catalogue::Catalogue;
use crate::diagnose::readings::input::{FailedStep, Given};
use crate::diagnose::verdict::cause::Cause;
use crate::diagnose::verdict::{certainty, double_cause, unknown_cause};

/// The most causes of one run.
const CAUSES: usize = 3;

/// Names the causes of a run. It names several when one does not explain all failures.
#[must_use]
pub fn diagnose(given: Given<'_>, catalogue: &Catalogue) -> Vec<Cause> {
    let mut explained: Vec<u32> = Vec::new();
    let mut causes = Vec::new();
    let mut hidden = None;
    let all = Case::of(given, &[]);
    let passing = unknown_cause::passing(&all, given.failed);
    let consequences = unknown_cause::consequences(&all, given.failed);
    let follows = |step: &FailedStep| consequences.iter().any(|(one, _)| one.exchange == step.exchange);
    while causes.len() < CAUSES {
        let rest;
        let case = if explained.is_empty() {
            &all
        } else {
            rest = Case::of(given, &explained);
            &rest
        };
        let to_explain = |step: &&FailedStep| {
            !explained.contains(&step.exchange) && !passing.contains(&step.exchange) && !follows(step)
        };
        let open: Vec<&FailedStep> = given.failed.iter().filter(to_explain).collect();
        let only_controls = open.iter().all(|step| step.control);
        if open.is_empty() || (only_controls && !causes.is_empty()) {
            break;
        }
        let weighing = weigh(case, catalogue);
        match Hypotheses::of(case, &weighing, &open) {
            Hypotheses::One(candidates) => {
                let cause = certainty::cause(case, &candidates, &weighing.best, &open);
                if causes.is_empty() {
                    hidden = masked_fault::told_by_a_record(case, &weighing, &cause);
                }
                causes.push(cause);
                explained.extend(&candidates[0].0.explains);
            }
            Hypotheses::Two(pairs) => {
                causes.extend(double_cause::causes(case, &pairs, &weighing.best, &open));
                explained.extend(&pairs[0].0.explains);
            }
            Hypotheses::Unknown { of, share, candidates } => {
                let steps: Vec<&FailedStep> =
                    open.iter().copied().filter(|step| of.explains.contains(&step.exchange)).collect();
                causes.push(unknown_cause::at(case, of.hop, share, &steps, &candidates, &weighing.best));
                explained.extend(&of.explains);
            }
            Hypotheses::None => {
                // If only bad credentials were accepted, the finding says so: there is no failure to explain.
                if !open.iter().all(|step| step.control && case.was_let_in(step.exchange)) {
                    causes.push(unknown_cause::unknown(case, &open, &weighing.best));
                }
                break;
            }
        }
    }
    // Where a second cause shows in a call, the record belongs to that cause.
    causes.extend(hidden.filter(|_| causes.len() == 1));
    for (step, of) in &consequences {
        unknown_cause::add_consequence(&mut causes, step, given.failed.iter().find(|one| one.exchange == *of));
    }
    causes.extend(unknown_cause::it_passed(&all, given.failed, &passing));
    causes
}
