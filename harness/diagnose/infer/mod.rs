//! From the catalogue and a case to candidates with a posterior.
//!
//! Start at `compare`, which compares every fault with a case, and at `hypotheses`, which weighs one fault against pairs
//! and unknown faults.
//!
//! - `case`: everything that one diagnosis compares: readings, facts and the log
//! - `address`: the address of the failures, where it did not answer
//! - `compare`: every fault compared with a case
//! - `records`: what logs and key sets say to the model of the path
//! - `candidate`: one fault, compared
//! - `fact_score`: what the facts say about a fault
//! - `conflict`: what makes a fault impossible
//! - `foreign_record`: a record of other faults
//! - `missing_name`: a variable that a log line names and a manifest lacks
//! - `mark_seen`: whether its marks and claims were seen
//! - `hypotheses`, `pair`: one fault, or two where no single fault explains everything
//! - `transient`: failed steps that need no cause of their own
//!
//! Invariant: a conflict excludes a fault, a likelihood only orders. Results are positions, keys and numbers; `wording`
//! makes the sentences.

pub(crate) mod address;
pub(crate) mod candidate;
pub(crate) mod case;
pub(crate) mod compare;
pub(crate) mod conflict;
pub(crate) mod fact_score;
pub(crate) mod foreign_record;
pub(crate) mod hypotheses;
pub(crate) mod mark_seen;
pub(crate) mod missing_name;
pub(crate) mod pair;
mod records;
pub(crate) mod transient;
