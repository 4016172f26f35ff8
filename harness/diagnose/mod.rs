//! Compares observations and names the cause. Never touches the network.
//!
//! The way through: [`Given`] → readings, facts and the log's book (`case`) → every fault weighed (`weigh`) → causes (`conclude`), each with
//! its chain (`chain`) and what would settle the rest (`settle`). `plan` asks for the next probe.

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
