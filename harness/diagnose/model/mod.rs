//! What can be wrong, and what each fault predicts: the catalogue.
//!
//! Start at `catalogue`. An entry is a `fault`: what it changes on the way of a request, and the facts that it demands.
//!
//! - `catalogue`, `load`: all faults, and one file of them, read and checked
//! - `fault`, `fault_mode`: an entry, and one way in which its fault can be there
//! - `probe_class`, `probe_selector`: a probe without the target's own names, and a set of such probes
//! - `evidence_rule`: what proves a link of the chain of whys
//! - `expression`: a regular expression, compiled when it is first used
//! - `fact`, `fact_schema`: a fact, and the facts that an entry may use
//! - `credential_words`: the words for a token, its location and service credentials
//!
//! Invariant: this folder has seen no observation. It depends on no other folder of the diagnosis.

pub(crate) mod catalogue;
pub(crate) mod credential_words;
pub(crate) mod evidence_rule;
pub(crate) mod expression;
pub(crate) mod fact;
pub(crate) mod fact_schema;
pub(crate) mod fault;
pub(crate) mod fault_mode;
pub(crate) mod load;
pub(crate) mod named_endpoint;
pub(crate) mod probe_class;
pub(crate) mod probe_selector;
