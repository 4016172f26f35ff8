//! The previous revision, as `gcloud` describes it where the evidence `manifest` is granted.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use fivewhys::internal::report::{Advice, Report};
use rstest::rstest;
use serde_json::Value;

use crate::support::fetch::fetch;
use crate::support::program::{TwinProcess, fivewhys, stderr};

const MISSING: &str = "backend-auth/service-secret-missing";

/// Prints the service's manifest, or that of its revision before, and writes down what it was asked for.
fn fake_gcloud(folder: &Path, now: &str, before: &str) {
    for (name, text) in [("now.json", now), ("before.json", before)] {
        fs::write(folder.join(name), text).expect("a file");
    }
    let here = folder.display();
    let script = format!(
        "#!/bin/sh\necho \"$@\" >> {here}/called\ncase \"$2\" in\n services) cat {here}/now.json ;;\n revisions) cat {here}/before.json ;;\n *) exit 1 ;;\nesac\n"
    );
    let gcloud = folder.join("gcloud");
    fs::write(&gcloud, script).expect("a file");
    fs::set_permissions(&gcloud, fs::Permissions::from_mode(0o755)).expect("it is ours");
}

/// The same service with another variable set.
fn with_secret(now: &str) -> String {
    let mut manifest: Value = serde_json::from_str(now).expect("a manifest");
    manifest["metadata"]["name"] = "netra-backend-staging-00611-cr5".into();
    let env = manifest.pointer_mut("/spec/template/spec/containers/0/env").and_then(Value::as_array_mut);
    env.expect("an environment").push(serde_json::json!({
        "name": "SERVICE_SECRET",
        "valueFrom": { "secretKeyRef": { "name": "service-secret-staging", "key": "3" } },
    }));
    manifest.to_string()
}

#[rstest]
#[case::it_had_not_lost_it(true, Advice::RollBack)]
#[case::it_had_lost_it_too(false, Advice::DoNot)]
fn the_revision_before_is_described_by_the_run_itself(#[case] had_it: bool, #[case] advice: Advice) {
    let twin = TwinProcess::start(&["--fault", MISSING]);
    let folder = tempfile::tempdir().expect("a folder");
    let printed = twin.printed();
    let url = printed.split_whitespace().find(|word| word.ends_with("backend.json")).expect("the twin prints it");
    let now = fetch(url);
    fake_gcloud(folder.path(), &now, &if had_it { with_secret(&now) } else { now.clone() });
    let source = r#"manifest.backend=command:["gcloud", "run", "services", "describe", "b", "--region=r"]"#;
    let mut command = fivewhys(["smoke", "--format", "json", "--set", source, "--config"]);
    command.arg(twin.target()).env("PATH", format!("{}:/usr/bin:/bin", folder.path().display()));
    command.args(["--deployed", "backend=netra-backend-staging-00639-g4g"]);
    let output = command.args(["--previous", "backend=netra-backend-staging-00611-cr5"]).output().expect("it starts");
    let report: Report = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", stderr(&output)));
    let gate = report.gate.expect("advice");
    assert_eq!(gate.advice, advice, "{:#?}", gate.reasons);
    let called = fs::read_to_string(folder.path().join("called")).expect("it was asked");
    assert!(called.contains("run revisions describe netra-backend-staging-00611-cr5 --region=r"), "{called}");
}
