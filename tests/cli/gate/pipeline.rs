//! `fivewhys gate`: what a pipeline finds in the folder of the reports.

use std::fs;
use std::path::Path;

use rstest::rstest;

use crate::support::program::{fivewhys, stderr, stdout};

const MISMATCH: &str = "backend-auth/service-secret-mismatch";

/// Runs the gate in a folder. Returns its exit code and the last line.
fn gate(folder: &Path, options: &[&str]) -> (Option<i32>, String) {
    let output = fivewhys([&["gate"], options].concat()).current_dir(folder).output().expect("it starts");
    let last = stdout(&output).lines().last().unwrap_or_default().to_owned();
    (output.status.code(), if last.is_empty() { stderr(&output).to_owned() } else { last })
}

fn decided(folder: &Path) -> (String, String) {
    let read = |name: &str| fs::read_to_string(folder.join("fivewhys-reports").join(name)).unwrap_or_default();
    (read("decision"), read("exit-code"))
}

#[rstest]
#[case::in_order(&["-s", "health"], 0, "keep")]
#[case::no_deploy(&["-s", "health", "-s", "threads", "--fault", MISMATCH], 1, "undecided")]
#[case::broken_by_it(&["--fault", "backend-auth/service-secret-missing", "--deployed", "backend=netra-backend-staging-00639-g4g", "--previous", "backend=netra-backend-staging-00611-cr5"], 1, "roll-back")]
#[case::mistake(&["--config", "nowhere.toml"], 2, "not-tested")]
#[case::unknown_option(&["--nowhere"], 2, "not-tested")]
fn the_decision_is_the_last_line_and_a_file(#[case] options: &[&str], #[case] code: i32, #[case] decision: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let (ended, last) = gate(folder.path(), options);
    assert_eq!((ended, last), (Some(code), format!("fivewhys: {decision} (exit code {code})")));
    assert_eq!(decided(folder.path()), (format!("{decision}\n"), format!("{code}\n")));
    let report = folder.path().join("fivewhys-reports/report.json");
    assert_eq!(report.is_file(), code != 2, "only a run that tested something leaves a report");
}

#[test]
fn an_earlier_report_does_not_outlive_a_mistake() {
    let folder = tempfile::tempdir().expect("a folder");
    gate(folder.path(), &["-s", "health"]);
    assert!(folder.path().join("fivewhys-reports/junit.xml").is_file());
    gate(folder.path(), &["--nowhere"]);
    assert!(!folder.path().join("fivewhys-reports/report.json").exists());
}
