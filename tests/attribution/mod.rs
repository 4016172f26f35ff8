//! Whole runs against a twin in this process: a fault must come to its own cause, and to no other. Start at `all_scenarios`.
//!
//! - `all_scenarios`: one fault is one certain cause of everything that fails.
//! - `withheld_evidence`: what cannot be known without some evidence is not claimed.
//! - `jobs`: the number of jobs changes no verdict.
//! - `late_log`: a log that comes late is read again.
//! - `test_headers`: the one probe whose headers call it a test.
//!
//! The whole matrices are in `tests/generated/attribution`.
//!
//! Invariant: every test boots its own twin, in this process.

mod all_scenarios;
mod jobs;
mod late_log;
mod test_headers;
mod withheld_evidence;
