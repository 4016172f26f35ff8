//! From the catalogue and a case to candidates with a posterior.
//!
//! Start at `candidate`, which compares every fault with a case, and at `hypotheses`, which weighs one fault against
//! pairs.
//!
//! - `case`: everything that one diagnosis compares: readings, facts and the log
//! - `address`: the address of the failures, where it did not answer
//! - `agreement`: whether one reading agrees with what a mode predicts
//! - `conflict`: what makes a fault impossible
//! - `likelihood`: how well a fault predicted the observations
//! - `candidate`: one fault compared with the case
//! - `mark_seen`: whether its marks and claims were seen
//! - `hypotheses`: one fault, or a pair where no single fault explains everything
//! - `coverage`, `double_fault`: what a mode says about a whole case, and two faults at once
//! - `masked_fault`: a second fault that the first one masks in every call
//! - `transient`: failed steps that need no cause of their own
//!
//! Invariant: a conflict excludes a fault, a likelihood only orders. Results are positions, keys and numbers; `wording`
//! makes the sentences.

pub(crate) mod address;
pub(crate) mod agreement;
pub(crate) mod by_path;
pub(crate) mod candidate;
pub(crate) mod case;
pub(crate) mod conflict;
pub(crate) mod coverage;
pub(crate) mod double_fault;
pub(crate) mod hypotheses;
pub(crate) mod likelihood;
pub(crate) mod mark_seen;
pub(crate) mod masked_fault;
pub(crate) mod transient;
