//! The twin meets the catalogue, as whole matrices: a fault must come to its own cause, and to no other. Start at `scenario_tables`.
//!
//! - `scenario_tables`: the `[[attribution]]` tables of the scenario files, one test a row.
//! - `two_faults`: two faults at once.
//! - `withheld_evidence`: every fault through every set of evidence.
//!
//! `cargo test` runs a part of each matrix, in which every fault, dialect, scenario and set of evidence is at least once. The other tests
//! are shown as ignored, and `cargo xtask exam` runs them.
//!
//! Invariant: every test boots its own twin: a log line of an earlier run would change a verdict.

mod scenario_tables;
mod two_faults;
mod withheld_evidence;

use fivewhys::internal::scenario::{self, Scenario};
use libtest_mimic::{Failed, Trial};

pub(crate) fn trials() -> Vec<Trial> {
    [scenario_tables::trials(), two_faults::trials(), withheld_evidence::trials()].into_iter().flatten().collect()
}

/// The faults of the scenario files' tables, as the tests inject them. `selftest` examines all faults.
const INJECTED: [&str; 8] = [
    "backend-auth/service-secret-mismatch",
    "backend-auth/service-secret-missing",
    "backend-auth/service-secret-missing without startup validation",
    "auth/down",
    "client/wrong-signing-secret",
    "edge/iam-denied",
    "edge/strips-authorization",
    "data/database-down",
];

/// Makes a test of a matrix. Outside of the sample it is ignored.
fn trial(name: String, is_sampled: bool, run: impl AsyncFnOnce() -> Result<(), String> + Send + 'static) -> Trial {
    let name = if is_sampled { name } else { format!("{name} (cargo xtask exam)") };
    let run = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(run()).map_err(Failed::from)
    };
    Trial::test(name, run).with_ignored_flag(!is_sampled)
}

fn shipped() -> Vec<Scenario> {
    scenario::embedded().expect("the shipped scenarios are in order")
}
