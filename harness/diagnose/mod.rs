//! Compares observations and names the cause. Never touches the network.

mod verdict;

pub use verdict::{Alternative, Cause, Certainty, Finding, Hops, Proof, Rollback, RuledOut, Settling, Why};
