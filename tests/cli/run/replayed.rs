//! `smoke --record`, `twin --replay`, `smoke --config`: a replay fails as the recorded system did.

use std::path::Path;

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::program::{TwinProcess, run, stderr};

/// The first cause, and the failed steps.
type Verdict = (Option<String>, Vec<String>);

fn verdict(arguments: &[&str]) -> Verdict {
    let how = ["smoke", "--format", "json", "--set", "budget.probe=2s"];
    let output = run([&how, arguments].concat());
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", stderr(&output)));
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let steps = list(&report["scenarios"]).into_iter().flat_map(|scenario| {
        let id = scenario["id"].clone();
        list(&scenario["steps"]).into_iter().map(move |step| (id.clone(), step))
    });
    let failed = steps.filter(|(_, step)| step["outcome"] == "failed");
    (
        report["causes"][0]["fault"].as_str().map(str::to_owned),
        failed.map(|(scenario, step)| format!("{scenario}/{}", step["id"])).collect(),
    )
}

#[rstest]
#[case::client("client/wrong-signing-secret")]
#[case::clock("client/clock-skew")]
#[case::reset("network/connection-terminated")]
#[case::refused("network/connection-refused")]
#[case::edge("edge/strips-authorization")]
#[case::stream("backend/stream-broken")]
#[case::socket("backend/websocket-rejects")]
#[case::between("backend-auth/service-secret-mismatch")]
#[case::auth("auth/down")]
#[case::data("data/database-down")]
#[case::agents("agents/no-events")]
fn a_replay_gives_the_verdict_of_the_recorded_run(#[case] fault: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let recording = folder.path().join("run.har");
    let recording = recording.to_str().expect("a path");
    // A replay has no manifests and no logs.
    let evidence = "edge,auth,direct,service-credentials";
    let live = verdict(&["--fault", fault, "--evidence", evidence, "--record", recording]);
    assert!(live.0.is_some() && !live.1.is_empty(), "{live:?}");
    let replay = TwinProcess::start(&["--replay", recording]);
    let config = replay.target();
    assert_eq!(verdict(&["--config", config.to_str().expect("a path")]), live, "{}", replay.printed());
}

fn recorded_by_a_browser(folder: &Path) -> String {
    let entry = |status: u16, headers: Value, body: &str| {
        json!({
            "startedDateTime": "2026-11-22T03:00:00.000Z", "time": 30, "_resourceType": "fetch",
            "request": { "method": "GET", "url": "https://api.shop.test/v1/orders", "headers": headers },
            "response": { "status": status, "headers": [{ "name": "content-type", "value": "text/plain" }],
                "content": { "mimeType": "text/plain", "text": body } },
        })
    };
    let bearer = json!([{ "name": "Authorization", "value": "Bearer canary-token-1234567890" }]);
    let refused = json!({ "startedDateTime": "2026-11-22T03:00:01.000Z", "request": { "method": "GET",
        "url": "https://api.shop.test/v1/gone", "headers": [] },
        "response": { "status": 0, "headers": [], "content": {}, "_error": "net::ERR_CERT_DATE_INVALID" } });
    let entries = [
        entry(401, json!([]), "who are you"),
        entry(200, bearer.clone(), "first"),
        entry(200, bearer, "second"),
        refused,
    ];
    let path = folder.join("page.har");
    std::fs::write(&path, json!({ "log": { "version": "1.2", "entries": entries } }).to_string()).expect("a file");
    path.to_str().expect("a path").to_owned()
}

/// The base URL of the only target of a file.
fn backend(file: &Path) -> String {
    let text = std::fs::read_to_string(file).expect("the target file");
    let file: toml::Table = text.parse().expect("TOML");
    file["target"]["replay"]["backend"].as_str().expect("a URL").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_of_a_browser_tells_calls_with_a_credential_from_those_without() {
    let folder = tempfile::tempdir().expect("a folder");
    let replay = TwinProcess::start(&["--replay", &recorded_by_a_browser(folder.path())]);
    let base = backend(&replay.target());
    let client = reqwest::Client::new();
    let get = async |path: &str, with_token: bool| {
        let call = client.get(format!("{base}{path}"));
        let call = if with_token { call.bearer_auth("another-token-of-the-caller") } else { call };
        let answer = call.send().await.expect("an answer");
        (answer.status().as_u16(), answer.text().await.expect("a body"))
    };
    assert_eq!(get("v1/orders", false).await, (401, "who are you".to_owned()));
    for body in ["first", "second", "second"] {
        assert_eq!(get("v1/orders", true).await, (200, body.to_owned()));
    }
    let (status, body) = get("v1/baskets", true).await;
    let body: Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!((status, &body["error"]), (501, &json!("not recorded")));
    assert!(body["nearest"][0].as_str().is_some_and(|nearest| nearest.contains("/v1/orders")), "{body}");
    let printed = replay.printed();
    assert!(printed.contains("the recording has no GET /v1/baskets"), "{printed}");
    assert!(printed.contains("cannot repeat tls_certificate_error"), "{printed}");
    assert!(!printed.contains("canary") && !printed.contains("another-token"), "{printed}");
    let checked = run(["check", "--config", replay.target().to_str().expect("a path")]);
    assert!(checked.status.success(), "{}", stderr(&checked));
}

#[rstest]
#[case::no_har("{\"log\": 7}", "line 1, column")]
#[case::nothing(r#"{"log": {"entries": []}}"#, "no call that can be served")]
fn a_recording_that_shows_nothing_is_refused(#[case] text: &str, #[case] says: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("page.har");
    std::fs::write(&path, text).expect("a file");
    let output = run(["twin", "--replay", path.to_str().expect("a path")]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains(says), "{}", stderr(&output));
}
