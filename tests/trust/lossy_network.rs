//! A healthy system behind a lossy network: runs pass, and none names a cause.
//!
//! `FIVEWHYS_TRUST_RUNS=N` sets the number of runs. Each run has a seed of its own.

#![expect(clippy::print_stderr, reason = "a test shows its figures with --nocapture")]

use fivewhys::internal::report::{Report, RunOutcome};
use fivewhys::internal::scenario::{self, Scenario};
use fivewhys_mocks::{Dialect, Noise};
use futures_util::{StreamExt as _, stream};
use rstest::rstest;

use crate::support::twin::Bench;

/// Runs without the variable.
const FEW: usize = 4;
/// Runs at the same time. They wait for the network most of their time.
const AT_ONCE: usize = 24;

/// In 2,000 runs at most five may fail.
const MOST_FAILED: f64 = 5.0 / 2000.0;

#[rstest]
#[case::one_in_two_hundred("jitter=200,drops=0.5", MOST_FAILED)]
#[case::one_in_twenty("jitter=200,drops=5", 1.0)]
#[tokio::test]
async fn dropped_connections_name_no_cause(#[case] noise: &str, #[case] may_fail: f64) {
    let runs = std::env::var("FIVEWHYS_TRUST_RUNS").map_or(FEW, |runs| runs.parse().expect("a number of runs"));
    let scenarios = scenario::embedded().expect("the shipped scenarios are in order");
    let all = stream::iter(0..runs).map(|seed| one(noise, seed, &scenarios)).buffer_unordered(AT_ONCE);
    let reports: Vec<(usize, Report)> = all.collect().await;
    let failed = || reports.iter().filter(|(_, report)| report.outcome != RunOutcome::Passed);
    let flaky = reports.iter().filter(|(_, report)| is_flaky(report)).count();
    let named: Vec<String> = failed().flat_map(|(seed, report)| named(*seed, report)).collect();
    let count = failed().count();
    eprintln!("{noise}: of {runs} runs {count} failed, {flaky} were flaky, causes: {named:?}");
    failed().for_each(|(seed, report)| eprintln!("seed {seed}: {}", first_failure(report)));
    assert!(named.is_empty(), "{named:?}");
    // One run of a few may fail by chance.
    assert!(count as f64 <= (runs as f64 * may_fail).max(1.0), "{count} of {runs} runs failed");
}

async fn one(noise: &str, seed: usize, scenarios: &[Scenario]) -> (usize, Report) {
    let noise: Noise = format!("seed={seed},{noise}").parse().expect("a noise");
    let dialect = Dialect::ALL[seed % Dialect::ALL.len()];
    (seed, Bench::boot_noisy(dialect, noise).await.smoke(scenarios).await)
}

fn is_flaky(report: &Report) -> bool {
    report.scenarios.iter().flat_map(|scenario| &scenario.steps).any(|step| step.flaky)
}

fn named(seed: usize, report: &Report) -> Vec<String> {
    let known = report.causes.iter().filter(|cause| !cause.fault.starts_with("unknown@"));
    known.map(|cause| format!("seed {seed}: {} {}", cause.fault, cause.certainty)).collect()
}

fn first_failure(report: &Report) -> String {
    let steps = report.scenarios.iter().flat_map(|one| one.steps.iter().map(move |step| (&one.id, step)));
    let failed = steps.filter(|(_, step)| !step.because.is_empty() && step.exchange.is_some());
    failed
        .map(|(scenario, step)| format!("{scenario}/{} {} {:?}", step.id, step.call, step.because))
        .take(2)
        .collect::<Vec<_>>()
        .join("; ")
}
