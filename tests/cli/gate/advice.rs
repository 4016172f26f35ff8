//! The advice whether to roll back, and the roll back itself: `--deployed`, `--previous`, `--rollback-command`.

use std::path::{Path, PathBuf};
use std::process::Output;

use fivewhys::internal::report::{Advice, GateReport, Report, RunOutcome};
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::program::{FEW, fivewhys, run, stderr, stdout};
use crate::support::server::{Answer, Received, Server};

const MISMATCH: &str = "backend-auth/service-secret-mismatch";
const MISSING: &str = "backend-auth/service-secret-missing";
/// What the twin's manifests say is deployed.
const BACKEND: &str = "backend=netra-backend-staging-00639-g4g";
const BEFORE: &str = "backend=netra-backend-staging-00611-cr5";
const AUTH: &str = "auth=netra-auth-service-00284-9s5";
const AUTH_BEFORE: &str = "auth=netra-auth-service-00282-lsb";

fn driven(arguments: &[&str]) -> (Report, Option<i32>) {
    report(&run([&["smoke", "--format", "json"], &FEW[..], arguments].concat()))
}

fn report(output: &Output) -> (Report, Option<i32>) {
    let report = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", stderr(output)));
    (report, output.status.code())
}

fn gate(arguments: &[&str]) -> (GateReport, Option<i32>) {
    let (report, code) = driven(arguments);
    (report.gate.expect("advice"), code)
}

/// A manifest of the backend's revision before: as the twin's, without some variables, with this version of the service secret.
fn before(folder: &Path, lacks: &[&str], version: &str) -> PathBuf {
    let plain = [
        ("AUTH_SERVICE_URL", "http://auth.internal"),
        ("AUTH_SERVICE_ENABLED", "true"),
        ("SERVICE_ID", "netra-backend"),
    ];
    let plain = plain.map(|(name, value)| json!({ "name": name, "value": value }));
    let secret = |name: &str, secret: &str, version: &str| json!({ "name": name, "valueFrom": { "secretKeyRef": { "name": secret, "key": version } } });
    let secrets = [
        secret("SERVICE_SECRET", "service-secret-staging", version),
        secret("JWT_SECRET_KEY", "jwt-secret-staging", "3"),
        secret("GOOGLE_CLIENT_ID", "google", "3"),
        secret("GEMINI_API_KEY", "gemini", "3"),
        secret("DATABASE_URL", "database", "3"),
    ];
    let mut env: Vec<Value> = plain.into_iter().chain(secrets).collect();
    env.retain(|one| !lacks.contains(&one["name"].as_str().expect("a name")));
    let manifest = json!({
        "metadata": { "name": "netra-backend-staging-00611-cr5" },
        "spec": { "containers": [{ "env": env }] },
        "status": { "conditions": [{ "type": "Ready", "status": "True" }] },
    });
    let file = folder.join("before.json");
    std::fs::write(&file, manifest.to_string()).expect("a file");
    file
}

#[rstest]
#[case::the_deploy_may_have_brought_it(&["--fault", MISSING, "--deployed", BACKEND, "--previous", BEFORE], Advice::RollBack, 1)]
#[case::a_manifest_shows_no_bug(&["--fault", "backend/handler-error", "--deployed", BACKEND, "--previous", BEFORE], Advice::RollBack, 1)]
#[case::by_the_services_own_name(&["--fault", "backend/handler-error", "--deployed", "netra-backend-staging=netra-backend-staging-00639-g4g", "--previous", "netra-backend-staging=netra-backend-staging-00611-cr5"], Advice::RollBack, 1)]
#[case::both_ends_were_deployed(&["--fault", MISMATCH, "--deployed", BACKEND, "--previous", BEFORE, "--deployed", AUTH, "--previous", AUTH_BEFORE], Advice::RollBack, 1)]
#[case::the_other_end_may_have_changed(&["--fault", MISMATCH, "--deployed", BACKEND, "--previous", BEFORE], Advice::Undecided, 1)]
#[case::no_previous_revision_is_named(&["--fault", MISSING, "--deployed", BACKEND], Advice::Undecided, 1)]
#[case::another_revision_gets_the_traffic(&["--fault", "backend/handler-error", "--deployed", "backend=x", "--previous", BEFORE], Advice::Undecided, 1)]
#[case::nothing_involved(&["--fault", MISMATCH, "--deployed", "frontend=x", "--previous", "frontend=w"], Advice::DoNot, 4)]
#[case::no_deploy_can(&["--fault", "client/clock-skew", "--deployed", BACKEND, "--previous", BEFORE], Advice::DoNot, 4)]
#[case::no_revision_cures_it(&["--fault", "edge/iam-denied", "--deployed", "edge=x", "--previous", "edge=w"], Advice::DoNot, 1)]
#[case::open_and_not_all_alike(&["--fault", MISMATCH, "--evidence", "edge", "--deployed", BACKEND, "--previous", BEFORE], Advice::Undecided, 3)]
fn the_advice_follows_from_every_candidate(#[case] arguments: &[&str], #[case] advice: Advice, #[case] code: i32) {
    let (gate, exit) = gate(arguments);
    assert_eq!((gate.advice, exit), (advice, Some(code)), "{:#?}", gate.reasons);
    assert!(!gate.reasons.is_empty());
    assert_eq!(gate.commands.is_empty(), advice != Advice::RollBack, "{:?}", gate.commands);
}

#[rstest]
#[case::missing_before_too(MISSING, &["SERVICE_SECRET"], "3", Advice::DoNot)]
#[case::there_before(MISSING, &[], "3", Advice::RollBack)]
#[case::as_far_off_before(MISMATCH, &[], "3", Advice::DoNot)]
#[case::the_same_before(MISMATCH, &[], "4", Advice::RollBack)]
#[case::no_id_before_either("backend-auth/service-id-missing", &["SERVICE_ID"], "3", Advice::DoNot)]
#[case::an_id_before("backend-auth/service-id-missing", &[], "3", Advice::RollBack)]
#[case::what_is_required_was_missing_before("backend/required-config-missing", &["GEMINI_API_KEY"], "3", Advice::DoNot)]
#[case::what_is_required_was_there_before("backend/required-config-missing", &[], "3", Advice::RollBack)]
#[case::something_else_was_missing_before("backend/required-config-missing", &["JWT_SECRET_KEY"], "3", Advice::Undecided)]
#[case::it_shows_no_bug("backend/handler-error", &[], "3", Advice::RollBack)]
fn the_manifest_of_the_revision_before_decides(
    #[case] fault: &str,
    #[case] lacks: &[&str],
    #[case] version: &str,
    #[case] advice: Advice,
) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = format!("backend={}", before(folder.path(), lacks, version).display());
    let (gate, _) = gate(&["--fault", fault, "--deployed", BACKEND, "--previous", &file]);
    assert_eq!(gate.advice, advice, "{:#?}", gate.reasons);
    assert_eq!(gate.previous[0].revision, "netra-backend-staging-00611-cr5");
}

/// Two revisions show only over many requests: all scenarios are driven.
#[test]
fn a_manifest_shows_no_mixed_revisions() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = format!("backend={}", before(folder.path(), &[], "3").display());
    let fault = ["--fault", "backend/mixed-revisions", "--deployed", BACKEND, "--previous", &file];
    let (report, _) = report(&run([&["smoke", "--format", "json"], &fault[..]].concat()));
    let gate = report.gate.expect("advice");
    assert_eq!(gate.advice, Advice::RollBack, "{:#?}", gate.reasons);
}

#[test]
fn each_deployed_end_of_a_mismatch_has_its_command() {
    let both = ["--deployed", BACKEND, "--previous", BEFORE, "--deployed", AUTH, "--previous", AUTH_BEFORE];
    let (gate, _) = gate(&[&["--fault", MISMATCH], &both[..]].concat());
    assert!(gate.reasons[0].contains("a deploy of backend or auth can cause it"), "{:?}", gate.reasons);
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
fn there_is_no_advice_without_a_failure_and_a_deploy(#[case] arguments: &[&str]) {
    assert_eq!(driven(arguments).0.gate, None);
}

#[test]
fn a_second_smoke_follows_the_operators_command() {
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
    assert!(report.exit.meaning.ends_with("the second smoke run failed too"), "{}", report.exit.meaning);
}

const SECRET: &str = "a signing secret of more than 32 bytes";

/// Answers as a backend whose writes need a field that the client does not know, until it is cured.
fn with_a_new_field(request: &Received, is_cured: bool) -> Answer {
    let json = [("Content-Type", "application/json"), ("Server", "uvicorn")];
    let (path, query) = request.path().split_once('?').unwrap_or((request.path(), ""));
    let token = request.token().or_else(|| query.split_once("token=").map(|(_, token)| token.to_owned()));
    let mut rules = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::HS256);
    rules.validate_aud = false;
    let key = jsonwebtoken::DecodingKey::from_secret(SECRET.as_bytes());
    let is_good = token.is_some_and(|token| jsonwebtoken::decode::<Value>(&token, &key, &rules).is_ok());
    let (status, body) = match (path, is_good) {
        ("/health", _) => ("200 OK", r#"{"status": "healthy", "service": "netra-ai-platform"}"#),
        (_, false) => ("401 Unauthorized", r#"{"detail": "Invalid token"}"#),
        ("/ws", _) => return Answer::Frames(vec![r#"{"data":{"event":"connection_established"}}"#.to_owned()]),
        _ if request.head.starts_with("POST") && !is_cured => (
            "422 Unprocessable Entity",
            r#"{"detail": [{"type": "missing", "loc": ["body", "tone"], "msg": "Field required"}]}"#,
        ),
        _ => ("200 OK", r#"{"message": {"id": "m1", "user_id": "staging-e2e-user-001"}, "messages": []}"#),
    };
    Answer::http(status, &json, body.as_bytes())
}

/// The backend is cured as soon as a file exists. The operator's command makes it.
#[test]
fn a_cured_backend_passes_the_second_smoke() {
    let folder = tempfile::tempdir().expect("a folder");
    let cured = folder.path().join("cured");
    let (flag, own) = (cured.clone(), folder.path().join("scenarios"));
    let server = Server::start(move |request| with_a_new_field(request, flag.exists()));
    std::fs::create_dir(&own).expect("a folder");
    let scenario = "title = \"One call\"\n[[step]]\nid = \"list\"\ncall = \"backend.chat-messages-post\"\n[step.expect]\nstatus = 200\n";
    std::fs::write(own.join("own.toml"), scenario).expect("a file");
    let mut command =
        fivewhys(["smoke", "--target", "staging", "--format", "json", "--evidence", "edge", "--scenarios"]);
    command.arg(own).args(["--deployed", "backend=b-2", "--previous", "backend=b-1"]);
    for (name, scheme) in [("backend", "http"), ("auth", "http"), ("websocket", "ws")] {
        command.args(["--set", &format!("{name}={scheme}://{}", server.address)]);
    }
    command.args([
        "--set",
        "budget.requests_per_minute=60000",
        "--rollback-command",
        &format!("touch '{}'", cured.display()),
    ]);
    let output = command.env("JWT_SECRET_STAGING", SECRET).output().expect("it starts");
    let report: Report = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", stderr(&output)));
    let gate = report.gate.expect("advice");
    assert_eq!(gate.advice, Advice::RollBack, "{:?} {:#?}", gate.reasons, report.causes);
    let second = gate.rolled_back.and_then(|done| done.second).expect("a second smoke");
    assert_eq!((second.outcome, second.steps, second.failed.len()), (RunOutcome::Passed, 1, 0));
    assert!(output.status.code().is_some_and(|code| code != 0), "the run itself failed");
    assert!(report.exit.meaning.ends_with("the second smoke run passed"), "{}", report.exit.meaning);
}

#[test]
fn after_a_failed_command_nothing_is_driven() {
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
fn the_command_is_run_only_on_the_advice_to_roll_back(#[case] arguments: &[&str]) {
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
        let output =
            run([&["smoke", "--format", format], &FEW[..], &arguments[..], &["--rollback-command", leak]].concat());
        assert!(!stdout(&output).contains("eyJ"), "{}", stdout(&output));
    }
}

#[rstest]
#[case::no_such_file("backend=/nowhere/before.json", "/nowhere/before.json")]
#[case::half("backend", "SERVICE=REVISION")]
fn an_unreadable_previous_revision_is_a_mistake(#[case] previous: &str, #[case] word: &str) {
    let output = run(["smoke", "--deployed", BACKEND, "--previous", previous]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains(word), "{}", stderr(&output));
}
