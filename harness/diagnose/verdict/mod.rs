//! From a posterior to causes: what is named, how certainly, and with which explanation and remedy.
//!
//! Start at [`diagnose`].
//!
//! - `cause`: the types of the result
//! - `certainty`: one fault as the cause, with its alternatives and the faults that are ruled out
//! - `double_cause`: two faults as causes
//! - `unknown_cause`: what no fault of the catalogue explains
//! - `explanation`: the chain of whys
//! - `no_auth`: the words of a cause in a system without an auth service
//! - `worst_lines`: log lines to read, where no why quotes one
//! - `remedy`: the fix, and whether a rollback can help
//! - `foreign_page`: findings of calls that name a foreign page as their origin
//! - `http2`: the finding of a call that fails over HTTP/2 only
//! - `finding`: problems for which no scenario failed
//!
//! Invariant: every link of a chain has a proof; without a mark that was seen, no cause is certain.

pub(crate) mod cause;
pub(crate) mod certainty;
mod double_cause;
mod explanation;
pub(crate) mod finding;
pub(crate) mod foreign_page;
pub(crate) mod http2;
mod no_auth;
mod remedy;
mod unknown_cause;
mod worst_lines;

use crate::diagnose::infer::case::Case;
use crate::diagnose::infer::compare::compare;
use crate::diagnose::infer::hypotheses::{Hypotheses, suspects};
use crate::diagnose::infer::transient;
use crate::diagnose::model::catalogue::Catalogue;
use crate::diagnose::readings::input::{FailedStep, Given};
use crate::diagnose::verdict::cause::Cause;

/// The most causes of one run.
const CAUSES: usize = 3;

/// Names the causes of a run. It names several when one does not explain all failures.
#[must_use]
pub fn diagnose(given: Given<'_>, catalogue: &Catalogue) -> Vec<Cause> {
    let mut explained: Vec<u32> = Vec::new();
    let mut causes = Vec::new();
    let all = Case::of(given, &[]);
    let transient = transient::transient(&all, given.failed);
    let knock_on = transient::knock_on(&all, given.failed);
    let follows = |step: &FailedStep| knock_on.iter().any(|(one, _)| one.exchange == step.exchange);
    while causes.len() < CAUSES {
        let rest;
        let case = if explained.is_empty() {
            &all
        } else {
            rest = Case::of(given, &explained);
            &rest
        };
        let to_explain = |step: &&FailedStep| {
            !explained.contains(&step.exchange) && !transient.contains(&step.exchange) && !follows(step)
        };
        let open: Vec<&FailedStep> = given.failed.iter().filter(to_explain).collect();
        let only_controls = open.iter().all(|step| step.control);
        if open.is_empty() || (only_controls && !causes.is_empty()) {
            break;
        }
        let compared = compare(case, catalogue);
        let before = causes.len();
        match Hypotheses::of(&compared, &open) {
            Hypotheses::One(candidates) => {
                causes.push(certainty::cause(case, &candidates, &compared.best, &open));
                explained.extend(&candidates[0].0.explains);
            }
            Hypotheses::Two(pairs) => {
                causes.extend(double_cause::causes(case, &pairs, &compared.best, &open));
                explained.extend(&pairs[0].0.explains);
            }
            Hypotheses::Unknown { of, share, candidates } => {
                let steps: Vec<&FailedStep> =
                    open.iter().copied().filter(|step| of.explains.contains(&step.exchange)).collect();
                causes.push(unknown_cause::at(case, (of.hop, share), &steps, &candidates, &compared.best));
                explained.extend(&of.explains);
            }
            Hypotheses::None => {
                // If only bad credentials were accepted, the finding says so: there is no failure to explain.
                if !open.iter().all(|step| step.control && case.was_let_in(step.exchange)) {
                    causes.push(unknown_cause::unknown(case, &open, &compared.best));
                }
                break;
            }
        }
        let suspects = suspects(&compared);
        causes[before..].iter_mut().for_each(|cause| cause.suspects.clone_from(&suspects));
    }
    for (step, of) in &knock_on {
        unknown_cause::add_consequence(&mut causes, step, given.failed.iter().find(|one| one.exchange == *of));
    }
    causes.extend(unknown_cause::it_passed(&all, given.failed, &transient));
    worst_lines::add(&mut causes, &all, catalogue);
    if given.target.has_auth_service() {
        return causes;
    }
    causes.into_iter().map(Cause::without_auth_service).collect()
}
