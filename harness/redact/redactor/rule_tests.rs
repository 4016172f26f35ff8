//! Credentials that are not registered are taken out, and what the diagnosis needs stays.

use rstest::rstest;

use super::*;

#[rstest]
#[case::userinfo("at postgres://app:c4nary-Secret@db:5432/app", "at postgres://<redacted:url-userinfo>@db:5432/app")]
#[case::only_a_user(
    "https://c4naryPublicKey@o1.ingest.sentry.io/42",
    "https://<redacted:url-userinfo>@o1.ingest.sentry.io/42"
)]
#[case::a_slash_in_a_password("redis://:c4/na?ry@cache:6379/0", "redis://<redacted:url-userinfo>@cache:6379/0")]
#[case::query("GET /logs?limit=5&api_key=c4naryc4nary&x=1", "GET /logs?limit=5&api_key=<redacted:url-query>&x=1")]
#[case::key("https://host/p?key=c4nary", "https://host/p?key=<redacted:url-query>")]
#[case::fragment("/callback#access_token=c4naryc4nary", "/callback#access_token=<redacted:url-query>")]
#[case::variable("POSTGRES_URL=postgres://db:5432/app?c4nary", "POSTGRES_URL=postgres://db:5432/<redacted:url-path>")]
#[case::webhook(
    "https://discord.com/api/webhooks/123456/c4nary",
    "https://discord.com/api/webhooks/<redacted:webhook>"
)]
#[case::slack("https://hooks.slack.com/services/T0/B0/c4nary", "https://hooks.slack.com/<redacted:webhook>")]
#[case::password("login with password=c4nary now", "login with password=<redacted:assignment> now")]
#[case::json(r#"{"client_secret": "c4nary-c4nary"}"#, r#"{"client_secret": "<redacted:assignment>"}"#)]
#[case::json_in_json(
    r#"{"log":"{\"password\":\"c4nary-x\"}"}"#,
    r#"{"log":"{\"password\":\"<redacted:assignment>\"}"}"#
)]
#[case::env("SERVICE_SECRET=c4nary-of-it", "SERVICE_SECRET=<redacted:assignment>")]
#[case::env_key(r#"{"SIMULATION_KEY": "c4naryc4naryc4nary"}"#, r#"{"SIMULATION_KEY": "<redacted:assignment>"}"#)]
#[case::prose("the password: c4nary!", "the password: <redacted:assignment>")]
#[case::basic("Authorization: Basic dXNlcjpwYXNz", "Authorization: Basic <redacted:basic-auth>")]
#[case::aws("id AKIAIOSFODNN7C4NARYQ", "id <redacted:key-format>")]
#[case::github("ghp_c4naryc4naryc4naryc4naryc4naryc4nary", "<redacted:key-format>")]
#[case::openai("key sk-proj-c4naryc4naryc4nary", "key <redacted:key-format>")]
#[case::google("AIzaSyDq1c4naryZx7Bv3Kp9Lm5Jt2Wr8Hs6GfQ", "<redacted:gcp-api-key>")]
#[case::cut_pem("x -----BEGIN RSA PRIVATE KEY-----\nMIIEc4nary\nc4nary", "x <redacted:private-key>")]
#[case::pem_in_json(r"-----BEGIN PRIVATE KEY-----\nMIIEc4nary\n-----END PRIVATE KEY-----\n", "<redacted:private-key>")]
fn an_unregistered_secret_is_taken_out(#[case] text: &str, #[case] clean: &str) {
    let shown = Redactor::new().clean(text);
    assert_eq!(shown, clean);
    assert_eq!(Redactor::new().clean(&shown), shown, "cleaning twice changes nothing");
    assert!(!shown.to_lowercase().contains("c4nary"));
}

#[rstest]
#[case::trace(
    "trace 8c7f5d6211224e5f9a7b0123456789ab span 00f067aa0ba902b7 request 8c7f5d62-1122-4e5f-9a7b-0123456789ab"
)]
#[case::traceparent("traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")]
#[case::image("gcr.io/p/backend@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
#[case::revision(
    "netra-backend-staging-00639-g4g at 1.4.2-rc.1+build.77, commit 0a1b2c3d4e5f60718293a4b5c6d7e8f901234567"
)]
#[case::version_reference("projects/p/secrets/jwt-secret/versions/7 JWT_SECRET_KEY: jwt-secret:latest")]
#[case::set_secrets("--set-secrets=SERVICE_SECRET=service-secret-staging:latest,SERVICE_ID=id:7 --x")]
#[case::update_secrets(
    "run `gcloud x --update-secrets=JWT_SECRET=jwt-secret-staging:latest`; JWT_SECRET=jwt-secret-staging:latest."
)]
#[case::variables("variables = { service-secret = \"CALLER_SECRET\", jwt-secret = \"JWT_SECRET_KEY\" }")]
#[case::sources("signing_secret = \"env:JWT_SECRET_KEY\" \"secret\": \"projects/1/secrets/service-secret\"")]
#[case::cloud_trace("X-Cloud-Trace-Context: 105445aa7843bc8bf206b12000100000/1;o=1")]
#[case::redacted("No JWT=REDACTED configured (JWT_SECRET=REDACTED JWT_SECRET_KEY=REDACTED or JWT_SECRET_STAGING)")]
#[case::message("Basic authentication failed: password authentication failed for user \"app\"; token expired")]
#[case::validation(r#"{"password":"required","token_type":"bearer","code":"token_expired","key":"value"}"#)]
#[case::address("https://auth.staging.example.org/auth/validate?user=u1&page=2 mailto:a@example.org")]
#[case::headers(
    "www-authenticate: Bearer realm=\"api\", error=\"invalid_token\"; x-request-id=7f0c3e; x-amz-cf-id: Qm9n"
)]
#[case::env("AUTH_SERVICE_URL=https://auth.example.org SERVICE_ID=netra-backend DATABASE_HOST=db")]
fn what_the_diagnosis_needs_stays(#[case] text: &str) {
    assert_eq!(Redactor::new().clean(text), text);
}
