//! `fivewhys explain`: from a recording to a verdict.

use std::path::{Path, PathBuf};

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::program::{fivewhys, run, stderr, stdout};

/// Returns a file of this folder, as an argument.
fn file(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).expect("a file");
    path
}

fn causes(report: &str) -> Vec<(String, String)> {
    let report: Value = serde_json::from_str(report).expect("a report");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let causes = report["causes"].as_array().expect("causes");
    causes.iter().map(|cause| (text(&cause["fault"]), text(&cause["certainty"]))).collect()
}

#[rstest]
#[case("backend-auth/service-secret-missing", "edge,auth,logs,manifest")]
#[case("edge/strips-authorization", "edge,auth")]
#[case("backend/stream-broken", "edge")]
fn a_recording_gives_the_verdict_of_its_run(#[case] fault: &str, #[case] evidence: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let recording = folder.path().join("run.har");
    let recording = recording.to_str().expect("UTF-8");
    let run_it = ["smoke", "--fault", fault, "--evidence", evidence, "--record", recording, "--format", "json"];
    let live = run(run_it);
    let replayed = run(["explain", recording, "--format", "json"]);
    let expected = causes(stdout(&live));
    assert!(!expected.is_empty(), "{}", stdout(&live));
    assert_eq!(causes(stdout(&replayed)), expected, "{}", stderr(&replayed));
    assert_eq!(live.status.code(), replayed.status.code());
}

fn entry(method: &str, url: &str, status: u16, body: &str) -> Value {
    let token = "Bearer eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjQwMDAwMDAwMDB9.Y2FuYXJ5LXNpZ25hdHVyZQ";
    json!({
        "startedDateTime": "2026-11-22T03:00:00.000Z", "time": 80, "_resourceType": "fetch",
        "request": { "method": method, "url": url, "headers": [
            { "name": "authorization", "value": token }, { "name": "cookie", "value": "sid=canary-cookie-1" },
        ] },
        "response": { "status": status, "headers": [
            { "name": "content-type", "value": "application/json" }, { "name": "server", "value": "nginx/1.28.0" },
        ], "content": { "mimeType": "application/json", "text": body } },
        "timings": { "wait": 70, "receive": 10 },
    })
}

fn browser(entries: &[Value]) -> String {
    json!({ "log": { "version": "1.2", "creator": { "name": "Firefox", "version": "145" }, "entries": entries } })
        .to_string()
}

#[test]
fn a_recording_of_a_browser_names_the_hop_without_a_target() {
    let folder = tempfile::tempdir().expect("a folder");
    let refused = r#"{"error":"invalid_token","error_description":"Signature verification failed canary-cookie-1"}"#;
    let har = browser(&[
        entry("GET", "https://api.shop.test/v1/catalog", 401, refused),
        entry("GET", "https://api.shop.test/v1/orders", 401, refused),
    ]);
    let output = fivewhys(["explain"]).arg(file(folder.path(), "page.har", &har)).output().expect("it starts");
    let said = stdout(&output);
    assert!(said.contains("client/wrong-signing-secret") && said.contains("timeline"), "{said}");
    assert!(said.contains("No target file was given"), "{said}");
    assert!(!said.contains("canary") && !said.contains("eyJ"), "{said}");
    assert!(!said.contains("smoke --target evidence"), "{said}");
}

#[test]
fn a_recording_in_which_nothing_failed_passes() {
    let folder = tempfile::tempdir().expect("a folder");
    let har = browser(&[entry("GET", "https://api.shop.test/v1/orders", 200, "[]")]);
    let output = fivewhys(["explain", "-q"]).arg(file(folder.path(), "page.har", &har)).output().expect("it starts");
    assert_eq!((output.status.code(), stderr(&output)), (Some(0), ""));
}

#[rstest]
#[case::cut(r#"{"log": {"entries": ["#, "page.har, line 1, column")]
#[case::empty(r#"{"log": {"entries": []}}"#, "shows no call")]
fn a_recording_that_shows_nothing_is_refused(#[case] text: &str, #[case] says: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    file(folder.path(), "page.har", text);
    let output = fivewhys(["explain", "page.har"]).current_dir(folder.path()).output().expect("it starts");
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains(says), "{}", stderr(&output));
}
