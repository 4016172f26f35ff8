//! `fivewhys bisect`: what changed between two revisions, and which change explains the failure.
//!
//! Start at [`bisect`]. `docs/users/bisect.md` describes it for users.
//!
//! - `change`: one change
//! - `difference`: the changes between two manifests of one service
//! - `attribution`: the faults that a change causes, and which of them the evidence has as candidates
//! - `outcome`: everything that was found, and the verdict in one sentence
//! - `page`: the outcome in words
//! - `named`: the manifest of a revision that only its name tells
//! - `tags`: where a revision answers that gets no traffic
//! - `trial`: tests a revision at the address of its tag
//!
//! Invariant: only a trial sends a probe, nothing moves traffic, and no change holds the value of a variable.

mod attribution;
mod change;
mod difference;
mod named;
mod outcome;
mod page;
mod tags;
mod trial;

pub(crate) use named::{fetch, is_name};
pub(crate) use outcome::Outcome;
pub(crate) use page::page;
pub(crate) use tags::{Address, Tags, addresses, are_apart, revision_of};
pub(crate) use trial::{Bench, Trial, Trials};

use std::collections::BTreeSet;

use self::attribution::{Attribution, Candidates};
use self::change::Change;
use crate::diagnose::Cause;
use crate::preflight::Review;

/// Lists what changed from the previous manifests of a review to the current ones, and names the changes that explain the
/// failure. `causes` is the verdict of the evidence. Without evidence, the contract alone says what a change causes.
pub(crate) fn bisect(review: &Review<'_>, causes: Option<&[Cause]>) -> Outcome {
    let attribution = Attribution::new(review);
    let candidates = causes.map(Candidates::of);
    let (mut changes, mut seen, mut alone) = (Vec::new(), BTreeSet::new(), Vec::new());
    for subject in review.now.iter().filter(|subject| seen.insert(subject.service.as_str())) {
        match review.before(subject) {
            Some(before) => {
                let found = difference::changes(review, subject, before, &attribution);
                changes.extend(found.into_iter().map(|change| attribution.complete(change, candidates.as_ref())));
            }
            None => alone.push(subject.service.clone()),
        }
    }
    let gone = review.previous.iter().filter(|then| !seen.contains(then.service.as_str()));
    alone.extend(gone.map(|then| then.service.clone()));
    changes.sort_by(Change::by_rank);
    Outcome::of(review, changes, alone, candidates)
}

#[cfg(test)]
mod tests;
