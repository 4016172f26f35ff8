//! `fivewhys bisect`: the change between two revisions that explains a failure.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use rstest::rstest;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::program::{fivewhys, run, stderr, stdout};

const CANARY: &str = "canary-of-a-secret-that-is-long-enough";

/// A target with names of its own.
const TARGET: &str = r#"
default = "shop"

[target.shop]
backend = "http://127.0.0.1:9"
auth = "http://127.0.0.1:9"
evidence = ["edge", "auth", "manifest"]
variables = { service-secret = "CALLER_SECRET", service-id = "CALLER_ID", jwt-secret = "SIGNING_SECRET", auth-url = "ACCOUNTS_URL", required = ["DATABASE_URL"] }
signing_secret = ["env:SIGNING"]
caller = { id_header = "X-Client-Id", secret_header = "X-Client-Secret", id = "orders", secret = ["env:CALLER"] }
user.primary = { sub = "u-1", email = "one@users.test" }
claims = { iss = "accounts.test", aud = "orders.test", ttl = "5m" }
validation = "auth-service"
names = { backend = "orders", auth = "accounts", project = "p", region = "r" }

[target.shop.endpoint."backend.items"]
role = "protected"
path = "/v1/items"
token_locations = ["header"]
accept = { status = 200 }
"#;

struct Files(TempDir);

impl Files {
    fn new() -> Self {
        let files = Self(tempfile::tempdir().expect("a folder"));
        files.write("fivewhys.toml", TARGET);
        files
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path().join(name);
        fs::write(&path, text).expect("a file");
        path
    }

    /// Runs `fivewhys bisect` in the folder. Returns the exit code, stdout and stderr.
    fn bisect(&self, arguments: &[&str]) -> (Option<i32>, String, String) {
        let path = format!("{}:/usr/bin:/bin", self.path().display());
        let mut command = fivewhys(["bisect"]);
        let output = command.args(arguments).current_dir(self.path()).env("PATH", path).output().expect("it starts");
        let all = format!("{}{}", stdout(&output), stderr(&output));
        assert!(!all.contains("canary"), "{all}");
        (output.status.code(), stdout(&output).to_owned(), stderr(&output).to_owned())
    }
}

fn secret(name: &str, of: &str) -> Value {
    json!({ "name": name, "valueFrom": { "secretKeyRef": { "name": of, "key": "3" } } })
}

/// The variables of a revision that works.
fn usual() -> Vec<Value> {
    vec![
        json!({ "name": "CALLER_ID", "value": "orders" }),
        json!({ "name": "ACCOUNTS_URL", "value": "https://accounts.shop.test" }),
        json!({ "name": "PASSPHRASE", "value": CANARY }),
        secret("CALLER_SECRET", "caller"),
        secret("SIGNING_SECRET", "signing"),
        secret("DATABASE_URL", "database"),
    ]
}

fn revision(number: u32, env: &[Value]) -> String {
    let name = format!("orders-{number:05}-abc");
    let metadata = json!({ "name": name, "labels": { "serving.knative.dev/service": "orders" } });
    json!({ "kind": "Revision", "metadata": metadata, "spec": { "containers": [{ "env": env }] } }).to_string()
}

fn last_line(page: &str) -> &str {
    page.lines().last().unwrap_or_default()
}

/// Recorded calls that all failed.
fn har(status: u16) -> String {
    let entry = |path: &str| {
        json!({
            "startedDateTime": "2026-11-22T03:00:00.000Z", "time": 80, "_resourceType": "fetch",
            "request": { "method": "GET", "url": format!("http://127.0.0.1:9{path}"), "headers": [
                { "name": "authorization", "value": "Bearer canary-token" },
            ] },
            "response": { "status": status, "headers": [], "content": { "mimeType": "application/json", "text": "{}" } },
            "timings": { "wait": 70, "receive": 10 },
        })
    };
    let entries = [entry("/v1/items"), entry("/v1/orders")];
    json!({ "log": { "version": "1.2", "creator": { "name": "Firefox", "version": "145" }, "entries": entries } })
        .to_string()
}

#[test]
fn an_environment_that_a_deploy_replaced_is_named_first() {
    let files = Files::new();
    files.write("a.json", &revision(6, &usual()));
    files.write("b.json", &revision(7, &[json!({ "name": "RELEASE", "value": "2f1c9ab" })]));
    files.write("page.har", &har(503));
    for evidence in [&["a.json", "b.json"][..], &["a.json", "b.json", "page.har"]] {
        let (code, page, errors) = files.bisect(evidence);
        assert_eq!(code, Some(1), "{page}{errors}");
        assert!(page.lines().nth(1).is_some_and(|line| line.contains("the whole environment was replaced")), "{page}");
        let says = "the whole environment was replaced (backend/environment-replaced";
        assert!(last_line(&page).contains(says), "{page}");
    }
}

#[test]
fn evidence_in_which_nothing_failed_explains_no_change() {
    let files = Files::new();
    files.write("a.json", &revision(6, &usual()));
    files.write("b.json", &revision(7, &usual()[..5]));
    files.write("page.har", &har(200));
    let (code, page, errors) = files.bisect(&["a.json", "b.json", "page.har"]);
    assert_eq!(code, Some(0), "{page}{errors}");
    assert_eq!(last_line(&page), "no change explains a failure: the evidence shows none");
    assert_eq!(files.bisect(&["a.json", "b.json"]).0, Some(1), "the contract requires the variable");
}

#[test]
fn the_evidence_of_an_incident_names_the_lost_variables() {
    let incident =
        |name: &str| format!("{}/tests/incidents/deploy-lost-service-credentials/{name}", env!("CARGO_MANIFEST_DIR"));
    let files = ["backend-00611-cr5.json", "backend.json", "auth.json", "log.json"].map(incident);
    let output = run(["bisect"].into_iter().chain(files.iter().map(String::as_str)));
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    insta::assert_snapshot!(stdout(&output));
}

#[test]
fn the_older_manifest_never_counts_as_the_current_one() {
    let files = Files::new();
    files.write("a.json", &revision(9, &usual()));
    files.write("b.json", &revision(2, &[json!({ "name": "RELEASE", "value": "2f1c9ab" })]));
    files.write("page.har", &har(503));
    let (code, page, _) = files.bisect(&["a.json", "b.json", "page.har", "backend=a.json"]);
    assert_eq!(code, Some(1), "{page}");
    assert!(last_line(&page).contains("backend/environment-replaced, "), "{page}");
}

#[test]
fn the_json_has_a_schema_and_every_change() {
    let files = Files::new();
    let mut env = usual();
    env[2] = json!({ "name": "PASSPHRASE", "value": format!("{CANARY}-2") });
    env.pop();
    files.write("a.json", &revision(6, &usual()));
    files.write("b.json", &revision(7, &env));
    let (code, text, _) = files.bisect(&["a.json", "b.json", "--format", "json"]);
    let outcome: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!((code, &outcome["schema"]), (Some(1), &json!("fivewhys/bisect/1")));
    assert_eq!((&outcome["is_explained"], &outcome["by_evidence"]), (&json!(true), &json!(false)));
    let kinds: Vec<&Value> = outcome["changes"].as_array().expect("changes").iter().map(|one| &one["kind"]).collect();
    assert_eq!(kinds, ["lost", "changed"]);
    assert_eq!(outcome["changes"][0]["fault"]["id"], "backend/required-config-missing");
}

/// Writes a `gcloud` that prints a revision of the folder, and the arguments to a file.
fn fake_gcloud(files: &Files) {
    let script = "#!/bin/sh\necho \"$@\" >> called\ncat \"$4.json\"\n";
    let gcloud = files.write("gcloud", script);
    fs::set_permissions(&gcloud, fs::Permissions::from_mode(0o755)).expect("it is ours");
}

#[test]
fn a_named_revision_is_fetched_with_a_read_only_command() {
    let files = Files::new();
    fake_gcloud(&files);
    files.write("orders-00006-abc.json", &revision(6, &usual()));
    files.write("b.json", &revision(7, &usual()[..5]));
    let (code, page, errors) = files.bisect(&["orders-00006-abc", "b.json"]);
    assert_eq!(code, Some(1), "{page}{errors}");
    assert!(last_line(&page).contains("DATABASE_URL was lost (backend/required-config-missing)"), "{page}");
    let called = fs::read_to_string(files.path().join("called")).expect("it was called");
    assert_eq!(called, "run revisions describe orders-00006-abc --project=p --region=r --format=json\n");
}

#[rstest]
#[case::no_file(&["nowhere.json", "b.json"], "cannot read nowhere.json")]
#[case::no_service(&["elsewhere-00001-abc", "b.json"], "neither a file nor a revision of a service")]
#[case::an_option(&["backend=--quiet", "b.json"], "cannot read --quiet")]
#[case::not_granted(&["orders-00001-abc", "b.json", "--evidence", "edge"], "gcloud run revisions describe orders-00001-abc")]
#[case::the_command_fails(&["orders-00001-abc", "b.json"], "cannot be fetched: `gcloud`")]
#[case::twice(&["-", "backend=-"], "standard input can be read once")]
#[case::broken(&["broken.json", "b.json"], "broken.json, line 1, column 2")]
#[case::nothing_in_common(&["backend=b.json", "auth=b.json"], "no service in common")]
#[case::not_in_the_contract(&["frontend=b.json", "b.json"], "the contract does not name `frontend`")]
#[case::no_call(&["b.json", "b.json", "b.json"], "this evidence shows no call")]
fn unreadable_input_is_a_mistake(#[case] arguments: &[&str], #[case] says: &str) {
    let files = Files::new();
    fake_gcloud(&files);
    files.write("broken.json", "{canary");
    files.write("b.json", &revision(7, &usual()));
    let (code, page, errors) = files.bisect(arguments);
    let errors = errors.replace("\n  │", "").replace("\n        ", " ");
    assert_eq!((code, page.as_str()), (Some(2), ""), "{errors}");
    assert!(errors.contains(says), "{errors}");
}
