//! Evidence that holds secrets: a manifest with plain values, and a log that quotes a header. No output may show them.

use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use crate::rails::staging_target::{SERVICE, SIGNING, leaks_nothing, smoke};
use crate::support::server::{Answer, Server};

#[test]
fn manifests_and_logs_with_secrets_in_them_leak_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, value: &Value| write(folder.path(), name, value);
    let backend = write("backend.json", &manifest("netra-backend-staging", "another secret than that of auth"));
    let auth = write("auth.json", &manifest("netra-auth-service", SERVICE));
    let logs = write("logs.json", &log());
    let server = Server::start(|request| match request.path() {
        "/health" => Answer::http("200 OK", &[("Content-Type", "application/json")], b"{\"status\":\"healthy\"}"),
        _ => Answer::http("403 Forbidden", &[("Content-Type", "application/json")], b"{\"detail\":\"no\"}"),
    });
    let mut command = smoke(&server);
    command.args(["--set", "evidence=[\"edge\",\"auth\",\"service-credentials\",\"manifest\",\"logs\"]"]);
    command.args(["--set", &format!("manifest.backend={backend}"), "--set", &format!("manifest.auth={auth}")]);
    command.args(["--set", &format!("logs=[\"{logs}\"]")]);
    let output = leaks_nothing(&server, command);
    let report: Value = serde_json::from_slice(&output.stdout).expect("a report");
    assert!(report["unread"].is_null(), "the evidence was read: {}", report["unread"]);
}

/// No pattern of the catalogue matches these lines, so the report quotes the worst of them.
#[test]
fn log_lines_to_read_leak_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let start = jiff::Timestamp::now();
    let line = |n: i64| {
        let at = start + jiff::SignedDuration::from_millis(20 * n);
        json!({
            "logName": "projects/netra-staging/logs/run.googleapis.com%2Fstdout",
            "resource": { "type": "cloud_run_revision", "labels": { "service_name": "netra-backend-staging" } },
            "textPayload": format!("kettle {n}: \u{1b}[2J an error with {SERVICE} {}", SIGNING.repeat(90)),
            "timestamp": at.to_string(),
        })
    };
    let logs = write(folder.path(), "logs.json", &(0..1000).map(line).collect());
    let server = Server::start(|_| Answer::http("403 Forbidden", &[("Content-Type", "application/json")], b"{}"));
    let mut command = smoke(&server);
    command.args(["--set", "evidence=[\"edge\",\"auth\",\"service-credentials\",\"logs\"]"]);
    command.args(["--set", &format!("logs=[\"{logs}\"]")]);
    let output = leaks_nothing(&server, command);
    let report: Value = serde_json::from_slice(&output.stdout).expect("a report");
    let says = report["causes"][0]["worst_lines"][0]["says"].as_str().expect("a line is quoted");
    assert!(says.contains("kettle") && says.contains("<secret:") && says.chars().count() < 250, "{says}");
}

fn write(folder: &Path, name: &str, value: &Value) -> String {
    let path = folder.join(name);
    std::fs::write(&path, value.to_string()).expect("a file");
    format!("file:{}", path.display())
}

fn manifest(service: &str, secret: &str) -> Value {
    json!({
        "apiVersion": "serving.knative.dev/v1",
        "kind": "Service",
        "metadata": { "name": service },
        "spec": { "template": { "spec": { "containers": [{ "env": [
            { "name": "SERVICE_SECRET", "value": secret },
            { "name": "JWT_SECRET_KEY", "value": SIGNING },
            { "name": "SERVICE_ID", "value": "netra-backend" },
        ] }] } } },
    })
}

fn log() -> Value {
    let line = |text: String| {
        let at = (jiff::Timestamp::now() + jiff::SignedDuration::from_millis(200)).to_string();
        json!({
            "insertId": "1",
            "logName": "projects/netra-staging/logs/run.googleapis.com%2Fstdout",
            "resource": { "type": "cloud_run_revision", "labels": { "service_name": "netra-auth-service" } },
            "severity": "ERROR",
            "textPayload": text,
            "timestamp": at,
        })
    };
    json!([
        line(format!("invalid service secret {SERVICE} shown by netra-backend")),
        line(format!("service secret mismatch: Basic {}", BASE64_STANDARD.encode(format!("id:{SERVICE}")))),
        line(format!("database connection failed: signed with {SIGNING}")),
    ])
}
