//! Incidents: for each folder, the evidence of one failure, and the verdict that `fivewhys explain` must give.
//!
//! - `deploy-lost-service-credentials`, `jwt-secret-under-another-name`, `service-id-never-set`, `tests-send-no-bearer`,
//!   `validation-route-not-deployed`: five failures of one system. `fivewhys explain --demo` shows them.
//!
//! `expected.toml` says what the verdict must be; every other file of the folder is evidence. `fivewhys record --into`
//! makes such a folder of a live failure. [docs/users/incidents.md](../../docs/users/incidents.md) describes the keys.
//!
//! Invariant: adding an incident adds a folder and edits no test.

use std::path::{Path, PathBuf};

use rstest::rstest;
use serde::Deserialize;
use serde_json::Value;

use crate::support::program::{fivewhys, stderr, stdout};

/// What the verdict on one incident must be.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    /// What happened, in one line.
    title: String,
    /// The faults of which the first cause must be one. Empty: nothing failed.
    faults: Vec<String>,
    /// The hop of the first cause.
    hop: Option<String>,
    /// The least certainty of the first cause.
    certainty: Option<String>,
    /// The exit code.
    exit: u8,
    /// Texts that the human report must have, whatever its line breaks.
    #[serde(default)]
    says: Vec<String>,
    /// Faults that no cause and no alternative may have.
    #[serde(default)]
    never: Vec<String>,
    /// Faults that no cause may have.
    #[serde(default)]
    never_first: Vec<String>,
}

#[rstest]
fn the_verdict_is_the_expected_one(#[files("tests/incidents/*/expected.toml")] expected: PathBuf) {
    let folder = expected.parent().expect("a folder");
    judge(folder);
}

/// The five incidents are of the system that the shipped file describes as `staging`.
#[rstest]
#[case("deploy-lost-service-credentials")]
#[case("jwt-secret-under-another-name")]
#[case("service-id-never-set")]
#[case("tests-send-no-bearer")]
#[case("validation-route-not-deployed")]
fn a_target_file_gives_the_same_first_cause(#[case] name: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = root.join("tests/incidents").join(name);
    let file = root.join("fivewhys.toml");
    let target = ["--config", file.to_str().expect("UTF-8"), "--target", "staging", "--format", "json"];
    let output = explain(&folder, &target).output().expect("it starts");
    let with_it: Value = serde_json::from_str(stdout(&output)).unwrap_or_else(|_| panic!("{}", stderr(&output)));
    assert_eq!(with_it["causes"][0]["fault"], report(&folder).0["causes"][0]["fault"]);
}

/// Explains the evidence of a folder, and compares the verdict with what the folder expects.
pub(crate) fn judge(folder: &Path) {
    let text = std::fs::read_to_string(folder.join("expected.toml")).expect("expected.toml");
    let expected: Expected = toml::from_str(&text).expect("a valid expected.toml");
    assert!(!expected.title.is_empty(), "an incident has a title");
    let (report, code) = report(folder);
    assert_eq!(code, Some(i32::from(expected.exit)), "{report:#}");
    let causes = report["causes"].as_array().expect("causes");
    let first = causes.first();
    assert_eq!(first.is_none(), expected.faults.is_empty(), "{causes:#?}");
    if let Some(first) = first {
        let is = |key: &str| first[key].as_str().unwrap_or_default();
        assert!(expected.faults.iter().any(|fault| fault == is("fault")), "the first cause is {}", is("fault"));
        assert_eq!(expected.hop.as_deref().unwrap_or(is("hop")), is("hop"));
        let least = expected.certainty.as_deref().unwrap_or("unknown");
        assert!(rank(is("certainty")) >= rank(least), "{} is only {}", is("fault"), is("certainty"));
    }
    let named = |value: &Value| value["fault"].as_str().unwrap_or_default().to_owned();
    let firsts: Vec<String> = causes.iter().map(named).collect();
    let others: Vec<String> =
        causes.iter().flat_map(|cause| cause["alternatives"].as_array().expect("a list")).map(named).collect();
    for fault in &expected.never {
        assert!(!firsts.contains(fault) && !others.contains(fault), "{fault} is a candidate");
    }
    for fault in &expected.never_first {
        assert!(!firsts.contains(fault), "{fault} is a cause");
    }
    says(folder, &expected.says);
}

/// Compares the human report, and searches it for nothing that is cut by a line break.
fn says(folder: &Path, texts: &[String]) {
    let output = explain(folder, &[]).env("COLUMNS", "400").output().expect("it starts");
    let human = stdout(&output).split_whitespace().collect::<Vec<_>>().join(" ");
    for text in texts {
        assert!(human.contains(text.as_str()), "`{text}` is missing in\n{}", stdout(&output));
    }
}

fn report(folder: &Path) -> (Value, Option<i32>) {
    let output = explain(folder, &["--format", "json"]).output().expect("it starts");
    let report = serde_json::from_str(stdout(&output)).unwrap_or_else(|_| panic!("no report: {}", stderr(&output)));
    (report, output.status.code())
}

/// `fivewhys explain` on every file of a folder but its expectation and its target file.
fn explain(folder: &Path, options: &[&str]) -> assert_cmd::Command {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"))
        .filter(|name| Path::new(name).extension().is_none_or(|suffix| suffix != "toml"))
        .collect();
    names.sort();
    let mut command = fivewhys(["explain"]);
    command.current_dir(folder).args(names).args(options);
    command
}

/// Returns the place of a word of certainty, the least certain first.
fn rank(certainty: &str) -> usize {
    const WORDS: [&str; 4] = ["unknown", "ambiguous", "likely", "certain"];
    WORDS.iter().position(|word| *word == certainty).unwrap_or_else(|| panic!("`{certainty}` is no certainty"))
}

/// Returns the fault, the certainty and the fix of each cause.
fn causes(report: &Value) -> Vec<[Value; 3]> {
    let causes = report["causes"].as_array().expect("causes");
    causes.iter().map(|cause| ["fault", "certainty", "fix"].map(|key| cause[key].clone())).collect()
}

#[rstest]
fn a_demo_gives_the_verdict_of_its_folder(#[values(1, 2, 3, 4, 5)] number: usize) {
    let list = fivewhys(["explain", "--demo"]).output().expect("it starts");
    let line = stdout(&list).lines().nth(number - 1).expect("a line for each demo").to_owned();
    let name = line.split_whitespace().nth(1).expect("a name");
    let demo = fivewhys(["explain", "--format", "json", "--demo", name]).output().expect("it starts");
    let shown: Value = serde_json::from_str(stdout(&demo)).expect("a report");
    let (by_files, code) = report(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/incidents").join(name));
    assert_eq!(causes(&shown), causes(&by_files));
    assert_eq!(demo.status.code(), code);
}

#[test]
fn an_unknown_demo_is_refused_with_the_list() {
    let output = fivewhys(["explain", "--demo", "nothing"]).output().expect("it starts");
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("deploy-lost-service-credentials"), "{}", stderr(&output));
}

#[rstest]
#[case::failed("edge/strips-authorization")]
#[case::passed("")]
fn a_recorded_run_is_an_incident_as_it_is(#[case] fault: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let into = folder.path().join("incident");
    let mut command = fivewhys(["record", "-q", "--scenario", "health", "--scenario", "chat-messages"]);
    command.arg("--into").arg(&into);
    if !fault.is_empty() {
        command.args(["--fault", fault]);
    }
    let live = command.output().expect("it starts");
    assert_eq!(live.status.code(), Some(i32::from(!fault.is_empty())), "{}", stderr(&live));
    judge(&into);
    let again = command.output().expect("it starts");
    assert_eq!(again.status.code(), Some(2), "an incident is not overwritten");
}
