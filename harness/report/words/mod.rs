//! Words that several formats share: each takes a part of a report and returns a phrase without markup.
//!
//! - `run`: the outcome in one line, notes on it, how often a step was tried
//! - `objective`: an objective with its measured value
//! - `cause`: what a cause claims, where it lies, who must act, what would settle it, which log lines to read
//! - `gate`: whether the deployed revision was tested, and what a roll back came to
//! - `load`: what many users saw
//! - `baseline`: what is new since an earlier run
//! - `reach`: fixed addresses, and a wait before the first step
//! - `numbers`: counts, durations, percentages
//!
//! Invariant: a phrase may hold text from the server under test, so each format makes it safe before it shows it.

mod baseline;
mod cause;
mod gate;
mod load;
mod numbers;
mod objective;
mod reach;
mod run;

pub(crate) use baseline::{lists, since, whats_new};
pub(crate) use cause::{are_open, claim, headline, hops, lines_to_read, responsible, would_leave};
pub(crate) use gate::{done, heading, is_tested, second_smoke, tested_by};
pub(crate) use load::{load_failed, load_in_short, load_latency, load_notes};
pub(crate) use numbers::{counted, duration, percent, seconds};
pub(crate) use objective::{objective, outcome_of};
pub(crate) use reach::reach;
pub(crate) use run::{ALREADY, incomplete, notes, outcome, tried};
