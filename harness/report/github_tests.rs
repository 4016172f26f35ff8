//! What GitHub shows, per kind of run.

use rstest::rstest;

use super::github::{Place, annotations, summary};
use super::{Report, StepOutcome, samples};

fn in_repository(source: &str) -> Option<Place> {
    let (file, line) = source.rsplit_once(':')?;
    Some(Place { file: file.to_owned(), line: line.parse().ok()? })
}

#[rstest]
#[case::passed("passed", samples::passed())]
#[case::findings_only("passed_with_finding", samples::passed_with_finding())]
#[case::certain("certain", samples::certain())]
#[case::ambiguous("ambiguous", samples::ambiguous())]
#[case::unknown("unknown", samples::unknown())]
#[case::two_causes("two_causes", samples::two_causes())]
#[case::accepted_control("accepted_control", samples::accepted_control())]
fn every_kind_of_run_on_github(#[case] name: &str, #[case] report: Report) {
    insta::assert_snapshot!(format!("github_summary_{name}"), summary(&report));
    insta::assert_snapshot!(format!("github_annotations_{name}"), annotations(&report, &in_repository));
}

#[test]
fn a_built_in_scenario_has_no_line_in_the_repository() {
    let commands = annotations(&samples::certain(), &|_| None);
    assert!(!commands.contains("file=") && commands.contains("at scenarios/chat.toml:12"), "{commands}");
}

#[test]
fn three_hundred_failures_make_no_three_hundred_annotations() {
    let commands = annotations(&samples::many(), &in_repository);
    assert_eq!(commands.lines().count(), 10, "{commands}");
    assert!(summary(&samples::many()).len() < 100_000);
}

#[test]
fn each_cause_is_annotated_before_any_is_twice() {
    let mut report = samples::two_causes();
    let step = report.scenarios[1].steps[0].clone();
    for n in 0..20 {
        let id = format!("again-{n}");
        report.causes[0].explains.push(format!("chat-stream/{id}"));
        let again = super::StepReport { id, source: format!("scenarios/chat.toml:{}", 100 + n), ..step.clone() };
        report.scenarios[1].steps.push(super::StepReport { outcome: StepOutcome::Failed, ..again });
    }
    let commands = annotations(&report, &in_repository);
    let second = commands.lines().position(|line| line.contains("Only the hop is known"));
    assert!(second.is_some_and(|at| at < 3), "{commands}");
}
