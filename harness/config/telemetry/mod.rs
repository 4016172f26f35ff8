//! What a target says of its measurements: objectives, and where its traces are.
//!
//! - `objective`: an objective with every value checked
//! - `written`: an objective as a target file has it
//! - `trace_url`: the address of a trace
//! - `collector`: where the spans of a run are exported to
//!
//! Invariant: this folder reads no file and measures nothing.

pub(crate) mod collector;
pub(crate) mod objective;
pub(crate) mod trace_url;
pub(crate) mod written;
