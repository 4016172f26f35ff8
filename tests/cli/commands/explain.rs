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
#[case::by_a_report("report.json", &[], "there is no target `shop` in fivewhys.toml (built in)", "give its target file, `--config FILE`")]
#[case::by_a_recording("run.har", &[], "there is no target `shop` in fivewhys.toml (built in)", "give its target file, `--config FILE`")]
#[case::by_the_command_line("page.har", &["--target", "shop"], "there is no target `shop`", "`--config FILE` names another target file")]
fn a_target_that_the_file_lacks_is_asked_for(
    #[case] evidence: &str,
    #[case] more: &[&str],
    #[case] says: &str,
    #[case] help: &str,
) {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    file(folder.path(), "page.har", &browser(&[entry("GET", "https://api.shop.test/v1/orders", 401, "{}")]));
    let kept = [format!("json={}", at("report.json")), format!("har={}", at("run.har"))];
    let shop = r#"
        default = "shop"
        [target.shop]
        backend = "http://127.0.0.1:1"
        auth = "none"
        signing_secret = ["env:SHOP_KEY"]
        evidence = ["edge"]
        claims = { iss = "shop" }
        user.ada = { sub = "1", email = "ada@shop.test" }
        [target.shop.endpoint."backend.health"]
        role = "health"
        path = "/health"
    "#;
    file(folder.path(), "shop.toml", shop);
    let smoke = ["--config", "shop.toml", "smoke", "--report", &kept[0], "--report", &kept[1]];
    let mut smoke = fivewhys(smoke);
    smoke.env("SHOP_KEY", "a-key-of-more-than-thirty-two-bytes-1");
    let output = smoke.current_dir(folder.path()).output().expect("it starts");
    assert!(Path::new(&at("report.json")).exists(), "{}", stderr(&output));
    let explain = |config: &[&str]| {
        let mut command = fivewhys(["explain", evidence]);
        command.args(more).args(config).current_dir(folder.path()).output().expect("it starts")
    };
    let output = explain(&[]);
    let said = stderr(&output).replace('│', "").split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains(says) && said.contains(help), "{said}");
    assert_eq!(output.status.code(), Some(2));
    let output = explain(&["--config", "shop.toml"]);
    assert_ne!(output.status.code(), Some(2), "{}", stderr(&output));
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

/// A revision of the backend of the built-in target, or the service with that revision.
fn revision(number: u32, env: &[Value]) -> Value {
    let name = format!("netra-backend-staging-{number:05}-abc");
    let labels = json!({ "serving.knative.dev/service": "netra-backend-staging" });
    let metadata =
        json!({ "name": name, "labels": labels, "creationTimestamp": format!("2026-11-{number:02}T03:00:00Z") });
    json!({ "apiVersion": "serving.knative.dev/v1", "kind": "Revision", "metadata": metadata, "spec": { "containers": [{ "env": env }] } })
}

/// A folder with a list of two revisions, a log of failures, and programs that write down that they were called.
fn evidence() -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    let secret =
        json!({ "name": "SERVICE_SECRET", "valueFrom": { "secretKeyRef": { "name": "service", "key": "3" } } });
    let list = json!([revision(2, &[]), revision(1, &[secret])]);
    file(folder.path(), "revisions.json", &list.to_string());
    let request = |second: u32| {
        json!({
            "timestamp": format!("2026-11-22T03:00:{second:02}Z"), "logName": "projects/p/logs/run.googleapis.com%2Frequests",
            "resource": { "type": "cloud_run_revision", "labels": { "service_name": "netra-backend-staging", "revision_name": "netra-backend-staging-00002-abc" } },
            "httpRequest": { "requestMethod": "GET", "requestUrl": "https://api.staging.netrasystems.ai/api/threads", "status": 503, "latency": "0.01s" },
        })
    };
    let deploy = json!({
        "timestamp": "2026-11-22T02:59:00Z", "resource": { "type": "cloud_run_revision", "labels": { "service_name": "netra-backend-staging" } },
        "protoPayload": {
            "methodName": "google.cloud.run.v1.Services.ReplaceService", "resourceName": "namespaces/p/services/netra-backend-staging",
            "authenticationInfo": { "principalEmail": "canary@shop.example" },
            "response": { "status": { "latestCreatedRevisionName": "netra-backend-staging-00002-abc" } },
        },
    });
    file(folder.path(), "log.json", &json!([request(2), request(1), deploy]).to_string());
    for program in ["gcloud", "kubectl", "sh"] {
        let path = file(folder.path(), program, "#!/bin/sh\necho $0 >> called\n");
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("it is ours");
    }
    folder
}

#[rstest]
#[case::without_a_target(&[])]
#[case::with_a_target_that_grants_all(&["--target", "staging", "--set", "evidence=['edge','auth','manifest','logs']"])]
fn no_command_is_run_and_the_deploy_is_in_the_timeline(#[case] target: &[&str]) {
    let folder = evidence();
    let mut command = fivewhys(["explain", "revisions.json", "log.json"]);
    let output =
        command.args(target).current_dir(folder.path()).env("PATH", folder.path()).output().expect("it starts");
    assert_ne!(output.status.code(), Some(2), "{}", stderr(&output));
    let page = stdout(&output).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(!folder.path().join("called").exists(), "a program was run");
    assert!(page.contains("deploy: services/netra-backend-staging, revision"), "{page}");
    assert!(page.contains("netra-backend-staging-00001-abc was created, by its manifest"), "{page}");
    assert!(page.contains("previous: netra-backend-staging-00001-abc"), "the earlier revision of the list: {page}");
    assert!(!page.contains("canary"), "{page}");
}

#[test]
fn a_compressed_log_is_read() {
    use std::io::Write as _;
    let folder = evidence();
    let text = std::fs::read(folder.path().join("log.json")).expect("a log");
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(&text).expect("memory");
    let packed = encoder.finish().expect("memory");
    std::fs::write(folder.path().join("log.json.gz"), &packed).expect("a file");
    let explain = |log: &str| {
        let output =
            fivewhys(["explain", "revisions.json", log]).current_dir(folder.path()).output().expect("it starts");
        (output.status.code(), stdout(&output).to_owned(), stderr(&output).to_owned())
    };
    assert_eq!(explain("log.json.gz"), explain("log.json"));
    std::fs::write(folder.path().join("cut.gz"), &packed[..packed.len() / 2]).expect("a file");
    let (code, _, errors) = explain("cut.gz");
    assert_eq!(code, Some(2), "{errors}");
    assert!(errors.contains("cut.gz"), "{errors}");
}
