//! How scenarios are driven: `finally` steps, several jobs, optional sign-in, revoked tokens.

use std::path::Path;

use fivewhys::internal::report::{Report, StepOutcome};
use rstest::rstest;

use crate::support::program::{run, stderr};

const CLEANS_UP: &str = r#"title = "A step fails, and what it left is taken away"
[[step]]
id = "post"
call = "backend.chat-messages-post"
capture = { message = "$.message.id" }
[step.expect]
status = 200
[[step]]
id = "teapot"
call = "backend.chat-message"
path = "/api/chat/messages/{message}"
[step.expect]
status = 418
[[finally]]
id = "delete"
call = "backend.chat-message-delete"
path = "/api/chat/messages/{message}"
[finally.expect]
status = 200
[[finally]]
id = "delete-again"
call = "backend.chat-message-delete"
path = "/api/chat/messages/{message}"
[finally.expect]
status = 200
"#;

fn driven(more: &[&str]) -> Report {
    let output = run([&["smoke", "--format", "json"], more].concat());
    assert_eq!(stderr(&output), "");
    serde_json::from_slice(&output.stdout).expect("a report")
}

fn in_folder(text: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("own.toml"), text).expect("a file");
    let path = Path::new(folder.path()).display().to_string();
    (folder, path)
}

fn outcomes(report: &Report) -> Vec<(&str, StepOutcome)> {
    let driven = report.scenarios.iter().filter(|scenario| scenario.id != "objectives");
    driven.flat_map(|scenario| &scenario.steps).map(|step| (step.id.as_str(), step.outcome)).collect()
}

#[test]
fn finally_steps_run_after_a_failure() {
    let (_folder, path) = in_folder(CLEANS_UP);
    let report = driven(&["--scenarios", &path]);
    let (passed, failed) = (StepOutcome::Passed, StepOutcome::Failed);
    let expected = [("post", passed), ("teapot", failed), ("delete", passed), ("delete-again", failed)];
    assert_eq!(outcomes(&report), expected);
    let explained: Vec<&str> = report.causes.iter().flat_map(|cause| &cause.explains).map(String::as_str).collect();
    assert!(explained.contains(&"own/teapot"), "what fails at the end hides no failure before it: {explained:?}");
}

#[test]
fn finally_steps_are_skipped_where_nothing_was_made() {
    let (_folder, path) = in_folder(CLEANS_UP);
    let report = driven(&["--scenarios", &path, "--fault", "edge/iam-denied"]);
    let (failed, skipped) = (StepOutcome::Failed, StepOutcome::Skipped);
    let expected = [("post", failed), ("teapot", skipped), ("delete", skipped), ("delete-again", skipped)];
    assert_eq!(outcomes(&report), expected);
}

#[rstest]
#[case(&[])]
#[case(&["--fault", "backend-auth/service-secret-mismatch", "--dialect", "observed"])]
#[case(&["--fault", "edge/strips-authorization", "--evidence", "edge,auth"])]
fn several_jobs_give_the_same_report_as_one(#[case] more: &[&str]) {
    let shape = |jobs: &str| {
        let report = driven(&[&["--jobs", jobs], more].concat());
        let probes = report
            .probes
            .iter()
            .map(|probe| (probe.exchange.id, probe.exchange.probe.to_string(), probe.exchange.step.clone()));
        let of_steps: Vec<_> = probes.filter(|(_, _, step)| step.is_some()).collect();
        let steps = report.scenarios.iter().flat_map(|scenario| &scenario.steps);
        let steps: Vec<_> = steps.map(|step| (step.id.clone(), step.outcome, step.exchange)).collect();
        let ids: Vec<String> = report.scenarios.iter().map(|scenario| scenario.id.clone()).collect();
        let causes: Vec<_> = report.causes.iter().map(|cause| (cause.fault.clone(), cause.explains.clone())).collect();
        (of_steps, steps, ids, causes, report.exit.code)
    };
    assert_eq!(shape("1"), shape("8"));
}

#[rstest]
#[case::a_refused_token_is_served_anonymously("$.user_id", "backend-auth/service-secret-mismatch", StepOutcome::Failed)]
#[case::no_user_in_the_response("$.no_such_field", "backend-auth/service-secret-mismatch", StepOutcome::Failed)]
fn an_optional_route_must_serve_the_user(#[case] identity: &str, #[case] fault: &str, #[case] outcome: StepOutcome) {
    let set = format!("endpoint.\"backend.agents-execute\".identity={identity}");
    let report = driven(&["--scenario", "agents-execute", "--fault", fault, "--set", &set]);
    assert_eq!(report.scenarios[0].steps[0].outcome, outcome);
    let because = report.scenarios[0].steps[0].because.join("; ");
    assert!(because.contains("not as the signed-in user"), "{because}");
}

const REVOKED: &str = r#"title = "A token that was logged out is of no use"
[[step]]
id = "refuse"
call = ["backend.chat-messages", "auth.verify"]
token = "revoked"
[step.expect]
refused = true
"#;

#[rstest]
fn a_revoked_token_must_be_refused(#[values("documented", "observed")] dialect: &str) {
    let (_folder, path) = in_folder(REVOKED);
    let report = driven(&["--scenarios", &path, "--dialect", dialect]);
    assert_eq!(report.exit.code, 0, "{:?}", report.scenarios);
}

#[test]
fn a_revoked_token_that_is_accepted_is_a_finding() {
    let (_folder, path) = in_folder(REVOKED);
    // A logout that answers 200 and does nothing.
    let report = driven(&[
        "--scenarios",
        &path,
        "--set",
        "endpoint.\"auth.logout\".path=/health",
        "--set",
        "endpoint.\"auth.logout\".method=GET",
    ]);
    let findings: Vec<&str> = report.findings.iter().map(|finding| finding.id.as_str()).collect();
    assert_eq!((findings.contains(&"revoked-accepted"), report.exit.code), (true, 1), "{findings:?}");
}
