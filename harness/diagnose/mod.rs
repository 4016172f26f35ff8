//! Compares the observations of a run with the catalogue and names the causes. Chooses the next probe.
//!
//! Start at [`diagnose`]. It makes a case of the run (`infer/case`), compares every fault with it (`infer/candidate`),
//! and names the causes, each with its chain of whys and with the question that would settle the rest.
//!
//! From the bottom up; a folder depends only on those above it in this list:
//! - `model/`: what can be wrong, and what each fault predicts: the catalogue
//! - `readings/`: what the probes of one run gave
//! - `logs/`: which log lines belong to our probes
//! - `facts/`: facts from manifests, clocks, signatures, latencies and logs
//! - `belief/`: how well the model of the request path agrees with the readings: the posterior of each fault
//! - `infer/`: from the catalogue and a case to candidates with a posterior
//! - `wording/`: readings and the catalogue in words
//! - `active/`: the next probe, and the next question
//! - `verdict/`: causes and findings
//! - `discriminability/`: which evidence distinguishes which faults, by `model/` and `belief/`
//!
//! The model of the request path is a crate of its own, `fivewhys_path` in `harness/path`. The data are in `faults/`: one TOML
//! file for each hop.
//!
//! Invariant: this folder never touches the network and knows no fault by name.

mod active;
mod belief;
mod discriminability;
mod facts;
mod infer;
mod logs;
mod model;
mod readings;
#[cfg(test)]
mod tests;
mod verdict;
mod wording;

pub use crate::diagnose::active::next_probe::next_probe;
pub use crate::diagnose::active::next_question::Settling;
pub use crate::diagnose::active::probe_space::every_probe;
pub use crate::diagnose::discriminability::evidence_matrix::{Class, Matrix};
pub use crate::diagnose::logs::attribution::JoinedBy;
pub use crate::diagnose::model::catalogue::Catalogue;
pub(crate) use crate::diagnose::model::catalogue::matching;
pub use crate::diagnose::model::load::schema;
pub use crate::diagnose::readings::input::{FailedStep, Given, SentProbe};
pub use crate::diagnose::verdict::cause::{
    Alternative, Cause, Certainty, Finding, Hops, Rollback, RuledOut, Why, WorstLine,
};
pub use crate::diagnose::verdict::diagnose;
pub(crate) use crate::diagnose::verdict::finding::NO_SIGNING_KEY;
pub use crate::diagnose::verdict::finding::{finding_ids, findings, opened_by_test_headers};
pub use crate::diagnose::verdict::foreign_page::trusts_a_foreign_page;
pub use crate::diagnose::verdict::http2::fails_over_http2;
pub use crate::diagnose::wording::catalogue_view::{Entry, Link, LogLine, Showing};
pub use crate::diagnose::wording::proof::Proof;
