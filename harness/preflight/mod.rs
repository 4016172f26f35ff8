//! The checks before traffic moves: what a manifest says is wrong, without a request.
//!
//! Start at [`problems`]. `docs/users/preflight.md` describes the checks for users.
//!
//! - `input/`: the services with their manifests
//! - `contract/`: what each service requires of its environment
//! - `review/`: the manifests with the contract, and how to state a problem
//! - `checks/`: the checks
//! - `lost`: whether a deploy lost what is required, for the gate of `fivewhys smoke`
//! - `losses`: every variable that a deploy lost, and what restores them
//! - `page`: the problems in words
//!
//! Invariant: this folder sends nothing, prints nothing, and puts no value of a variable into a problem.

mod checks;
mod contract;
mod input;
mod losses;
mod lost;
mod page;
mod review;

pub(crate) use checks::{changed, origin};
pub(crate) use contract::{Contract, Requirement, written};
pub(crate) use input::{Subject, find};
pub(crate) use losses::{Deploy, report_losses};
pub(crate) use lost::{LOST, Lost, LostByService, lost};
pub(crate) use page::{Outcome, page};
pub(crate) use review::{Check, FaultRef, Problem, Review, Severity};

use std::collections::BTreeSet;

/// Returns every problem, the worst first, and of those the services in the order given.
pub(crate) fn problems(review: &Review<'_>) -> Vec<Problem> {
    let (mut problems, mut seen) = (Vec::new(), BTreeSet::new());
    for subject in review.now {
        for problem in checks::ALL.iter().flat_map(|check| check(review, subject)) {
            // Several Pods of one service have the same problems.
            if seen.insert((problem.check, problem.service.clone(), problem.says.clone())) {
                problems.push(problem);
            }
        }
    }
    problems.sort_by_key(|problem| problem.severity);
    problems
}

#[cfg(test)]
mod tests;
