//! `fivewhys twin --write-target` in one process, `fivewhys --config` in another: the same verdict as in one.

use fivewhys::internal::report::{Report, StepOutcome};
use fivewhys_mocks::Dialect;
use rstest::rstest;

use crate::support::program::{FEW, TwinProcess, run, stdout};

/// What a verdict is, without what differs from run to run.
#[derive(Debug, PartialEq)]
struct Verdict {
    code: Option<i32>,
    causes: Vec<(String, String, Vec<String>, Vec<String>)>,
    findings: Vec<String>,
    steps: Vec<(String, StepOutcome)>,
}

fn verdict(arguments: &[&str]) -> Verdict {
    let output = run([&["smoke", "--format", "json"], arguments].concat());
    let report: Report = serde_json::from_slice(&output.stdout).expect("a report");
    let causes = report.causes.into_iter().map(|cause| {
        let others = cause.alternatives.into_iter().map(|other| other.fault).collect();
        (cause.fault, cause.certainty.to_string(), others, cause.explains)
    });
    let steps = report.scenarios.iter().flat_map(|one| one.steps.iter().map(move |step| (&one.id, step)));
    Verdict {
        code: output.status.code(),
        causes: causes.collect(),
        findings: report.findings.into_iter().map(|finding| finding.id).collect(),
        steps: steps.map(|(scenario, step)| (format!("{scenario}/{}", step.id), step.outcome)).collect(),
    }
}

#[rstest]
fn another_process_comes_to_the_same_verdict(
    #[values(&[], &["--fault", "backend-auth/service-secret-mismatch"], &["--fault", "auth/down"])] fault: &[&str],
    #[values("documented", "observed")] dialect: Dialect,
) {
    // All scenarios where every kind of evidence is needed.
    let scenarios: &[&str] = if fault.contains(&"backend-auth/service-secret-mismatch") { &[] } else { &FEW };
    let how = [fault, &["--dialect", dialect.id()]].concat();
    let twin = TwinProcess::start(&how);
    let config = twin.target();
    let other = verdict(&[&["--config", config.to_str().expect("a path")], scenarios].concat());
    assert_eq!(other, verdict(&[&how, scenarios].concat()));
    assert_eq!(other.code, Some(i32::from(!fault.is_empty())));
}

#[test]
fn a_twin_can_be_driven_again_and_again() {
    let twin = TwinProcess::start(&["--fault", "data/database-down"]);
    let config = twin.target();
    let arguments = [&["--config", config.to_str().expect("a path")], &FEW[..]].concat();
    let (first, second) = (verdict(&arguments), verdict(&arguments));
    assert_eq!(first.causes[0].0, "data/database-down");
    // The certainty may differ: the second run cannot attribute log lines of the first.
    assert_eq!((&first.causes[0].0, &first.steps), (&second.causes[0].0, &second.steps));
    assert_eq!((first.code, second.code), (Some(1), Some(1)));
}

#[test]
fn a_token_minted_for_a_twin_opens_it() {
    let twin = TwinProcess::start(&[]);
    let minted = run(["mint", "primary", "--config", twin.target().to_str().expect("a path")]);
    let file: toml::Table = std::fs::read_to_string(twin.target()).expect("the file").parse().expect("TOML");
    let base = file["target"]["twin"]["backend"].as_str().expect("the backend's URL").trim_end_matches('/');
    let call = async {
        let client = reqwest::Client::new();
        let call = client.get(format!("{base}/api/chat/messages?thread_id=t")).bearer_auth(stdout(&minted).trim());
        call.send().await.expect("an answer").status()
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    assert_eq!(runtime.block_on(call), 200);
}

#[cfg(unix)]
#[test]
fn secret_files_are_readable_by_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    let twin = TwinProcess::start(&[]);
    let mode = |path: &std::path::Path| std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    let files = twin.secret_files();
    assert!(files.len() >= 3, "signing secret, service secret, passwords: {files:?}");
    assert_eq!(mode(&twin.secrets_folder()), 0o700);
    let written = std::fs::read_to_string(twin.target()).expect("the target file");
    for file in files {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
        let secret = std::fs::read_to_string(&file).expect("a secret");
        assert!(secret.len() >= 32 && !written.contains(&secret), "{}", file.display());
    }
}
