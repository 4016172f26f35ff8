//! `fivewhys preflight` and `fivewhys contract`: manifests are checked, and nothing is sent.

use std::path::PathBuf;

use rstest::rstest;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::program::{fivewhys, run, stderr, stdout};

const CANARY: &str = "canary-of-a-secret-that-is-long-enough";
const TARGET: [&str; 2] = ["--target", "staging"];

struct Files(TempDir);

impl Files {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn write(&self, name: &str, text: &str) -> String {
        let path: PathBuf = self.0.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path.display().to_string()
    }

    /// A revision of the backend with these additional variables.
    fn backend(&self, name: &str, more: &[Value]) -> String {
        let secret =
            |name: &str, of: &str| json!({ "name": name, "valueFrom": { "secretKeyRef": { "name": of, "key": "3" } } });
        let mut env = vec![
            json!({ "name": "SERVICE_ID", "value": "netra-backend" }),
            json!({ "name": "AUTH_SERVICE_URL", "value": "https://auth.staging.netrasystems.ai" }),
            secret("JWT_SECRET_KEY", "jwt"),
            secret("DATABASE_URL", "database"),
            secret("GEMINI_API_KEY", "gemini"),
        ];
        env.extend(more.iter().cloned());
        let metadata = json!({ "name": "b-2", "labels": { "serving.knative.dev/service": "netra-backend-staging" } });
        self.write(name, &json!({ "metadata": metadata, "spec": { "containers": [{ "env": env }] } }).to_string())
    }
}

fn service_secret(value: Value) -> Value {
    let mut entry = json!({ "name": "SERVICE_SECRET" });
    entry.as_object_mut().expect("a table").extend(value.as_object().cloned().expect("a table"));
    entry
}

fn by_reference() -> Value {
    service_secret(json!({ "valueFrom": { "secretKeyRef": { "name": "service-secret", "key": "3" } } }))
}

#[test]
fn a_lost_variable_is_named_with_its_fault_and_its_repair() {
    let files = Files::new();
    let (now, before) = (files.backend("now.json", &[]), files.backend("before.json", &[by_reference()]));
    let output = run(["preflight", &now, "--against", &before, TARGET[0], TARGET[1]]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let page = stdout(&output);
    assert!(page.contains("SERVICE_SECRET was lost"), "{page}");
    assert!(page.contains("causes backend-auth/service-secret-missing"), "{page}");
    assert!(page.contains("gcloud run services update netra-backend-staging"), "{page}");
    assert!(page.contains("--update-secrets=SERVICE_SECRET=service-secret:3"), "{page}");
    assert!(page.lines().last().is_some_and(|last| last.starts_with("1 error, 0 warnings")), "{page}");
}

#[test]
fn manifests_in_order_pass_from_standard_input_too() {
    let files = Files::new();
    let now = files.backend("now.json", &[by_reference()]);
    let text = std::fs::read(&now).expect("it was written");
    for (file, input) in [(now.as_str(), Vec::new()), ("-", text.clone()), ("backend=-", text)] {
        let output =
            fivewhys(["preflight", file, TARGET[0], TARGET[1]]).write_stdin(input).output().expect("it starts");
        assert_eq!(output.status.code(), Some(0), "{}{}", stdout(&output), stderr(&output));
    }
}

#[rstest]
#[case::human("human")]
#[case::json("json")]
fn no_output_holds_a_value(#[case] format: &str) {
    let files = Files::new();
    let literal = |value: &str| service_secret(json!({ "value": value }));
    let now = files.backend("now.json", &[literal(&format!("{CANARY}\n"))]);
    let before = files.backend("before.json", &[literal(CANARY)]);
    let env = files.write("auth.env", &format!("SERVICE_SECRET={CANARY}-2\nJWT_SECRET=canary\n"));
    let auth = format!("auth={env}");
    let output = run(["preflight", &now, &auth, "--against", &before, "--format", format, TARGET[0], TARGET[1]]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let all = format!("{}{}", stdout(&output), stderr(&output));
    assert!(!all.contains("canary"), "{all}");
    for check in ["literal-secret", "padded-value", "shared-value-differs", "variable-changed", "too-short"] {
        assert!(all.contains(check), "{check}: {all}");
    }
}

#[test]
fn the_json_has_a_schema_and_every_problem() {
    let files = Files::new();
    let now = files.backend("now.json", &[]);
    let output = run(["preflight", &now, "--format", "json", TARGET[0], TARGET[1]]);
    let outcome: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!((&outcome["schema"], &outcome["passed"]), (&json!("fivewhys/preflight/1"), &json!(false)));
    let problem = &outcome["problems"][0];
    assert_eq!(problem["check"], "required-absent");
    assert_eq!(problem["fault"]["id"], "backend-auth/service-secret-missing");
    let service = &outcome["services"][0];
    assert_eq!(
        (&service["service"], &service["name"], &service["compared"]),
        (&json!("backend"), &json!("b-2"), &json!(false))
    );
    assert_eq!(service["reads"]["jwt-secret"], "JWT_SECRET_KEY");
}

#[rstest]
#[case::no_file(&["preflight", "nowhere.json"], "nowhere.json")]
#[case::nothing(&["preflight"], "required")]
#[case::no_contract(&["preflight", "-", "--contract", "nowhere.toml"], "nowhere.toml")]
#[case::twice(&["preflight", "-", "--against", "backend=-"], "standard input can be read once")]
#[case::unreadable(&["preflight", "-"], "standard input, line 1, column 2")]
#[case::from_nothing(&["contract", "--from", "-"], "standard input, line 1, column 2")]
fn unreadable_input_is_a_mistake(#[case] arguments: &[&str], #[case] says: &str) {
    let output = fivewhys(arguments).write_stdin("{canary").output().expect("it starts");
    assert_eq!((output.status.code(), stdout(&output)), (Some(2), ""));
    assert!(stderr(&output).contains(says) && !stderr(&output).contains("canary"), "{}", stderr(&output));
}

#[rstest]
#[case::stranger("frontend", None, "the contract does not name `frontend`")]
#[case::no_newer_one("backend", Some("auth"), "there is no newer manifest of `auth`")]
fn a_check_of_nothing_does_not_pass(#[case] service: &str, #[case] against: Option<&str>, #[case] says: &str) {
    let files = Files::new();
    let file = files.backend("now.json", &[by_reference()]);
    let mut arguments = vec!["preflight".to_owned(), format!("{service}={file}")];
    arguments.extend(against.into_iter().flat_map(|name| ["--against".to_owned(), format!("{name}={file}")]));
    let output = run(arguments);
    assert_eq!((output.status.code(), stdout(&output)), (Some(2), ""));
    assert!(stderr(&output).contains(says), "{}", stderr(&output));
}

#[test]
fn a_contract_of_a_revision_is_fulfilled_by_it_and_misses_what_is_lost() {
    let files = Files::new();
    let works = files.backend("works.json", &[by_reference(), json!({ "name": "COLOUR", "value": CANARY })]);
    let output = run(["contract", "--from", &works, TARGET[0], TARGET[1]]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(!stdout(&output).contains("canary"), "{}", stdout(&output));
    let contract = files.write("contract.toml", stdout(&output));
    let checked = |file: &str| run(["preflight", file, "--contract", &contract, TARGET[0], TARGET[1]]);
    assert_eq!(checked(&works).status.code(), Some(0), "{}", stdout(&checked(&works)));
    let lost = checked(&files.backend("lost.json", &[by_reference()]));
    assert_eq!(lost.status.code(), Some(1));
    assert!(stdout(&lost).contains("COLOUR is not set"), "{}", stdout(&lost));
}

#[test]
fn the_contract_of_the_target_is_a_contract_file() {
    let files = Files::new();
    let output = run(["contract", TARGET[0], TARGET[1]]);
    let contract = files.write("contract.toml", stdout(&output));
    let now = files.backend("now.json", &[by_reference()]);
    let checked = run(["preflight", &now, "--contract", &contract, TARGET[0], TARGET[1]]);
    assert_eq!(checked.status.code(), Some(0), "{}{}", stdout(&checked), stderr(&checked));
}
