//! Whether to roll back, and what came of it: `--deployed`, `--previous`, `--rollback-command`.

use std::path::{Path, PathBuf};

use fivewhys::report::{Advice, GateReport, Report, RunOutcome};
use rstest::rstest;

use crate::program::{run, stderr, stdout};

const MISMATCH: &str = "backend-auth/service-secret-mismatch";
const MISSING: &str = "backend-auth/service-secret-missing";
/// What the twin's manifests say is deployed.
const BACKEND: &str = "backend=netra-backend-staging-00639-g4g";
const BEFORE: &str = "backend=netra-backend-staging-00611-cr5";
const AUTH: &str = "auth=netra-auth-service-00284-9s5";
const AUTH_BEFORE: &str = "auth=netra-auth-service-00282-lsb";

fn driven(arguments: &[&str]) -> (Report, Option<i32>) {
    let output = run([&["smoke", "--format", "json"], arguments].concat());
    let report = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", stderr(&output)));
    (report, output.status.code())
}

fn gate(arguments: &[&str]) -> (GateReport, Option<i32>) {
    let (report, code) = driven(arguments);
    (report.gate.expect("advice"), code)
}

/// A manifest of the backend's revision before, with this in the place of its reference to the service secret.
fn before(folder: &Path, secret: &str) -> PathBuf {
    let env = format!(
        r#"{{"name": "SERVICE_ID", "value": "netra-backend"}}, {{"name": "AUTH_SERVICE_URL", "value": "http://x.invalid"}}{secret}"#
    );
    let text = format!(
        r#"{{"metadata": {{"name": "netra-backend-staging-00611-cr5"}}, "spec": {{"containers": [{{"env": [{env}]}}]}}, "status": {{"conditions": [{{"type": "Ready", "status": "True"}}]}}}}"#
    );
    let file = folder.join("before.json");
    std::fs::write(&file, text).expect("a file");
    file
}

fn reading(version: u8) -> String {
    format!(
        r#", {{"name": "SERVICE_SECRET", "valueFrom": {{"secretKeyRef": {{"name": "service-secret-staging", "key": "{version}"}}}}}}"#
    )
}

#[rstest]
#[case::the_deploy_may_have_brought_it(&["--fault", MISSING, "--deployed", BACKEND, "--previous", BEFORE], Advice::RollBack, 1)]
#[case::of_a_bug_no_manifest_tells(&["--fault", "backend/handler-error", "--deployed", BACKEND, "--previous", BEFORE], Advice::RollBack, 1)]
#[case::by_the_services_own_name(&["--fault", "backend/handler-error", "--deployed", "netra-backend-staging=netra-backend-staging-00639-g4g", "--previous", "netra-backend-staging=netra-backend-staging-00611-cr5"], Advice::RollBack, 1)]
#[case::both_ends_were_deployed(&["--fault", MISMATCH, "--deployed", BACKEND, "--previous", BEFORE, "--deployed", AUTH, "--previous", AUTH_BEFORE], Advice::RollBack, 1)]
#[case::the_other_end_may_have_changed(&["--fault", MISMATCH, "--deployed", BACKEND, "--previous", BEFORE], Advice::Undecided, 1)]
#[case::nobody_says_to_what(&["--fault", MISSING, "--deployed", BACKEND], Advice::Undecided, 1)]
#[case::another_revision_gets_the_traffic(&["--fault", "backend/handler-error", "--deployed", "backend=x", "--previous", BEFORE], Advice::Undecided, 1)]
#[case::nothing_involved(&["--fault", MISMATCH, "--deployed", "frontend=x", "--previous", "frontend=w"], Advice::DoNot, 4)]
#[case::no_deploy_can(&["--fault", "client/unknown-user", "--deployed", BACKEND, "--previous", BEFORE], Advice::DoNot, 4)]
#[case::no_revision_cures_it(&["--fault", "edge/iam-denied", "--deployed", "edge=x", "--previous", "edge=w"], Advice::DoNot, 1)]
#[case::open_and_not_all_alike(&["--fault", MISMATCH, "--doors", "edge", "--deployed", BACKEND, "--previous", BEFORE], Advice::Undecided, 3)]
fn the_advice_follows_from_every_candidate(#[case] arguments: &[&str], #[case] advice: Advice, #[case] code: i32) {
    let (gate, exit) = gate(arguments);
    assert_eq!((gate.advice, exit), (advice, Some(code)), "{:#?}", gate.reasons);
    assert!(!gate.reasons.is_empty());
    assert_eq!(gate.commands.is_empty(), advice != Advice::RollBack, "{:?}", gate.commands);
}

#[rstest]
#[case::missing_before_too(MISSING, "", Advice::DoNot)]
#[case::there_before(MISSING, &reading(3), Advice::RollBack)]
#[case::as_far_off_before(MISMATCH, &reading(3), Advice::DoNot)]
#[case::the_same_before(MISMATCH, &reading(4), Advice::RollBack)]
fn the_manifest_of_the_revision_before_decides(#[case] fault: &str, #[case] secret: &str, #[case] advice: Advice) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = format!("backend={}", before(folder.path(), secret).display());
    let (gate, _) = gate(&["--fault", fault, "--deployed", BACKEND, "--previous", &file]);
    assert_eq!(gate.advice, advice, "{:#?}", gate.reasons);
    assert!(gate.reasons.iter().any(|reason| reason.contains("manifest")), "{:#?}", gate.reasons);
    assert_eq!(gate.previous[0].revision, "netra-backend-staging-00611-cr5");
}

#[test]
fn both_ends_of_a_mismatch_are_named_and_each_deployed_one_has_its_command() {
    let both = ["--deployed", BACKEND, "--previous", BEFORE, "--deployed", AUTH, "--previous", AUTH_BEFORE];
    let (gate, _) = gate(&[&["--fault", MISMATCH], &both[..]].concat());
    assert!(gate.reasons[0].contains("backend, auth"), "{:?}", gate.reasons);
    let commands: Vec<&str> = gate.commands.iter().map(|one| one.command.as_str()).collect();
    assert_eq!(
        commands,
        [
            "gcloud run services update-traffic netra-backend-staging --to-revisions=netra-backend-staging-00611-cr5=100 --project=netra-staging --region=us-central1",
            "gcloud run services update-traffic netra-auth-service --to-revisions=netra-auth-service-00282-lsb=100 --project=netra-staging --region=us-central1",
        ]
    );
}

#[rstest]
#[case::passed(&["--deployed", BACKEND, "--previous", BEFORE])]
#[case::nothing_said(&["--fault", MISMATCH])]
fn there_is_no_advice_where_nothing_failed_or_nothing_was_deployed(#[case] arguments: &[&str]) {
    assert_eq!(driven(arguments).0.gate, None);
}

#[test]
fn the_operators_command_is_run_and_followed_by_a_second_smoke() {
    let script = "echo to stderr >&2; echo $FIVEWHYS_SERVICE from $FIVEWHYS_REVISION to $FIVEWHYS_PREVIOUS";
    let arguments = ["--fault", "backend/handler-error", "--deployed", BACKEND, "--previous", BEFORE];
    let (report, code) = driven(&[&arguments[..], &["--rollback-command", script]].concat());
    let done = report.gate.and_then(|gate| gate.rolled_back).expect("it was done");
    let (_, before) = BEFORE.split_once('=').expect("two halves");
    assert_eq!(done.runs.len(), 1);
    assert_eq!((done.runs[0].succeeded, done.runs[0].command.as_str()), (true, script));
    assert_eq!(done.runs[0].output, format!("to stderr\nbackend from netra-backend-staging-00639-g4g to {before}\n"));
    // The command changed nothing, and the twin is as it was.
    let second = done.second.expect("a second smoke");
    assert_eq!((second.outcome, second.causes), (RunOutcome::Failed, vec!["backend/handler-error".to_owned()]));
    assert!(!second.failed.is_empty() && second.steps > second.failed.len());
    assert_eq!(code, Some(1), "a run that was rolled back has failed");
    assert!(report.exit.meaning.ends_with("the second smoke failed too"), "{}", report.exit.meaning);
}

#[test]
fn a_command_that_fails_is_said_and_nothing_is_driven_after_it() {
    let arguments = ["--fault", "backend/handler-error", "--deployed", BACKEND, "--previous", BEFORE];
    let (report, code) = driven(&[&arguments[..], &["--rollback-command", "echo no permission; exit 7"]].concat());
    let done = report.gate.and_then(|gate| gate.rolled_back).expect("it was tried");
    assert_eq!((done.runs[0].succeeded, done.runs[0].output.as_str(), done.second), (false, "no permission\n", None));
    assert!(done.runs[0].ended.contains('7'), "{}", done.runs[0].ended);
    assert_eq!(code, Some(1));
}

#[rstest]
#[case::do_not(&["--fault", "edge/iam-denied", "--deployed", "edge=x", "--previous", "edge=w"])]
#[case::undecided(&["--fault", MISMATCH, "--deployed", BACKEND, "--previous", BEFORE])]
#[case::passed(&["--deployed", BACKEND, "--previous", BEFORE])]
fn the_command_is_not_run_where_the_advice_is_another(#[case] arguments: &[&str]) {
    let folder = tempfile::tempdir().expect("a folder");
    let trace = folder.path().join("it-ran");
    let touch = format!("touch '{}'", trace.display());
    let (report, _) = driven(&[arguments, &["--rollback-command", &touch]].concat());
    assert!(!trace.exists() && report.gate.and_then(|gate| gate.rolled_back).is_none());
}

#[test]
fn what_the_command_prints_is_redacted() {
    let arguments = ["--fault", "backend/handler-error", "--deployed", BACKEND, "--previous", BEFORE];
    let leak = "echo Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl";
    for format in ["human", "json"] {
        let output = run([&["smoke", "--format", format], &arguments[..], &["--rollback-command", leak]].concat());
        assert!(!stdout(&output).contains("eyJ"), "{}", stdout(&output));
    }
}

#[rstest]
#[case::no_such_file("backend=/nowhere/before.json", "/nowhere/before.json")]
#[case::half("backend", "SERVICE=REVISION")]
fn a_revision_before_that_cannot_be_read_is_a_mistake(#[case] previous: &str, #[case] word: &str) {
    let output = run(["smoke", "--deployed", BACKEND, "--previous", previous]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains(word), "{}", stderr(&output));
}
