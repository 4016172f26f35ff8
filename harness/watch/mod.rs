//! `fivewhys watch`: runs the scenarios again and again, and tells each change once.
//!
//! Start at [`watch`].
//!
//! - `course/`: the loop of each target, from the first run to the last
//! - `schedule`: when a run begins
//! - `ran`: what is kept of a run
//! - `burning`: the error budgets of a target
//! - `incident`: what a run changes
//! - `state`: what a watch knows
//! - `store`: keeps the state and what is to be delivered, on the disk
//! - `notify/`: delivers notifications
//! - `serve/`: metrics, health and the overview page over HTTP
//!
//! Invariant: a run and its notification are on the disk before anything acts on them.

mod burning;
mod course;
mod incident;
mod notify;
mod ran;
mod schedule;
mod serve;
pub(crate) mod state;
mod store;

pub(crate) use course::{Course, Export, Job, Listener, ReadByHand, Said, Until, watch};
pub(crate) use incident::MOST_RUNS;
pub(crate) use notify::receiver::Receiver;
pub(crate) use schedule::Slots;
pub use serve::serve_recorded;
pub(crate) use store::Store;
