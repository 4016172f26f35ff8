//! `fivewhys watch`: the built program against a twin whose faults come and go. Needs the feature `watch`.
//!
//! - `changes`: each change is told once, in the next run, over a restart and `kill -9`.
//! - `schedule`: the same for ten minutes, with changes by the clock and a limit on the time until each is told.
//! - `receivers`: webhooks, the command and GitHub: what they get, when they fail, and that no secret is in it.
//! - `usage`: ends, exit codes, signals and mistakes.
//! - `system`: a system with stable addresses, whose faults change while it runs.
//! - `process`: a watch in a process of its own.
//!
//! Invariant: outside of `schedule`, the faults change only between two runs, so that each run sees one system.

mod changes;
mod process;
mod receivers;
mod schedule;
mod system;
mod usage;
