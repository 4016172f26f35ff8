//! What a run prints, and where. Start at `formats`.
//!
//! - `exit_codes`: the exit codes 0, 1, 3 and 4.
//! - `formats`: stdout and stderr, for people and for programs.
//! - `objectives`: objectives, links to traces, and the export of spans.
//! - `passages`: the path of a failing request in the report.
//! - `reports`: `--report`, several formats at once.
//!
//! Invariant: stdout holds the report alone.

mod exit_codes;
mod formats;
mod objectives;
mod passages;
mod reports;
