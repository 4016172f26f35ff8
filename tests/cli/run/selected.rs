//! Which scenarios are run, and what is shown without a run.

use rstest::rstest;

use crate::support::program::{fivewhys, run, stderr, stdout};

#[test]
fn a_pattern_and_a_tag_select_scenarios() {
    let output = run(["smoke", "-s", "chat-*", "-s", "health", "--tag", "smoke", "--list"]);
    let ids: Vec<&str> = stdout(&output).lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!((output.status.code(), ids), (Some(0), vec!["health", "chat-messages"]), "{}", stderr(&output));
}

#[rstest]
#[case::pattern(&["-s", "chatt-*"], "no scenario matches `chatt-*`", "the scenarios are health, chat-stream")]
#[case::tag(&["--tag", "smok"], "no scenario has the tag `smok`", "health (smoke)")]
#[case::jobs(&["-j", "0"], "'0' for '--jobs <N>'", "a whole number from 1 on")]
#[case::fault(&["--fault", "auth/dwn"], "the twin has no such fault", "did you mean `auth/down`?")]
#[case::set(&["--set", "evidence=[\"edge\""], "begins as a list of TOML", "text needs no quotes")]
#[case::env_file(&["--env-file", "/nowhere/x.env"], "cannot read /nowhere/x.env", "No such file")]
#[case::previous(&["--deployed", "backend=b-2", "--previous", concat!("backend=", env!("CARGO_MANIFEST_DIR"), "/harness/evidence/manifest/samples/cloud_run_v1.json")], "`shop` is a service of Cloud Run", "gcloud run revisions list --service=SERVICE")]
#[case::previous_from_source(&["--deployed", "backend=b-2", "--previous", concat!("backend=", env!("CARGO_MANIFEST_DIR"), "/tests/cli/run/service.yaml")], "`shop` is a service of Cloud Run", "gcloud run revisions list --service=SERVICE")]
fn a_mistake_says_what_would_be_right(#[case] options: &[&str], #[case] says: &str, #[case] helps: &str) {
    let output = run([&["smoke"], options].concat());
    let errors: String = stderr(&output).split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ");
    assert_eq!(output.status.code(), Some(2), "{errors}");
    assert!(errors.contains(says) && errors.contains(helps), "{errors}");
}

#[test]
fn a_dry_run_names_host_and_token_and_needs_no_secret() {
    let output = run(["smoke", "--target", "staging", "-s", "chat-stream", "--dry-run"]);
    let expected = "chat-stream · A message can be streamed\n  send: POST https://api.staging.netrasystems.ai/api/chat/stream · token valid of primary in the header\nnothing was sent\n";
    assert_eq!((output.status.code(), stdout(&output)), (Some(0), expected), "{}", stderr(&output));
}

#[test]
fn an_env_file_names_secrets_and_overrides() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("a.env"), "JWT_SECRET=0123456789-0123456789-0123456789\n").expect("a file");
    std::fs::write(folder.path().join("b.env"), "FIVEWHYS__USER__PRIMARY__SUB='of-the-file'\n").expect("a file");
    let mut command =
        fivewhys(["mint", "primary", "--target", "staging", "--env-file", "a.env", "--env-file", "b.env"]);
    let output = command.current_dir(folder.path()).output().expect("it starts");
    let payload = stdout(&output).trim().split('.').nth(1).unwrap_or_default().to_owned();
    assert!(output.status.success() && !payload.is_empty(), "{}", stderr(&output));
    // base64url of `"sub":"of-the-file"` depends on its place; so the token is decoded.
    let claims = base64_decode(&payload);
    assert!(claims.contains("\"sub\":\"of-the-file\""), "{claims}");
}

fn base64_decode(text: &str) -> String {
    use base64::Engine as _;
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).expect("base64url");
    String::from_utf8(bytes).expect("UTF-8")
}

#[test]
fn a_report_on_stdout_moves_the_other_one_to_stderr() {
    let output = run(["smoke", "-s", "health", "--report", "junit=-"]);
    assert!(stdout(&output).starts_with("<?xml") && stdout(&output).trim_end().ends_with("</testsuites>"));
    assert!(stderr(&output).contains("passed: 1 scenario, 2 steps"), "{}", stderr(&output));
}

#[test]
fn a_summary_in_a_file_prints_no_workflow_command_outside_github() {
    let folder = tempfile::tempdir().expect("a folder");
    let report = format!("github={}", folder.path().join("s.md").display());
    let output = run(["smoke", "-s", "health", "--fault", "auth/down", "--report", &report]);
    assert!(folder.path().join("s.md").is_file());
    let printed = format!("{}{}", stdout(&output), stderr(&output));
    assert!(!printed.lines().any(|line| line.starts_with("::")), "{printed}");
}

#[test]
fn the_report_names_the_request_rate_that_took_a_second() {
    let rate = ["--set", "budget.requests_per_minute=60"];
    let output = run([&["smoke", "--tag", "security", "-s", "token-validation"][..], &rate].concat());
    let said = stdout(&output).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("of which budget.requests_per_minute took"), "{}", stdout(&output));
}
