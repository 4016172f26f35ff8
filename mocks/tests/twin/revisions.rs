//! What a deploy changed: the history of revisions, the names of variables, and a service without its id.

use fivewhys_mocks::{Dialect, Fault, JwtVariable, Twin};
use rstest::rstest;
use serde_json::Value;

use crate::support::{client, list_messages, logged, valid};

const BACKEND: &str = "netra-backend-staging";

/// Returns the names of the variables of a revision.
fn names(revision: &Value) -> Vec<&str> {
    let env = revision.pointer("/spec/containers/0/env").and_then(Value::as_array);
    env.into_iter().flatten().filter_map(|one| one["name"].as_str()).collect()
}

async fn read(twin: &Twin, path: &str) -> (u16, Value) {
    let answer = client().get(format!("{}{path}", twin.control_url())).send().await.expect("an answer");
    (answer.status().as_u16(), answer.json().await.unwrap_or_default())
}

#[tokio::test]
async fn the_history_has_the_revision_before_the_fault() {
    let twin = Twin::builder().fault(Fault::ServiceSecretMissing).start().await.expect("it boots");
    let (_, all) = read(&twin, "/revisions/backend.json").await;
    let (newest, previous) = (&all[0], &all[1]);
    assert_eq!(newest["metadata"]["name"], "netra-backend-staging-00639-g4g");
    assert_eq!(previous["metadata"]["name"], "netra-backend-staging-00611-cr5");
    assert!(!names(newest).contains(&"SERVICE_SECRET") && names(previous).contains(&"SERVICE_SECRET"));
    let ready = |revision: &Value| revision["status"]["conditions"][0]["status"].clone();
    assert_eq!((ready(newest), ready(previous)), ("False".into(), "True".into()));
}

#[rstest]
#[case("previous", 200)]
#[case("netra-backend-staging-00611-cr5", 200)]
#[case("netra-backend-staging-00001-xyz", 404)]
#[tokio::test]
async fn a_manifest_of_one_revision_can_be_asked_for(#[case] revision: &str, #[case] status: u16) {
    let twin = Twin::builder().start().await.expect("it boots");
    let (answered, manifest) = read(&twin, &format!("/manifests/backend.json?revision={revision}")).await;
    assert_eq!(answered, status);
    assert_eq!(manifest["kind"] == "Revision", status == 200);
}

#[rstest]
#[case(JwtVariable::Staging, JwtVariable::ALL, 200)]
#[case(JwtVariable::Plain, JwtVariable::ALL, 200)]
#[case(JwtVariable::Staging, &[JwtVariable::Key, JwtVariable::Plain], 503)]
#[tokio::test]
async fn a_secret_under_a_name_that_the_code_does_not_read_is_missing(
    #[case] set: JwtVariable,
    #[case] read: &[JwtVariable],
    #[case] status: u16,
) {
    let asked = Twin::builder().jwt_variable(set).backend_reads(read.iter().copied());
    let twin = asked.start().await.expect("it boots");
    assert_eq!(list_messages(&twin, Some(&valid(&twin))).await.status(), status);
    assert!(names(&twin.revisions().backend[0]).contains(&set.id()));
    assert_eq!(logged(&twin, BACKEND, "No JWT secret configured"), status == 503);
}

#[rstest]
#[case::no_built_in_id(Dialect::Documented, 403)]
#[case::no_built_in_id_modern(Dialect::Modern, 401)]
#[case::built_in_id(Dialect::Observed, 200)]
#[tokio::test]
async fn a_backend_without_its_id_is_refused_unless_its_version_has_one_built_in(
    #[case] dialect: Dialect,
    #[case] status: u16,
) {
    let asked = Twin::builder().dialect(dialect).fault(Fault::ServiceIdMissing).startup_validation(false);
    let twin = asked.start().await.expect("it boots");
    assert_eq!(list_messages(&twin, Some(&valid(&twin))).await.status(), status);
    assert_eq!(logged(&twin, BACKEND, "SERVICE_ID is not configured"), status != 200);
}

#[tokio::test]
async fn noisy_services_write_lines_that_no_fault_causes() {
    let twin = Twin::builder().noise("log-lines".parse().expect("a noise")).start().await.expect("it boots");
    assert_eq!(list_messages(&twin, Some(&valid(&twin))).await.status(), 200);
    for line in ["Application startup complete.", "Connection failed", "GET /api/threads | Status: 200"] {
        assert!(logged(&twin, BACKEND, line), "{line}");
    }
    let quiet = Twin::builder().start().await.expect("it boots");
    assert!(!logged(&quiet, BACKEND, "Connection failed"));
}
