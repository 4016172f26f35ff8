//! A run compared with an earlier one: `--baseline`, `--new-only`.

use std::path::{Path, PathBuf};

use fivewhys::internal::report::{Advice, Report, RunOutcome, StepOutcome};
use rstest::rstest;

use crate::support::program::{FEW, run, stderr, stdout};

const HANDLER: &str = "backend/handler-error";
const MISMATCH: &str = "backend-auth/service-secret-mismatch";

fn earlier(folder: &Path, arguments: &[&str]) -> PathBuf {
    let output = run([&["smoke", "--format", "json"], &FEW[..], arguments].concat());
    let file = folder.join("baseline.json");
    std::fs::write(&file, &output.stdout).expect("a file");
    file
}

fn driven(baseline: &Path, more: &[&str]) -> (Report, Option<i32>) {
    let file = baseline.display().to_string();
    let output = run([&["smoke", "--format", "json", "--baseline", &file], &FEW[..], more].concat());
    let report = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", stderr(&output)));
    (report, output.status.code())
}

#[test]
fn new_only_ignores_what_failed_in_the_baseline() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = earlier(folder.path(), &["--fault", HANDLER]);
    let (report, code) = driven(&file, &["--fault", HANDLER, "--new-only"]);
    assert_eq!((report.outcome, code), (RunOutcome::Failed, Some(0)), "{:?}", report.baseline);
    let failed = || report.scenarios.iter().flat_map(|one| &one.steps).filter(|one| one.outcome == StepOutcome::Failed);
    assert!(failed().count() > 0 && failed().all(|step| step.already));
    let baseline = report.baseline.as_ref().expect("it was given");
    assert_eq!((baseline.known_causes.as_slice(), baseline.anything_new), (&[HANDLER.to_owned()][..], false));
    assert_eq!(driven(&file, &["--fault", HANDLER]).1, Some(1), "without --new-only it fails all the same");
}

#[rstest]
#[case::of_a_good_run(&[], &["--fault", HANDLER])]
#[case::another_cause_of_the_same_steps(&["--fault", "edge/iam-denied"], &["--fault", MISMATCH])]
fn what_is_new_fails_the_gate(#[case] then: &[&str], #[case] now: &[&str]) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = earlier(folder.path(), then);
    let (report, code) = driven(&file, &[now, &["--new-only"]].concat());
    assert_eq!((code, report.baseline.map(|one| one.anything_new)), (Some(1), Some(true)));
}

#[test]
fn what_passes_again_is_reported() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = earlier(folder.path(), &["--fault", HANDLER]);
    let (report, code) = driven(&file, &[]);
    let baseline = report.baseline.expect("it was given");
    assert_eq!((code, baseline.new.len(), baseline.already.len()), (Some(0), 0, 0));
    assert!(!baseline.gone.is_empty());
}

#[rstest]
#[case::it_was_there(&["--fault", HANDLER], HANDLER, Advice::DoNot)]
#[case::it_is_new(&[], MISMATCH, Advice::RollBack)]
fn the_baseline_shows_what_the_deploy_broke(#[case] then: &[&str], #[case] now: &str, #[case] advice: Advice) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = earlier(folder.path(), then);
    let deploy = [
        "--deployed",
        "backend=netra-backend-staging-00639-g4g",
        "--previous",
        "backend=netra-backend-staging-00611-cr5",
    ];
    let (report, _) = driven(&file, &[&["--fault", now], &deploy[..]].concat());
    let gate = report.gate.expect("advice");
    assert_eq!(gate.advice, advice, "{:#?}", gate.reasons);
    assert!(gate.reasons[0].contains("baseline"), "{:#?}", gate.reasons);
}

#[rstest]
#[case::other_target("offline", "staging", "of the target `staging`, not of `offline`")]
#[case::other_schema("fivewhys/report/2", "fivewhys/report/9", "fivewhys/report/9")]
#[case::no_schema("\"schema\"", "\"scheme\"", "(none)")]
#[case::not_json("{", "<", "line 1, column 1")]
#[case::half_a_report("\"scenarios\"", "\"scenery\"", "scenarios")]
#[case::interrupted("\"outcome\": \"passed\",", "\"outcome\": \"passed\", \"interrupted\": \"SIGINT\",", "interrupted")]
fn a_bad_baseline_is_a_mistake(#[case] what: &str, #[case] with: &str, #[case] says: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = earlier(folder.path(), &[]);
    let text = std::fs::read_to_string(&file).expect("it was written").replacen(what, with, 1);
    std::fs::write(&file, text).expect("a file");
    let output = run(["smoke", "--baseline", &file.display().to_string()]);
    assert_eq!((output.status.code(), stdout(&output)), (Some(2), ""));
    assert!(stderr(&output).contains(says), "{}", stderr(&output));
}

#[test]
fn new_only_needs_a_baseline() {
    let output = run(["smoke", "--new-only"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("--baseline"), "{}", stderr(&output));
}
