//! The one probe whose headers call it a test: it is the last of a run, and is not sent to production or where it is switched off.

use fivewhys::internal::config::Target;
use fivewhys::internal::report::Report;
use fivewhys::internal::scenario;
use fivewhys_mocks::Dialect;
use rstest::rstest;

use crate::support::twin::Bench;

#[rstest]
#[case::usually(|_: &mut Target| (), 1)]
#[case::switched_off(|target: &mut Target| target.probes.test_headers = false, 0)]
#[case::production(|target: &mut Target| target.production = true, 0)]
#[tokio::test]
async fn the_probe_that_calls_itself_a_test_is_sent_last(#[case] change: fn(&mut Target), #[case] times: usize) {
    let mut bench = Bench::boot(Dialect::Observed, None).await;
    change(&mut bench.target);
    let report = bench.smoke(&scenario::embedded().expect("the shipped scenarios are in order")).await;
    let calling_themselves_tests = calling_themselves_tests(&report);
    assert_eq!(calling_themselves_tests.len(), times);
    assert!(calling_themselves_tests.iter().all(|at| at + 1 == report.probes.len()));
    assert!(!report.findings.iter().any(|finding| finding.id == "test-headers-open"), "{:?}", report.findings);
}

fn calling_themselves_tests(report: &Report) -> Vec<usize> {
    let is_one =
        |name: &str| name.eq_ignore_ascii_case("x-e2e-test") || name.to_ascii_lowercase().starts_with("x-test");
    let has_one = |at: &usize| report.probes[*at].exchange.request.headers.iter().any(|(name, _)| is_one(name));
    (0..report.probes.len()).filter(has_one).collect()
}
