//! The JUnit report of each kind of run. `tests/schemas.rs` checks it against the schema.

use rstest_reuse::apply;

use crate::report::junit::render;
use crate::report::samples::every_kind_of_run;
use crate::report::{Report, samples};

#[apply(every_kind_of_run)]
fn every_kind_of_run_as_junit(#[case] name: &str, #[case] report: Report) {
    insta::assert_snapshot!(format!("junit_{name}"), render(&report));
}

#[test]
fn the_counts_are_those_of_the_report() {
    let xml = render(&samples::many());
    assert!(
        xml.contains(r#"<testsuite name="load" tests="300" skipped="0" errors="0" failures="300""#),
        "{}",
        &xml[..400]
    );
    assert_eq!(xml.matches("<failure ").count(), 300);
}

#[test]
fn the_root_has_no_attribute_that_jenkins_does_not_know() {
    let mut report = samples::passed_with_finding();
    report.target = "a skipped=\"9\" b".to_owned();
    let xml = render(&report);
    let root = xml.lines().find(|line| line.starts_with("<testsuites")).expect("a root");
    assert!(root.contains("a skipped=&quot;9&quot; b") && !root.contains(" skipped=\""), "{root}");
}

#[test]
fn a_flaky_pass_that_is_not_tolerated_is_a_failure_of_the_run() {
    let exit = crate::report::ExitReport { code: 3, meaning: "a step passed only when it was repeated".to_owned() };
    let xml = render(&Report { outcome: crate::report::RunOutcome::Failed, exit, ..samples::flaky() });
    let run = xml.split("<testsuite name=\"(run)\"").nth(1).expect("a suite of the run");
    assert!(run.contains(r#"<failure message="exit 3: a step passed only when it was repeated">"#), "{run}");
    assert!(!render(&samples::flaky()).contains("(run)"), "nothing failed where it is tolerated");
}
