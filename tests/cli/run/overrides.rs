//! What overrides a target, and in which order: `--set`, the environment, `--evidence`.

use fivewhys::internal::report::Report;
use rstest::rstest;

use crate::support::program::{fivewhys, run, stderr, stdout};

fn report(command: &mut assert_cmd::Command) -> Report {
    let output = command.args(["--format", "json"]).output().expect("it starts");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("no report: {}", stderr(&output)))
}

const HEALTH_PATH: &str = "endpoint.\"backend.health\".path=/nowhere";

#[test]
fn a_value_can_be_set_on_the_command_line() {
    let report = report(&mut fivewhys(["smoke", "--scenario", "health", "--set", HEALTH_PATH]));
    assert_eq!((&*report.scenarios[0].steps[0].call, report.exit.code != 0), ("GET /nowhere", true));
}

#[test]
fn a_value_can_be_set_in_the_environment() {
    let mut command = fivewhys(["smoke", "--scenario", "health"]);
    let report = report(command.env("FIVEWHYS__ENDPOINT__BACKEND_HEALTH__PATH", "/elsewhere"));
    assert_eq!(report.scenarios[0].steps[0].call, "GET /elsewhere");
}

#[test]
fn the_command_line_wins_over_the_environment() {
    let mut command = fivewhys(["smoke", "--scenario", "health", "--set", HEALTH_PATH]);
    let report = report(command.env("FIVEWHYS__ENDPOINT__BACKEND_HEALTH__PATH", "/elsewhere"));
    assert_eq!(report.scenarios[0].steps[0].call, "GET /nowhere");
}

#[rstest]
#[case::in_the_environment("FIVEWHYS__BUDGTE__RUN", "5s", "budgte")]
#[case::a_bad_value("FIVEWHYS__BUDGET__RUN", "soon", "soon")]
fn a_mistake_in_the_environment_is_reported(#[case] name: &str, #[case] value: &str, #[case] word: &str) {
    let output = fivewhys(["smoke"]).env(name, value).output().expect("it starts");
    assert_eq!(output.status.code(), Some(2), "{}", stdout(&output));
    assert!(stderr(&output).to_lowercase().contains(word), "{}", stderr(&output));
}

#[test]
fn evidence_sources_close_and_do_not_open() {
    let evidence_sources = |more: &[&str]| report(fivewhys(["smoke", "--scenario", "health"]).args(more)).evidence;
    assert_eq!(evidence_sources(&[]), ["edge", "auth", "direct", "service-credentials", "manifest", "logs"]);
    assert_eq!(evidence_sources(&["--evidence", "auth"]), ["edge", "auth"]);
    assert_eq!(
        evidence_sources(&["--set", "evidence=[\"edge\",\"auth\"]", "--evidence", "auth,manifest"]),
        ["edge", "auth"]
    );
}

#[test]
fn the_target_file_of_the_folder_is_taken() {
    let folder = tempfile::tempdir().expect("a folder");
    let shipped = include_str!("../../../fivewhys.toml").replace("[target.offline]", "[target.mine]");
    let file = shipped.replace("default = \"offline\"", "default = \"mine\"");
    std::fs::write(folder.path().join("fivewhys.toml"), file).expect("a file");
    let report = report(fivewhys(["smoke", "--scenario", "health"]).current_dir(folder.path()));
    assert_eq!(report.target, "mine");
}

#[test]
fn scenarios_of_a_folder_replace_those_built_in() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = "title = \"mine\"\n[[step]]\nid = \"up\"\ncall = \"backend.health\"\ntoken = \"none\"\n[step.expect]\nstatus = 200\n";
    std::fs::write(folder.path().join("mine.toml"), text).expect("a file");
    let report = report(fivewhys(["smoke", "--scenarios"]).arg(folder.path()));
    let ids: Vec<_> = report.scenarios.iter().map(|scenario| &*scenario.id).collect();
    assert_eq!(ids, ["mine", "objectives"]);
}

#[test]
fn a_known_failure_is_reported_and_does_not_fail_the_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let known = |expires: &str| {
        let shipped = include_str!("../../../fivewhys.toml");
        let text = format!(
            "{shipped}\n[[target.offline.known_failure]]\nof = \"health/backend\"\nreason = \"moved\"\nexpires = {expires}\n"
        );
        std::fs::write(folder.path().join("fivewhys.toml"), text).expect("a file");
        let mut command = fivewhys(["smoke", "--scenario", "health", "--set", HEALTH_PATH]);
        command.current_dir(folder.path()).output().expect("it starts")
    };
    let tolerated = known("2999-01-01");
    assert_eq!(tolerated.status.code(), Some(0), "{}", stdout(&tolerated));
    assert!(stdout(&tolerated).contains("moved"), "{}", stdout(&tolerated));
    assert_ne!(known("2020-01-01").status.code(), Some(0), "it has expired");
}

#[test]
fn a_set_without_a_key_is_a_mistake() {
    let output = run(["smoke", "--set", "fast"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("fast"), "{}", stderr(&output));
}
