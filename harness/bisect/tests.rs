//! Two manifests of one service that differ in one thing each.

use proptest::prelude::{prop_assert, proptest};
use rstest::{Context, rstest};
use serde_json::{Value, json};

use super::change::Kind;
use super::{Outcome, bisect, page};
use crate::config::Target;
use crate::diagnose::{Catalogue, Cause};
use crate::evidence::declarations;
use crate::fixtures::staging;
use crate::preflight::{Contract, Review, Subject};

/// The value of every literal secret. No output may hold it.
const CANARY: &str = "canary-of-a-secret-that-is-long-enough";

fn literal(name: &str, value: &str) -> Value {
    json!({ "name": name, "value": value })
}

fn secret(name: &str, secret: &str, version: &str) -> Value {
    json!({ "name": name, "valueFrom": { "secretKeyRef": { "name": secret, "key": version } } })
}

/// A Cloud Run service that is in order.
fn backend() -> Value {
    let env = json!([
        literal("SERVICE_ID", "netra-backend"),
        literal("AUTH_SERVICE_URL", "https://auth.staging.netrasystems.ai"),
        literal("COLOUR", CANARY),
        secret("SERVICE_SECRET", "service-secret", "3"),
        secret("JWT_SECRET_KEY", "jwt-secret", "3"),
        secret("DATABASE_URL", "database", "1"),
        secret("GEMINI_API_KEY", "gemini", "1"),
    ]);
    let container = json!({ "image": "registry.test/backend:6", "env": env, "ports": [{ "name": "http1", "containerPort": 8080 }] });
    json!({
        "apiVersion": "serving.knative.dev/v1",
        "metadata": { "name": "netra-backend-staging", "annotations": { "run.googleapis.com/ingress": "all" } },
        "spec": { "template": { "spec": { "containers": [container] } } },
        "status": {
            "conditions": [{ "type": "Ready", "status": "True" }],
            "latestCreatedRevisionName": "b-2",
            "traffic": [{ "percent": 100, "revisionName": "b-2" }],
        },
    })
}

/// Sets a variable, or removes it when there is no new entry.
fn with(name: &str, entry: Option<Value>) -> Value {
    let mut manifest = backend();
    let env = manifest.pointer_mut("/spec/template/spec/containers/0/env").and_then(Value::as_array_mut);
    let env = env.expect("an environment");
    env.retain(|one| one["name"] != name);
    env.extend(entry);
    manifest
}

fn at(pointer: &str, value: Value) -> Value {
    let mut manifest = backend();
    *manifest.pointer_mut(pointer).expect("a place") = value;
    manifest
}

fn replaced() -> Value {
    at("/spec/template/spec/containers/0/env", json!([literal("RELEASE", "2f1c9ab")]))
}

/// A cause with one more candidate.
fn cause(fault: &str, certainty: &str, other: &str) -> Cause {
    let other = json!({ "fault": other, "title": "t", "confidence": 0.2 });
    let text = json!({
        "fault": fault, "title": "t", "hop": "backend", "certainty": certainty, "confidence": 0.75, "explains": ["s/1"],
        "alternatives": [other], "whys": [], "ruled_out": [], "involves": [],
    });
    serde_json::from_value(text).expect("a cause")
}

fn subjects(manifest: &Value, target: &Target) -> Vec<Subject> {
    let read = declarations("m.json", &manifest.to_string(), &target.names).expect("a manifest");
    read.into_iter().map(|one| Subject::of(one, None, &target.names)).collect()
}

fn compared(before: &Value, now: &Value, causes: Option<&[Cause]>) -> (Outcome, String) {
    let (target, catalogue) = (staging(), Catalogue::shipped());
    let contract = Contract::of_target(&target, catalogue).expect("the shipped contract");
    let (before, now) = (subjects(before, &target), subjects(now, &target));
    let outcome = bisect(&Review::new(&target, catalogue, &contract, &now, &before), causes);
    let page = page(&outcome, &str::to_owned);
    let all = format!("{page}{}", serde_json::to_string(&outcome).expect("JSON"));
    assert!(!all.contains("canary"), "{all}");
    (outcome, page)
}

/// The kind of each change, and the fault by which it explains the failure.
fn found(outcome: &Outcome) -> Vec<(Kind, Option<&str>)> {
    outcome.changes.iter().map(|change| (change.kind, change.fault.as_ref().map(|fault| fault.id.as_str()))).collect()
}

#[rstest]
#[case::lost(with("SERVICE_SECRET", None), &[(Kind::Lost, Some("backend-auth/service-secret-missing"))])]
#[case::lost_and_not_required(with("COLOUR", None), &[(Kind::Lost, None)])]
#[case::blank(with("SERVICE_ID", Some(literal("SERVICE_ID", " "))), &[(Kind::Changed, Some("backend-auth/service-id-missing"))])]
#[case::wrong(with("SERVICE_ID", Some(literal("SERVICE_ID", "backend"))), &[(Kind::Changed, Some("backend-auth/service-id-mismatch"))])]
#[case::local(with("AUTH_SERVICE_URL", Some(literal("AUTH_SERVICE_URL", "http://localhost:1"))), &[(Kind::Changed, Some("backend-auth/auth-url-wrong"))])]
#[case::another_version(with("JWT_SECRET_KEY", Some(secret("JWT_SECRET_KEY", "jwt-secret", "4"))), &[(Kind::Changed, None)])]
#[case::another_literal(with("COLOUR", Some(literal("COLOUR", "canary-2"))), &[(Kind::Changed, None)])]
#[case::added(with("SHAPE", Some(literal("SHAPE", CANARY))), &[(Kind::Added, None)])]
#[case::image(at("/spec/template/spec/containers/0/image", json!("registry.test/backend:7")), &[(Kind::Image, None)])]
#[case::port(at("/spec/template/spec/containers/0/ports/0/containerPort", json!(9090)), &[(Kind::Port, None)])]
#[case::h2c(at("/spec/template/spec/containers/0/ports/0/name", json!("h2c")), &[(Kind::Port, Some("edge/drops-upgrade"))])]
#[case::ingress(at("/metadata/annotations", json!({ "run.googleapis.com/ingress": "internal" })), &[(Kind::Ingress, None)])]
#[case::traffic(at("/status/traffic", json!([{ "percent": 100, "revisionName": "b-1" }])), &[(Kind::Traffic, None)])]
#[case::not_ready(at("/status/conditions/0/status", json!("False")), &[(Kind::Ready, Some("backend/crashing"))])]
#[case::nothing(backend(), &[])]
#[case::a_rollout(at("/status", json!({ "conditions": [{ "type": "Ready", "status": "True" }], "latestCreatedRevisionName": "b-3", "traffic": [{ "percent": 100, "revisionName": "b-3" }] })), &[])]
fn every_kind_of_change_is_listed_with_the_fault_that_it_causes(
    #[case] now: Value,
    #[case] expected: &[(Kind, Option<&str>)],
) {
    let (outcome, _) = compared(&backend(), &now, None);
    assert_eq!(found(&outcome), expected);
    assert_eq!(outcome.is_explained, expected.iter().any(|(_, fault)| fault.is_some()));
}

#[rstest]
#[case::a_candidate("backend-auth/service-secret-missing", "certain", true)]
#[case::not_a_candidate("auth/down", "certain", false)]
#[case::not_known("unknown@backend", "unknown", true)]
fn the_evidence_decides_which_change_explains_the_failure(
    #[case] fault: &str,
    #[case] certainty: &str,
    #[case] explained: bool,
) {
    let causes = [cause(fault, certainty, "auth/database-down")];
    let (outcome, page) = compared(&backend(), &with("SERVICE_SECRET", None), Some(&causes));
    assert_eq!(outcome.is_explained, explained, "{page}");
    assert_eq!(page.contains("by the contract alone"), certainty == "unknown", "{page}");
}

#[test]
fn another_value_explains_only_what_the_evidence_shows() {
    let now = with("SERVICE_SECRET", Some(secret("SERVICE_SECRET", "service-secret", "4")));
    let mismatch = [cause("auth/down", "ambiguous", "backend-auth/service-secret-mismatch")];
    let (outcome, page) = compared(&backend(), &now, Some(&mismatch));
    assert_eq!(found(&outcome), [(Kind::Changed, Some("backend-auth/service-secret-mismatch"))], "{page}");
    assert_eq!(outcome.changes[0].share, Some(0.2));
    assert!(!compared(&backend(), &now, None).0.is_explained);
}

#[test]
fn a_problem_of_both_revisions_explains_nothing() {
    let wrong = |id: &str| with("SERVICE_ID", Some(literal("SERVICE_ID", id)));
    let now = wrong("another");
    assert_eq!(found(&compared(&wrong("backend"), &now, None).0), [(Kind::Changed, None)]);
    assert!(compared(&backend(), &now, None).0.is_explained);
}

#[test]
fn a_variable_that_the_service_reads_under_another_name_is_not_missing() {
    let both = with("JWT_SECRET", Some(secret("JWT_SECRET", "jwt-secret", "3")));
    let causes = [cause("backend/jwt-secret-missing", "likely", "auth/down")];
    assert_eq!(found(&compared(&both, &backend(), Some(&causes)).0), [(Kind::Lost, None)]);
    let neither = with("JWT_SECRET_KEY", None);
    assert!(compared(&backend(), &neither, Some(&causes)).0.is_explained);
}

#[test]
fn a_service_that_only_one_revision_has_is_not_compared() {
    let both = json!({ "services": { "backend": { "image": "b:1" }, "auth": { "image": "a:1" } } });
    let one = json!({ "services": { "backend": { "image": "b:2" } } });
    for (before, now) in [(&both, &one), (&one, &both)] {
        let (outcome, page) = compared(before, now, None);
        assert_eq!(found(&outcome), [(Kind::Image, None)]);
        assert_eq!(outcome.not_compared, ["auth"]);
        assert!(page.contains("only one revision has it: auth"), "{page}");
    }
}

#[rstest]
#[case::by_the_contract(with("SERVICE_SECRET", None), None)]
#[case::the_environment_was_replaced(replaced(), None)]
#[case::by_the_evidence(replaced(), Some(vec![cause("backend/environment-replaced", "likely", "backend/jwt-secret-missing")]))]
#[case::another_literal_value(with("COLOUR", Some(literal("COLOUR", "canary-2"))), None)]
#[case::only_the_image(at("/spec/template/spec/containers/0/image", json!("registry.test/backend:7")), Some(vec![cause("auth/down", "likely", "auth/database-down")]))]
#[case::no_failure(with("SERVICE_SECRET", None), Some(vec![]))]
#[case::no_difference(backend(), None)]
fn the_page(#[context] context: Context, #[case] now: Value, #[case] causes: Option<Vec<Cause>>) {
    let (_, page) = compared(&backend(), &now, causes.as_deref());
    insta::with_settings!({ filters => vec![("[0-9a-f]{12}", "FINGERPRINT")] }, {
        insta::assert_snapshot!(context.description.expect("a name"), page);
    });
}

proptest! {
    #[test]
    fn no_value_is_shown(name in "[A-Z_]{1,12}", before in r"canary\PC{0,20}", now in r"\PC{0,20}canary") {
        let (before, now) = (with(&name, Some(literal(&name, &before))), with(&name, Some(literal(&name, &now))));
        let (outcome, page) = compared(&before, &now, None);
        prop_assert!(!page.contains("canary") && !outcome.conclusion.contains("canary"));
    }
}
