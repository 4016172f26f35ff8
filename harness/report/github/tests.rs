//! What GitHub shows of each kind of run.

use rstest_reuse::apply;

use crate::report::github::{Place, annotations, summary};
use crate::report::samples::every_kind_of_run;
use crate::report::{Report, StepOutcome, samples};

fn in_repository(source: &str) -> Option<Place> {
    let (file, line) = source.rsplit_once(':')?;
    Some(Place { file: file.to_owned(), line: line.parse().ok()? })
}

#[apply(every_kind_of_run)]
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
fn three_hundred_failures_make_ten_annotations() {
    let commands = annotations(&samples::many(), &in_repository);
    assert_eq!(commands.lines().count(), 10, "{commands}");
    assert!(summary(&samples::many()).len() < 100_000);
}

#[test]
fn every_cause_is_annotated_before_one_is_repeated() {
    let mut report = samples::two_causes();
    let step = report.scenarios[1].steps[0].clone();
    for n in 0..20 {
        let id = format!("again-{n}");
        report.causes[0].explains.push(format!("chat-stream/{id}"));
        let again =
            crate::report::StepReport { id, source: format!("scenarios/chat.toml:{}", 100 + n), ..step.clone() };
        report.scenarios[1].steps.push(crate::report::StepReport { outcome: StepOutcome::Failed, ..again });
    }
    let commands = annotations(&report, &in_repository);
    let second = commands.lines().position(|line| line.contains("Only the hop is known"));
    assert!(second.is_some_and(|at| at < 3), "{commands}");
}

#[test]
fn a_failure_of_the_baseline_is_a_warning_with_new_only() {
    let kind_of = |report: &Report, step: &str| -> String {
        let commands = annotations(report, &in_repository);
        let line = commands.lines().find(|line| line.contains(&format!("::{step}: "))).expect("an annotation");
        line.split([' ', ':']).find(|word| !word.is_empty()).expect("a kind").to_owned()
    };
    let mut report = samples::beside_a_baseline();
    assert_eq!(kind_of(&report, "chat-stream/send"), "warning", "it was there");
    assert_eq!(kind_of(&report, "chat-messages/send"), "error", "it is new");
    report.baseline.as_mut().expect("it has one").known_causes.clear();
    assert_eq!(kind_of(&report, "chat-stream/send"), "error", "by another cause it is news");
    let mut report = samples::beside_a_baseline();
    report.baseline.as_mut().expect("it has one").new_only = false;
    assert_eq!(kind_of(&report, "chat-stream/send"), "error", "everything decides");
}

#[test]
fn the_output_of_a_roll_back_stays_in_its_block_and_fold() {
    let attack = "```\n</details><h1>Passed</h1>\n````text\n::error::x\n|a|b|";
    let mut report = samples::rolled_back();
    let gate = report.gate.as_mut().expect("it has one");
    gate.rolled_back.as_mut().expect("it was done").runs[0].output = attack.to_owned();
    let page = summary(&report);
    let before = page.find(attack).expect("it is kept as it is");
    assert!(
        page[..before].ends_with("\n`````text\n") && page[before + attack.len()..].starts_with("\n`````\n"),
        "{page}"
    );
}

#[test]
fn with_a_gate_a_cause_offers_no_roll_back() {
    for report in [samples::not_the_deploy(), samples::undecided()] {
        let page = summary(&report);
        assert!(!page.contains("Or roll back"), "{page}");
    }
    let report = samples::certain();
    assert!(summary(&report).contains("Or roll back"));
}
