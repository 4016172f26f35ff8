//! A deploy that lost a required variable fails the gate, although every call passes.

use std::path::Path;

use fivewhys::internal::report::{Advice, Report, RunOutcome};
use rstest::rstest;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::fetch::fetch;
use crate::support::program::{FEW, TwinProcess, run, stderr};

const DEPLOYED: &str = "backend=netra-backend-staging-00639-g4g";
const ID: &str = "required-variable-lost";

/// A twin without a fault, and files with the manifest of its backend.
struct Deployment {
    twin: TwinProcess,
    folder: TempDir,
}

impl Deployment {
    fn start() -> Self {
        Self { twin: TwinProcess::start(&[]), folder: tempfile::tempdir().expect("a folder") }
    }

    /// Writes the manifest of the backend without these variables, and returns `backend=FILE`.
    fn without(&self, file: &str, lost: &[&str]) -> String {
        let printed = self.twin.printed();
        let url = printed.split_whitespace().find(|word| word.ends_with("backend.json")).expect("the twin prints it");
        let mut manifest: Value = serde_json::from_str(&fetch(url)).expect("a manifest");
        let env = manifest.pointer_mut("/spec/template/spec/containers/0/env").and_then(Value::as_array_mut);
        env.expect("an environment").retain(|one| !lost.iter().any(|name| one["name"] == *name));
        if file.starts_with("before") {
            // As `gcloud run revisions describe` prints it.
            manifest["kind"] = "Revision".into();
            manifest["metadata"]["name"] = "netra-backend-staging-00611-cr5".into();
            manifest.as_object_mut().expect("an object").remove("status");
            manifest["spec"].as_object_mut().expect("an object").remove("traffic");
        }
        let path = self.folder.path().join(file);
        std::fs::write(&path, manifest.to_string()).expect("a file");
        format!("backend={}", path.display())
    }

    fn smoke(&self, arguments: &[&str]) -> (Report, Option<i32>) {
        let config = path(&self.twin.target());
        let head = ["--config", &config, "smoke", "--format", "json"];
        let output = run([&head[..], &FEW, arguments].concat());
        let report = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", stderr(&output)));
        (report, output.status.code())
    }
}

fn path(path: &Path) -> String {
    path.display().to_string()
}

#[test]
fn everything_that_a_deploy_lost_is_listed_and_fails_the_gate() {
    let deployment = Deployment::start();
    let now = deployment.without("now.json", &["SERVICE_SECRET", "SERVICE_ID", "GOOGLE_CLIENT_SECRET"]);
    let before = deployment.without("before.json", &[]);
    let arguments = ["--deployed", DEPLOYED, "--manifest", &now, "--previous", &before];
    let (report, code) = deployment.smoke(&arguments);
    assert_eq!((report.outcome, code), (RunOutcome::Failed, Some(1)), "{:?}", report.findings);
    assert!(report.causes.is_empty(), "every call passed");
    let finding = report.findings.iter().find(|finding| finding.id == ID).expect("the finding");
    let said: Vec<&str> = finding.evidence.iter().map(|proof| proof.says.as_str()).collect();
    for name in ["SERVICE_SECRET", "SERVICE_ID", "GOOGLE_CLIENT_SECRET"] {
        assert!(said.iter().any(|says| says.contains(&format!("{name} was lost"))), "{name}: {said:#?}");
    }
    assert!(said.iter().any(|says| says.contains("SERVICE_SECRET=service-secret-staging:3")), "{said:#?}");
    let gate = report.gate.expect("advice");
    assert_eq!((gate.advice, gate.commands.len()), (Advice::RollBack, 1), "{:?}", gate.reasons);
    let reason = |name: &str| gate.reasons.iter().any(|reason| reason.contains(name));
    assert!(["SERVICE_SECRET", "SERVICE_ID", "GOOGLE_CLIENT_SECRET"].into_iter().all(reason), "{:?}", gate.reasons);
    assert!(report.exit.meaning.contains("lacks variables"), "{}", report.exit.meaning);
}

#[rstest]
#[case::nothing_lost(&[], &[], Some(0), None)]
#[case::an_optional_one(&["GOOGLE_CLIENT_ID"], &[], Some(0), None)]
#[case::the_previous_lacked_it_too(&["SERVICE_ID"], &["SERVICE_ID"], Some(0), Some(false))]
#[case::another_one(&["SERVICE_ID"], &["SERVICE_SECRET"], Some(1), Some(true))]
fn only_what_this_deploy_lost_fails_the_gate(
    #[case] lost: &[&str],
    #[case] lacked: &[&str],
    #[case] code: Option<i32>,
    #[case] fails: Option<bool>,
) {
    let deployment = Deployment::start();
    let (now, before) = (deployment.without("now.json", lost), deployment.without("before.json", lacked));
    let (report, exit) = deployment.smoke(&["--deployed", DEPLOYED, "--manifest", &now, "--previous", &before]);
    let finding = report.findings.iter().find(|finding| finding.id == ID).map(|finding| finding.fails);
    assert_eq!((exit, finding), (code, fails), "{:#?}", report.findings);
}

#[test]
fn a_workload_of_kubernetes_is_repaired_with_kubectl() {
    let deployment = Deployment::start();
    let file = deployment.folder.path().join("deployment.yaml");
    let yaml = "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: backend }\nspec: { template: { spec: { containers: [{ name: app, env: [] }] } } }\n";
    std::fs::write(&file, yaml).expect("a file");
    let (report, code) = deployment.smoke(&["--deployed", "backend=b-2", "--manifest", &path(&file)]);
    assert_eq!(code, Some(1));
    let finding = report.findings.iter().find(|finding| finding.id == ID).expect("the finding");
    assert!(finding.evidence.iter().any(|proof| proof.says.contains("kubectl patch")), "{:#?}", finding.evidence);
}

#[test]
fn without_a_deploy_or_of_another_service_nothing_was_lost() {
    let deployment = Deployment::start();
    let now = deployment.without("now.json", &["SERVICE_SECRET"]);
    for arguments in
        [&["--manifest", &now][..], &["--manifest", &now, "--deployed", "auth=netra-auth-service-00284-9s5"]]
    {
        let (report, code) = deployment.smoke(arguments);
        assert_eq!(code, Some(0));
        assert!(!report.findings.iter().any(|finding| finding.id == ID), "{:#?}", report.findings);
    }
}

#[test]
fn without_a_previous_revision_there_is_no_advice_to_roll_back() {
    let deployment = Deployment::start();
    let now = deployment.without("now.json", &["SERVICE_SECRET"]);
    let (report, code) = deployment.smoke(&["--manifest", &now, "--deployed", DEPLOYED]);
    assert_eq!(code, Some(1));
    assert_eq!(report.gate.map(|gate| gate.advice), Some(Advice::Undecided));
}

#[test]
fn a_finding_fails_the_run_where_the_operator_says_so() {
    let id = "http.401-without-challenge";
    let of = |more: &[&'static str]| {
        let output = run([&["smoke", "--format", "json"], &FEW[..], more].concat());
        let report: Report = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", stderr(&output)));
        let fails = report.findings.iter().find(|finding| finding.id == id).map(|finding| finding.fails);
        (output.status.code(), fails)
    };
    assert_eq!(of(&[]), (Some(0), Some(false)), "the twin has this finding");
    assert_eq!(of(&["--fail-on", "auth-bypass", "--fail-on", id]), (Some(1), Some(true)));
    assert_eq!(of(&["--fail-on", "auth-bypass"]), (Some(0), Some(false)));
}

#[test]
fn an_unknown_finding_is_a_mistake() {
    let output = run(["smoke", "--fail-on", "caller-not-checked"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("did you mean `callers-not-checked`?"), "{}", stderr(&output));
}
