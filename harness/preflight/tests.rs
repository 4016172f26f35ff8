//! Every check, on manifests that have one mistake each.

use rstest::{Context, rstest};
use serde_json::{Value, json};

use super::review::{Check, Problem};
use super::{Contract, Outcome, Review, Subject, page, problems, written};
use crate::config::Target;
use crate::diagnose::Catalogue;
use crate::evidence::declarations;
use crate::fixtures::staging;

/// The value of every literal secret. No output may hold it.
const CANARY: &str = "canary-of-a-secret-that-is-long-enough";

fn literal(name: &str, value: &str) -> Value {
    json!({ "name": name, "value": value })
}

fn secret(name: &str, secret: &str, version: &str) -> Value {
    json!({ "name": name, "valueFrom": { "secretKeyRef": { "name": secret, "key": version } } })
}

/// A Cloud Run service that is in order.
fn service(name: &str, env: Vec<Value>) -> Value {
    json!({
        "apiVersion": "serving.knative.dev/v1",
        "metadata": { "name": name },
        "spec": { "template": { "spec": { "containers": [{ "env": env, "ports": [{ "name": "http1" }] }] } } },
        "status": {
            "conditions": [{ "type": "Ready", "status": "True" }],
            "latestCreatedRevisionName": format!("{name}-00002-abc"),
            "latestReadyRevisionName": format!("{name}-00002-abc"),
            "traffic": [{ "percent": 100, "revisionName": format!("{name}-00002-abc") }],
            "url": "https://shop.example.test",
        },
    })
}

fn backend() -> Value {
    let env = vec![
        literal("SERVICE_ID", "netra-backend"),
        literal("AUTH_SERVICE_URL", "https://auth.staging.netrasystems.ai"),
        literal("GOOGLE_CLIENT_ID", "id"),
        secret("SERVICE_SECRET", "service-secret", "3"),
        secret("JWT_SECRET_KEY", "jwt-secret", "3"),
        secret("DATABASE_URL", "database", "1"),
        secret("GEMINI_API_KEY", "gemini", "1"),
    ];
    service("netra-backend-staging", env)
}

fn auth() -> Value {
    let env = vec![secret("SERVICE_SECRET", "service-secret", "3"), secret("JWT_SECRET_KEY", "jwt-secret", "3")];
    service("netra-auth-service", env)
}

/// Sets a variable, or removes it when there is no new entry.
fn with(mut manifest: Value, name: &str, entry: Option<Value>) -> Value {
    let env = manifest.pointer_mut("/spec/template/spec/containers/0/env").and_then(Value::as_array_mut);
    let env = env.expect("an environment");
    env.retain(|one| one["name"] != name);
    env.extend(entry);
    manifest
}

fn at(mut manifest: Value, pointer: &str, value: Value) -> Value {
    *manifest.pointer_mut(pointer).expect("a place") = value;
    manifest
}

fn subjects(manifests: &[Value], target: &Target) -> Vec<Subject> {
    let read = |manifest: &Value| declarations("m.json", &manifest.to_string(), &target.names).expect("a manifest");
    manifests.iter().flat_map(read).map(|one| Subject::of(one, None, &target.names)).collect()
}

fn found_by(contract: &str, now: &[Value], previous: &[Value]) -> (Vec<Problem>, String) {
    let (target, catalogue) = (staging(), Catalogue::shipped());
    let contract = match contract {
        "" => Contract::of_target(&target, catalogue).expect("the shipped contract"),
        text => Contract::parse("contract.toml", text, &target, catalogue).expect("a contract"),
    };
    let (now, previous) = (subjects(now, &target), subjects(previous, &target));
    let review = Review::new(&target, catalogue, &contract, &now, &previous);
    let found = problems(&review);
    let outcome = Outcome::of(&review, found.clone());
    let page = page(&outcome, &str::to_owned);
    let all = format!("{page}{}", serde_json::to_string(&outcome).expect("JSON"));
    assert!(!all.contains("canary") && !all.contains("hunter"), "{all}");
    (found, page)
}

fn checks(now: &[Value], previous: &[Value]) -> Vec<Check> {
    found_by("", now, previous).0.into_iter().map(|problem| problem.check).collect()
}

#[test]
fn manifests_in_order_have_no_problem() {
    assert_eq!(checks(&[backend(), auth()], &[backend(), auth()]), []);
}

fn env(name: &str, entry: Value) -> Value {
    with(backend(), name, Some(entry))
}

#[rstest]
#[case::absent(with(backend(), "SERVICE_ID", None), &[Check::RequiredAbsent])]
#[case::blank(env("SERVICE_ID", literal("SERVICE_ID", " ")), &[Check::RequiredBlank])]
#[case::listed_as_required(with(backend(), "GEMINI_API_KEY", None), &[Check::RequiredAbsent])]
#[case::optional(with(backend(), "GOOGLE_CLIENT_ID", None), &[])]
#[case::optional_blank(env("GOOGLE_CLIENT_ID", literal("GOOGLE_CLIENT_ID", "")), &[Check::OptionalBlank])]
#[case::another_alias(with(env("JWT_SECRET", secret("JWT_SECRET", "jwt-secret", "3")), "JWT_SECRET_KEY", None), &[])]
#[case::a_shadowed_alias(env("JWT_SECRET", secret("JWT_SECRET", "old", "1")), &[Check::AliasShadowed])]
#[case::the_same_alias_twice(env("JWT_SECRET", secret("JWT_SECRET", "jwt-secret", "3")), &[])]
#[case::suffix(env("SERVICE_ID", literal("SERVICE_ID", "netra-backend-20250907")), &[Check::IdSuffix])]
#[case::another_id(env("SERVICE_ID", literal("SERVICE_ID", "backend")), &[Check::ValueDiffers])]
#[case::line_break(env("SERVICE_ID", literal("SERVICE_ID", "netra-backend\n")), &[Check::PaddedValue])]
#[case::space_elsewhere(env("COLOUR", literal("COLOUR", "red ")), &[Check::PaddedUnknown])]
#[case::local(env("DATABASE_URL", literal("DATABASE_URL", "postgresql://u:hunter2@localhost/db")), &[Check::ForbiddenValue, Check::CredentialLiteral])]
#[case::local_auth(env("AUTH_SERVICE_URL", literal("AUTH_SERVICE_URL", "http://127.0.0.1:8081")), &[Check::ForbiddenValue])]
#[case::switched_off(env("AUTH_SERVICE_ENABLED", literal("AUTH_SERVICE_ENABLED", "false")), &[Check::ForbiddenValue])]
#[case::literal(env("SERVICE_SECRET", literal("SERVICE_SECRET", CANARY)), &[Check::LiteralSecret, Check::SharedValueUnproven])]
#[case::short(env("SERVICE_SECRET", literal("SERVICE_SECRET", "hunter2")), &[Check::TooShort, Check::LiteralSecret, Check::SharedValueUnproven])]
#[case::literal_by_its_name(env("API_TOKEN", literal("API_TOKEN", CANARY)), &[Check::CredentialLiteral])]
#[case::other_version(env("SERVICE_SECRET", secret("SERVICE_SECRET", "service-secret", "2")), &[Check::SharedValueDiffers])]
#[case::other_name(env("SERVICE_SECRET", secret("SERVICE_SECRET", "secret", "3")), &[Check::SharedValueUnproven])]
#[case::latest(env("SERVICE_SECRET", secret("SERVICE_SECRET", "service-secret", "latest")), &[Check::SharedValueUnproven, Check::SecretLatest])]
#[case::proxy(env("HTTPS_PROXY", literal("HTTPS_PROXY", "http://proxy:3128")), &[Check::ProxyWithoutException])]
#[case::proxy_of_the_other_scheme(env("HTTP_PROXY", literal("HTTP_PROXY", "http://proxy:3128")), &[])]
#[case::proxy_with_exception(with(env("all_proxy", literal("all_proxy", "http://proxy:3128")), "no_proxy", Some(literal("no_proxy", "localhost,.netrasystems.ai"))), &[])]
#[case::proxy_with_exceptions_elsewhere(with(env("ALL_PROXY", literal("ALL_PROXY", "http://proxy:3128")), "NO_PROXY", Some(secret("NO_PROXY", "no-proxy", "1"))), &[])]
#[case::h2c(at(backend(), "/spec/template/spec/containers/0/ports/0/name", json!("h2c")), &[Check::WebsocketOverH2c])]
#[case::not_ready(at(backend(), "/status/conditions/0/status", json!("False")), &[Check::RevisionNotReady])]
#[case::pinned(at(backend(), "/status/traffic/0/revisionName", json!("netra-backend-staging-00001-xyz")), &[Check::NoTraffic])]
#[case::not_ready_and_elsewhere(at(at(backend(), "/status/traffic/0/revisionName", json!("b-1")), "/status/conditions/0/status", json!("False")), &[Check::RevisionNotReady])]
#[case::split(at(backend(), "/status/traffic", json!([{ "percent": 90, "revisionName": "netra-backend-staging-00002-abc" }, { "percent": 10, "revisionName": "b-1" }])), &[Check::TrafficSplit])]
fn one_mistake_is_one_problem(#[case] now: Value, #[case] expected: &[Check]) {
    assert_eq!(checks(&[now, auth()], &[]), expected);
}

#[rstest]
#[case::lost(with(backend(), "SERVICE_SECRET", None), &[Check::RequiredLost])]
#[case::lost_and_not_required(with(backend(), "GOOGLE_CLIENT_ID", None), &[Check::VariableLost])]
#[case::added(env("COLOUR", literal("COLOUR", "red")), &[Check::VariableAdded])]
#[case::another_literal(env("GOOGLE_CLIENT_ID", literal("GOOGLE_CLIENT_ID", CANARY)), &[Check::VariableChanged])]
#[case::another_version(env("DATABASE_URL", secret("DATABASE_URL", "database", "2")), &[Check::VariableChanged])]
#[case::another_alias(with(env("JWT_SECRET", secret("JWT_SECRET", "jwt-secret", "3")), "JWT_SECRET_KEY", None), &[Check::VariableLost, Check::AliasChanged, Check::VariableAdded])]
#[case::replaced(
    service("netra-backend-staging", vec![literal("SERVICE_ID", "netra-backend")]),
    &[Check::EnvironmentReplaced, Check::RequiredLost, Check::RequiredLost, Check::RequiredLost, Check::RequiredLost, Check::RequiredLost, Check::VariableLost]
)]
fn the_previous_manifest_shows_every_change(#[case] now: Value, #[case] expected: &[Check]) {
    assert_eq!(checks(&[now, auth()], &[backend(), auth()]), expected);
}

#[test]
fn a_whole_secret_may_hold_what_is_missing() {
    let text = json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "backend" },
        "spec": { "template": { "spec": { "containers": [{ "name": "app", "envFrom": [{ "secretRef": { "name": "s" } }] }] } } },
    });
    assert_eq!(checks(&[text, auth()], &[]), [Check::SourceNotRead]);
}

#[test]
fn two_literals_are_compared_by_their_fingerprints() {
    let set = |manifest: Value, value: &str| with(manifest, "SERVICE_SECRET", Some(literal("SERVICE_SECRET", value)));
    let other = format!("{CANARY}-2");
    let (differ, _) = found_by("", &[set(backend(), CANARY), set(auth(), &other)], &[]);
    let differ = differ.iter().find(|one| one.check == Check::SharedValueDiffers).expect("they differ");
    assert!(differ.says.contains("fingerprints are"), "{}", differ.says);
    let (equal, _) = found_by("", &[set(backend(), CANARY), set(auth(), CANARY)], &[]);
    assert!(!equal.iter().any(|one| one.check == Check::SharedValueDiffers));
}

#[test]
fn a_literal_that_becomes_a_reference_is_removed_first() {
    let literal = env("SERVICE_SECRET", literal("SERVICE_SECRET", CANARY));
    let (_, page) = found_by("", &[literal, auth()], &[]);
    let flags = "--remove-env-vars=SERVICE_SECRET --update-secrets=SERVICE_SECRET=";
    assert!(page.replace('\'', "").contains(flags), "{page}");
}

#[test]
fn an_address_of_this_machine_is_right_for_a_local_target() {
    let local = at(
        env("AUTH_SERVICE_URL", literal("AUTH_SERVICE_URL", "http://127.0.0.1:8081")),
        "/status/url",
        json!("http://127.0.0.1:8000"),
    );
    assert_eq!(checks(&[local, auth()], &[]), []);
}

#[rstest]
#[case::cloud_run(service("netra-backend-staging", vec![literal("SERVICE_ID", "netra-backend")]), backend())]
#[case::kubernetes(
    json!({ "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "backend" }, "spec": { "template": { "spec": { "containers": [{ "name": "app", "env": [] }] } } } }),
    json!({ "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "backend" }, "spec": { "template": { "spec": { "containers": [{ "name": "app", "env": [
        { "name": "SERVICE_SECRET", "valueFrom": { "secretKeyRef": { "name": "shop", "key": "service-secret" } } } ] }] } } } })
)]
#[case::compose(json!({ "services": { "backend": { "environment": { "SERVICE_SECRET": CANARY } } } }), json!({ "services": { "backend": { "environment": { "SERVICE_ID": "netra-backend" } } } }))]
#[case::ecs(json!({ "containerDefinitions": [{ "name": "backend" }] }), json!({ "containerDefinitions": [{ "name": "backend" }] }))]
fn the_page_names_the_repair_in_the_words_of_the_platform(
    #[context] context: Context,
    #[case] now: Value,
    #[case] before: Value,
) {
    insta::assert_snapshot!(context.description.expect("a name"), found_by("", &[now], &[before]).1);
}

#[test]
fn a_contract_file_replaces_what_follows_from_the_target() {
    let contract = "[service.backend.colour]\nnames = ['COLOUR', 'COLOR']\nforbidden = ['^red$']\n";
    let of = |now: Value| found_by(contract, &[now], &[]).0.into_iter().map(|one| one.check).collect::<Vec<_>>();
    assert_eq!(of(backend()), [Check::RequiredAbsent]);
    assert_eq!(of(env("COLOR", literal("COLOR", "red"))), [Check::ForbiddenValue]);
    assert_eq!(of(env("COLOR", literal("COLOR", "blue"))), []);
}

#[test]
fn a_revision_that_works_writes_a_contract_that_it_fulfils() {
    let (target, catalogue) = (staging(), Catalogue::shipped());
    let known = Contract::of_target(&target, catalogue).expect("the shipped contract");
    let extra = |manifest, value| with(manifest, "API_TOKEN", Some(secret("API_TOKEN", "api-token", value)));
    let now = [extra(backend(), "1"), extra(auth(), "1")];
    let text = written(&subjects(&now, &target), &known).expect("it can be written");
    insta::assert_snapshot!("contract_from_a_revision", text);
    assert_eq!(found_by(&text, &now, &[]).0, []);
    let rotated = found_by(&text, &[extra(backend(), "2"), extra(auth(), "1")], &[]).0;
    assert_eq!(rotated.iter().map(|one| one.check).collect::<Vec<_>>(), [Check::SharedValueDiffers]);
    let lost = found_by(&text, &[with(backend(), "DATABASE_URL", None), extra(auth(), "1")], &[]).0;
    assert_eq!(lost.iter().filter(|one| one.check == Check::RequiredAbsent).count(), 2);
}

#[test]
fn the_shipped_contract_can_be_written_and_read_again() {
    let (target, catalogue) = (staging(), Catalogue::shipped());
    let text = Contract::of_target(&target, catalogue).map(|one| one.to_toml().expect("TOML")).expect("a contract");
    let read = Contract::parse("contract.toml", &text, &target, catalogue).expect("a contract");
    assert_eq!(read.to_toml().expect("TOML"), text);
}

#[rstest]
#[case::unknown_key("[service.backend.a]\nnam = 'A'\n")]
#[case::unknown_fault("[service.backend.a]\nnames = 'A'\nfault_if_lost = 'backend/jwt-secret-misssing'\n")]
#[case::unknown_link("[service.backend.a]\nnames = 'A'\nmust_equal = 'auth.b'\n")]
#[case::no_link("[service.backend.a]\nnames = 'A'\nmust_equal = 'auth'\n")]
#[case::expression("[service.backend.a]\nnames = 'A'\nforbidden = ['(']\n")]
#[case::no_name("[service.backend.a]\nnames = []\n")]
#[case::syntax("[service.backend\n")]
fn a_mistake_in_a_contract_is_shown_where_it_is(#[context] context: Context, #[case] text: &str) {
    let mistake = Contract::parse("contract.toml", text, &staging(), Catalogue::shipped()).expect_err("a mistake");
    let mut shown = String::new();
    let handler = miette::GraphicalReportHandler::new_themed(miette::GraphicalTheme::none()).with_width(100);
    handler.render_report(&mut shown, &mistake).expect("it renders");
    insta::assert_snapshot!(format!("contract_{}", context.description.expect("a name")), shown);
}

proptest::proptest! {
    #[test]
    fn no_contract_panics(text in r#"(?s)(\[service\.backend\.a\]\n|names|must_equal|forbidden|equals|['"=\[\],\n.(a{}]){0,40}"#) {
        let _ = Contract::parse("contract.toml", &text, &staging(), Catalogue::shipped());
    }
}
