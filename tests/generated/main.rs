//! The tests that are known only at run time: one for each file, page, shell or scenario that is there. Start at `main`.
//!
//! - `attribution`: every fault of the twin, diagnosed.
//! - `commands`: the commands of the documentation, run as they stand.
//! - `completions`: the completions, read by each installed shell.
//! - `derived`: parts of docs/ and README.md that are generated.
//! - `nginx`: a real nginx in front of the twin.
//! - `prometheus`: a real Prometheus that reads the metrics of a watch, and the rules and the dashboard of ci/.
//! - `recorded`: recordings of real services, diagnosed.
//! - `schemas`: files and reports against their schemas.
//! - `staging`: one test a scenario, against a deployment.
//!
//! `cargo test --test generated nginx` runs one group. A test whose tool, file or deployment is missing is shown as ignored.
//!
//! Invariant: the name of a test begins with its group, and a test that cannot run is ignored, never left out.

mod attribution;
mod commands;
mod completions;
mod derived;
mod nginx;
mod prometheus;
mod recorded;
mod schemas;
mod staging;
#[expect(dead_code, reason = "some helpers are for the other test binary")]
#[path = "../support/mod.rs"]
mod support;

use std::process::ExitCode;

use libtest_mimic::Arguments;

/// A candidate with a smaller share is named, and is hardly believed.
const BELIEVED: f64 = 0.05;

fn main() -> ExitCode {
    let groups = [
        ("attribution", attribution::trials()),
        ("commands", commands::trials()),
        ("completions", completions::trials()),
        ("derived", derived::trials()),
        ("nginx", nginx::trials()),
        ("prometheus", prometheus::trials()),
        ("recorded", recorded::trials()),
        ("schemas", schemas::trials()),
        ("staging", staging::trials()),
    ];
    let tests = groups.into_iter().flat_map(|(group, tests)| tests.into_iter().map(move |test| test.with_kind(group)));
    libtest_mimic::run(&Arguments::from_args(), tests.collect()).exit_code()
}
