//! Facts from two manifests, two clocks and two secrets, and what yields no fact.

use std::collections::BTreeMap;

use rstest::rstest;

use crate::diagnose::facts::facts;
use crate::diagnose::model::fact::Fact;
use crate::evidence::Manifest;
use crate::fixtures::{endpoint, exchange, staging};
use crate::observe::{Observation, observe};
use crate::terms::{Service, TokenKind};

fn manifest(name: &str, env: &str) -> Manifest {
    let text = format!(
        r#"{{"metadata":{{"name":"{name}"}},"spec":{{"template":{{"spec":{{"containers":[{{"env":[{env}]}}]}}}}}}}}"#
    );
    Manifest::parse(&text, &staging().names.shown).expect("a manifest")
}

fn secret(variable: &str, name: &str, version: &str) -> String {
    format!(r#"{{"name":"{variable}","valueFrom":{{"secretKeyRef":{{"name":"{name}","key":"{version}"}}}}}}"#)
}

fn read(backend: &str, auth: &str) -> Vec<Fact> {
    let manifests = BTreeMap::from([
        (Service::Backend, manifest("netra-backend-staging", backend)),
        (Service::Auth, manifest("netra-auth-service", auth)),
    ]);
    facts(&staging(), &[], &manifests)
}

fn value(facts: &[Fact], key: &str) -> Option<(&'static str, bool)> {
    facts.iter().find(|fact| fact.key == key).map(|fact| (fact.value, fact.anomaly))
}

#[rstest]
#[case::same_pinned(("s", "3"), ("s", "3"), ("same", false))]
#[case::rotated_at_one_end(("s", "3"), ("s", "4"), ("differs", true))]
#[case::latest_is_fixed_when_an_instance_starts(("s", "latest"), ("s", "latest"), ("unknown", false))]
#[case::latest_against_pinned(("s", "3"), ("s", "latest"), ("unknown", false))]
#[case::two_names_may_hold_one_value(("s", "3"), ("t", "3"), ("differs", false))]
fn two_references_to_a_secret_are_compared(
    #[case] backend: (&str, &str),
    #[case] auth: (&str, &str),
    #[case] means: (&str, bool),
) {
    let facts = read(&secret("SERVICE_SECRET", backend.0, backend.1), &secret("SERVICE_SECRET", auth.0, auth.1));
    assert_eq!(value(&facts, "service-secret"), Some(means));
}

#[test]
fn a_variable_set_only_in_the_other_service_is_an_anomaly() {
    let facts = read("", &secret("SERVICE_SECRET", "s", "3"));
    assert_eq!(value(&facts, "backend.service-secret"), Some(("absent", true)));
    assert_eq!(value(&facts, "auth.service-secret"), Some(("present", false)));
}

#[test]
fn a_variable_set_in_neither_service_is_no_anomaly() {
    assert_eq!(value(&read("", ""), "backend.service-secret"), Some(("absent", false)));
}

#[rstest]
#[case("netra-backend", ("same", false))]
#[case(" netra-backend\\n", ("same", false))]
#[case("netra-backend-staging", ("differs", true))]
fn the_service_id_is_compared_with_the_target_file(#[case] id: &str, #[case] means: (&str, bool)) {
    let facts = read(&format!(r#"{{"name":"SERVICE_ID","value":"{id}"}}"#), "");
    assert_eq!(value(&facts, "service-id"), Some(means));
}

#[rstest]
#[case("https://auth.staging.netrasystems.ai", ("same", false))]
#[case("http://localhost:8081", ("differs", true))]
#[case::an_inner_address_may_be_right("https://auth-xyz.a.run.app", ("unknown", false))]
#[case::one_server_under_both_schemes("http://auth.staging.netrasystems.ai", ("unknown", false))]
#[case::another_port_may_be_the_same_server("https://auth.staging.netrasystems.ai:8443", ("differs", false))]
fn only_a_loopback_address_is_surely_wrong(#[case] url: &str, #[case] means: (&str, bool)) {
    let facts = read(&format!(r#"{{"name":"AUTH_SERVICE_URL","value":"{url}"}}"#), "");
    assert_eq!(value(&facts, "auth-url"), Some(means));
}

#[test]
fn an_id_is_compared_under_the_name_that_the_target_gives() {
    let mut target = staging();
    let named = || "IDP_CLIENT".to_owned();
    target.variables.insert("service-id".to_owned(), vec![named()]);
    let text = r#"{"metadata":{"name":"b"},"spec":{"template":{"spec":{"containers":[{"env":[{"name":"IDP_CLIENT","value":"old"}]}]}}}}"#;
    let backend = |shown: &[String]| Manifest::parse(text, &shown.iter().cloned().collect()).expect("a manifest");
    let read = |shown: &[String]| facts(&target, &[], &BTreeMap::from([(Service::Backend, backend(shown))]));
    assert_eq!(value(&read(&[named()]), "service-id"), Some(("differs", true)));
    assert_eq!(value(&read(&[]), "service-id"), None);
}

#[test]
fn a_literal_secret_is_never_kept() {
    let literal = manifest("b", r#"{"name":"SERVICE_SECRET","value":"hunter2hunter2hunter2hunter2hunter2"}"#);
    assert!(!format!("{literal:?}").contains("hunter2"));
    assert!(!serde_json::to_string(&literal).expect("JSON").contains("hunter2"));
}

fn skewed(endpoint_id: &str, skews: &[i64]) -> Vec<Observation> {
    let seen = |skew: &i64| {
        let exchange = exchange(endpoint_id, TokenKind::None).answered(200, "application/json", "{}");
        let observation = observe(&exchange, &endpoint(endpoint_id), "").expect("an observation");
        Observation { clock_skew_s: Some(*skew), ..observation }
    };
    skews.iter().map(seen).collect()
}

#[rstest]
#[case::in_step(&[0, 1], &[-1], ("in-step", false))]
#[case::one_old_answer(&[-400, 0], &[0], ("in-step", false))]
#[case::one_server_of_two(&[0, 1], &[-90, -91], ("apart", true))]
#[case::the_date_of_the_edge_does_not_count(&[-400, -400], &[0], ("in-step", false))]
#[case::no_call_to_the_auth_service(&[-400, -400], &[], ("unknown", false))]
fn a_clock_is_wrong_if_every_response_of_a_service_shows_it(
    #[case] backend: &[i64],
    #[case] auth: &[i64],
    #[case] means: (&str, bool),
) {
    let observations: Vec<Observation> =
        skewed("backend.health", backend).into_iter().chain(skewed("auth.health", auth)).collect();
    let all: Vec<&Observation> = observations.iter().collect();
    assert_eq!(value(&facts(&staging(), &all, &BTreeMap::new()), "clock"), Some(means));
}

#[rstest]
#[case("all", Some(("open", false)))]
#[case("internal", Some(("closed", true)))]
#[case::open_to_load_balancers("internal-and-cloud-load-balancing", Some(("unknown", false)))]
fn a_service_closed_to_the_outside_is_an_anomaly(#[case] ingress: &str, #[case] means: Option<(&str, bool)>) {
    let text = format!(
        r#"{{"metadata":{{"name":"b","annotations":{{"run.googleapis.com/ingress":"{ingress}"}}}},
        "spec":{{"template":{{"spec":{{"containers":[{{"env":[]}}]}}}}}}}}"#
    );
    let manifest = Manifest::parse(&text, &std::collections::BTreeSet::new()).expect("a manifest");
    let facts = facts(&staging(), &[], &BTreeMap::from([(Service::Backend, manifest)]));
    assert_eq!(value(&facts, "backend.ingress"), means);
}

#[rstest]
#[case::all_are_there(&["DATABASE_URL", "GEMINI_API_KEY"], "present")]
#[case::one_is_gone(&["DATABASE_URL"], "absent")]
fn every_required_variable_counts(#[case] there: &[&str], #[case] means: &str) {
    let env: Vec<String> = there.iter().map(|name| secret(name, "s", "3")).collect();
    assert_eq!(value(&read(&env.join(","), ""), "backend.required"), Some((means, false)));
}

#[rstest]
#[case::a_container("HealthCheckContainerError: failed to start and listen on the port", Some("start"))]
#[case::kubernetes("CrashLoopBackOff: back-off restarting", Some("start"))]
#[case::a_secret("Secret projects/1/secrets/s/versions/3 was not found", Some("secret"))]
#[case::something_else("quota exceeded", None)]
fn the_reason_of_a_failed_rollout_is_classified(#[case] reason: &str, #[case] means: Option<&str>) {
    let backend = Manifest { ready: Some(false), reason: Some(reason.into()), ..Manifest::default() };
    let facts = facts(&staging(), &[], &BTreeMap::from([(Service::Backend, backend)]));
    assert_eq!(value(&facts, "backend.rollout-reason").map(|(value, _)| value), means);
}
