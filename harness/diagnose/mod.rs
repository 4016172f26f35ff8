//! Compares the observations of a run with the catalogue and names the causes. Chooses the next probe.
//!
//! Start at [`diagnose`] in `conclude`. It makes readings and facts of a [`Given`] (`case`), compares every fault with
//! them (`weigh`), and names the causes, each with its chain (`chain`) and what would settle the rest (`settle`).
//!
//! The catalogue:
//! - `catalogue`, `catalogue_file`: all faults, and one file of them, read and checked
//! - `fault`, `mode`: an entry, and one way in which its fault can show
//! - `expression`: a regular expression, compiled when it is first used
//! - `selector`, `proof`: the grammar of `on`, and of `proof`
//! - `vocabulary`: the facts that an entry may use
//! - `entry`: an entry as a person or another program reads it
//!
//! The case:
//! - `given`: the input of a diagnosis
//! - `case`: everything that one diagnosis compares
//! - `cell`, `reading`: a probe as the catalogue sees it, and the result of one probe
//! - `fact`, `pace`: facts from manifests, clocks and signatures, and from latencies
//! - `logbook`, `chance`: which log lines belong to the failing probes, and whether they do by chance
//! - `calls`, `told`, `unheard`: facts about the backend's calls to the auth service
//! - `arrivals`, `revisions`: facts from request logs about the failing calls
//! - `token_locations`: the fact that a token in the header is not read
//!
//! The comparison:
//! - `predict`: what a mode says about one reading
//! - `contradict`, `likelihood`: what contradicts a mode, and how well it predicted the observations
//! - `weigh`: every fault compared with the case
//! - `stance`, `pair`: what a mode says about a whole case, and two faults at once
//! - `hypotheses`: one fault or a pair
//!
//! The verdict:
//! - `conclude`: the causes of a run
//! - `one`, `two`: how certain a single fault is, and each fault of a pair
//! - `beside`: a second fault that only a record shows
//! - `unexplained`: what no fault of the catalogue explains
//! - `chain`, `cure`: the chain of whys, and the remedy
//! - `finding`: problems for which no scenario failed
//! - `verdict`: the types of the result
//! - `describe`, `words`: readings in words, and the catalogue in words
//!
//! What to ask next:
//! - `plan`, `plan_keys`, `every`: the next probe, the probes it is chosen from, and their number
//! - `again`, `beyond`: a probe to repeat, and a probe after a cause is found
//! - `settle`, `question`: the question that leaves the fewest candidates, and all questions
//! - `ask_command`, `ask_curl`: the command that answers a question
//!
//! What evidence distinguishes:
//! - `apart`, `matrix`: two faults, and all pairs of faults
//!
//! Invariant: this folder never touches the network and knows no fault by name.

mod again;
mod apart;
mod arrivals;
mod ask_command;
mod ask_curl;
mod beside;
mod beyond;
mod calls;
mod case;
mod catalogue;
mod catalogue_file;
mod cell;
mod chain;
mod chance;
mod conclude;
mod contradict;
mod cure;
mod describe;
mod entry;
mod every;
mod expression;
mod fact;
mod fault;
mod finding;
mod given;
mod hypotheses;
mod likelihood;
mod logbook;
mod matrix;
mod mode;
mod one;
mod pace;
mod pair;
mod plan;
mod plan_keys;
mod predict;
mod proof;
mod question;
mod reading;
mod revisions;
mod selector;
mod settle;
mod stance;
#[cfg(test)]
mod tests;
mod token_locations;
mod told;
mod two;
mod unexplained;
mod unheard;
mod verdict;
mod vocabulary;
mod weigh;
mod words;

pub use catalogue::Catalogue;
pub(crate) use catalogue::matching;
pub use catalogue_file::schema;
pub use conclude::diagnose;
pub use entry::{Entry, Link, LogLine, Showing};
pub use every::every_probe;
pub use finding::{findings, opened_by_test_headers};
pub use given::{FailedStep, Given, SentProbe};
pub use matrix::{Class, Matrix};
pub use plan::next_probe;
pub use verdict::{Alternative, Cause, Certainty, Finding, Hops, Proof, Rollback, RuledOut, Settling, Why};
