//! What a pipeline reads, per kind of run. The schema check stands in tests/schemas.rs.

use rstest::rstest;

use super::junit::render;
use super::{Report, samples};

#[rstest]
#[case::passed("passed", samples::passed())]
#[case::findings_only("passed_with_finding", samples::passed_with_finding())]
#[case::certain("certain", samples::certain())]
#[case::ambiguous("ambiguous", samples::ambiguous())]
#[case::unknown("unknown", samples::unknown())]
#[case::two_causes("two_causes", samples::two_causes())]
#[case::accepted_control("accepted_control", samples::accepted_control())]
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
