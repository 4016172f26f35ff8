//! Whether to roll back. Start at `advice`.
//!
//! - `advice`: `--deployed`, `--previous`, `--rollback-command`.
//! - `baseline`: `--baseline`, `--new-only`.
//! - `lost_variables`: a deploy that lost a required variable, and `--fail-on`.
//! - `pipeline`: `fivewhys gate`.
//! - `previous_revision`: the revision before, as the platform describes it.
//! - `tested_revision`: whether the run tested the deployed revision.
//!
//! Invariant: the program never rolls back by itself; it runs the operator's command, and only on the advice to roll back.

mod advice;
mod baseline;
mod lost_variables;
mod pipeline;
mod previous_revision;
mod tested_revision;
