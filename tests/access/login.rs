//! Tokens that the auth service issues by OAuth 2.0. The target names no signing key.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use fivewhys::internal::report::{Report, StepOutcome};
use rstest::rstest;
use serde_json::json;

use crate::access::system::{SECRETS, answer, api, form, jwt, run, run_in, target};
use crate::support::program::{stderr, stdout};
use crate::support::server::{Answer, Received, Server};

/// Reports whether a request of the token endpoint has the client's credentials and those of the flow.
fn is_right(request: &Received, flow: &str, auth: &str) -> bool {
    let form = form(request);
    let has = |name: &str, value: &str| form.iter().any(|(known, other)| known == name && other == value);
    let [(_, client), (_, password), (_, refresh), _] = SECRETS;
    let encoded: String = url::form_urlencoded::byte_serialize(client.as_bytes()).collect();
    let basic = format!("Basic {}", BASE64_STANDARD.encode(format!("e2e:{encoded}")));
    let by_client = match auth {
        "basic" => request.header("authorization") == Some(basic.as_str()) && !has("client_id", "e2e"),
        "post" => has("client_id", "e2e") && has("client_secret", client) && request.header("authorization").is_none(),
        _ => has("client_id", "e2e") && request.header("authorization").is_none(),
    };
    let by_flow = match flow {
        "client-credentials" => has("grant_type", "client_credentials"),
        "password" => has("grant_type", "password") && has("username", "ada@shop.test") && has("password", password),
        _ => has("grant_type", "refresh_token") && has("refresh_token", refresh),
    };
    by_client
        && by_flow
        && has("scope", "openid orders")
        && has("audience", "https://api.shop.test")
        && request.header("content-type") == Some("application/x-www-form-urlencoded")
}

fn login(server: &str, flow: &str, auth: &str) -> String {
    format!(
        r#"
[target.shop.login]
flow = "{flow}"
{server}
client_id = "e2e"
client_secret = ["env:CLIENT_SECRET"]
client_auth = "{auth}"
scope = "openid orders"
parameters = {{ audience = "https://api.shop.test" }}
"#
    )
}

/// Starts an API with an identity provider. Its token endpoint is `/oauth/token`.
fn shop(flow: &'static str, auth: &'static str) -> Server {
    Server::start(move |request| match request.path() {
        "/oauth/token" if is_right(request, flow, auth) => {
            answer("200 OK", &json!({ "access_token": jwt("acc-1"), "token_type": "Bearer", "expires_in": 300 }))
        }
        "/oauth/token" => answer("401 Unauthorized", &json!({ "error": "invalid_client" })),
        _ => api(request, &|token| (token == jwt("acc-1")).then(|| "acc-1".to_owned())),
    })
}

fn logins(server: &Server) -> usize {
    server.seen().iter().filter(|request| request.path() == "/oauth/token").count()
}

fn outcome(report: &Report, step: &str) -> StepOutcome {
    let steps = report.scenarios.iter().flat_map(|scenario| &scenario.steps);
    steps.into_iter().find(|one| one.id == step).unwrap_or_else(|| panic!("no step {step}")).outcome
}

#[rstest]
fn a_user_logs_in_once_and_every_control_without_the_key_runs(
    #[values("client-credentials", "password", "refresh-token")] flow: &'static str,
    #[values("basic", "post", "none")] auth: &'static str,
) {
    if (flow, auth) == ("client-credentials", "none") {
        return;
    }
    let server = shop(flow, auth);
    let url = format!("token_url = \"http://{}/oauth/token\"", server.address);
    let (output, report) = run(&target(&server, &login(&url, flow, auth)), &["smoke"]);
    let report = report.unwrap_or_else(|| panic!("no report: {}", stderr(&output)));
    assert_eq!(report.exit.code, 0, "{}", stdout(&output));
    for step in ["accept-orders", "refuse-orders-none", "refuse-orders-malformed", "refuse-orders-wrong-key"] {
        assert_eq!(outcome(&report, step), StepOutcome::Passed, "{step}");
    }
    assert_eq!(outcome(&report, "refuse-orders-expired"), StepOutcome::Skipped);
    assert_eq!(logins(&server), 1);
    let found: Vec<&str> = report.findings.iter().map(|finding| finding.id.as_str()).collect();
    assert_eq!(found, ["no-signing-key"]);
    assert!(report.findings[0].evidence[0].says.contains("expired"), "{:?}", report.findings);
}

#[test]
fn refused_credentials_are_not_sent_again_and_again() {
    let server = shop("password", "basic");
    let url = format!("token_url = \"http://{}/oauth/token\"", server.address);
    let (output, report) = run(&target(&server, &login(&url, "password", "post")), &["smoke"]);
    let report = report.unwrap_or_else(|| panic!("no report: {}", stderr(&output)));
    assert_ne!(report.exit.code, 0);
    assert_eq!(outcome(&report, "accept-orders"), StepOutcome::Failed);
    // The steps of scenarios, and the diagnosis, which asks for a fresh token.
    assert!(logins(&server) <= 3, "{}", logins(&server));
    assert_eq!(report.causes[0].fault, "client/login-refused", "{:?}", report.causes[0].alternatives);
}

#[test]
fn a_refused_token_is_never_blamed_on_a_key_that_we_do_not_have() {
    let server = Server::start(|request| match request.path() {
        "/oauth/token" => answer("200 OK", &json!({ "access_token": jwt("acc-1"), "expires_in": 300 })),
        _ => api(request, &|_| None),
    });
    let url = format!("token_url = \"http://{}/oauth/token\"", server.address);
    let (_, report) = run(&target(&server, &login(&url, "password", "basic")), &["smoke"]);
    let report = report.expect("a report");
    let others = report.causes.iter().flat_map(|cause| cause.alternatives.iter().map(|one| one.fault.as_str()));
    let named: Vec<&str> = report.causes.iter().map(|cause| cause.fault.as_str()).chain(others).collect();
    assert!(!named.is_empty());
    for ours in ["client/wrong-signing-secret", "client/claims-rejected", "client/clock-skew"] {
        assert!(!named.contains(&ours), "{named:?}");
    }
}

#[test]
fn a_token_that_expires_is_replaced() {
    let count = Arc::new(AtomicU32::new(0));
    let server = Server::start(move |request| match request.path() {
        "/oauth/token" => {
            count.fetch_add(1, Ordering::Relaxed);
            answer("200 OK", &json!({ "access_token": jwt("acc-1"), "expires_in": 0 }))
        }
        _ => api(request, &|token| (token == jwt("acc-1")).then(|| "acc-1".to_owned())),
    });
    let url = format!("token_url = \"http://{}/oauth/token\"", server.address);
    let (_, report) = run(&target(&server, &login(&url, "password", "basic")), &["smoke"]);
    assert_eq!(report.expect("a report").exit.code, 0);
    assert!(logins(&server) > 1);
}

#[test]
fn an_opaque_token_needs_no_forgery() {
    let server = Server::start(move |request| match request.path() {
        "/oauth/token" => answer("200 OK", &json!({ "access_token": "0f6c2e-opaque-token-of-ada" })),
        _ => api(request, &|token| (token == "0f6c2e-opaque-token-of-ada").then(|| "acc-1".to_owned())),
    });
    let url = format!("token_url = \"http://{}/oauth/token\"", server.address);
    let (output, report) = run(&target(&server, &login(&url, "password", "basic")), &["smoke"]);
    let report = report.unwrap_or_else(|| panic!("no report: {}", stderr(&output)));
    assert_eq!((report.exit.code, outcome(&report, "refuse-orders-wrong-key")), (0, StepOutcome::Skipped));
    assert!(!stdout(&output).contains("0f6c2e-opaque-token-of-ada"));
}

/// Starts a system whose discovery document names this token endpoint.
fn discovering(token_endpoint: impl Fn(&str) -> String + Send + Sync + 'static) -> Server {
    Server::start(move |request| match request.path() {
        "/.well-known/openid-configuration" => {
            let host = request.header("host").unwrap_or_default();
            answer("200 OK", &json!({ "issuer": "x", "token_endpoint": token_endpoint(host) }))
        }
        "/deep/token" => answer("200 OK", &json!({ "access_token": jwt("acc-1") })),
        _ => api(request, &|token| (token == jwt("acc-1")).then(|| "acc-1".to_owned())),
    })
}

fn by_discovery(server: &Server) -> String {
    let url = format!("discovery = \"http://{}/.well-known/openid-configuration\"", server.address);
    target(server, &login(&url, "password", "basic"))
}

#[test]
fn the_discovery_document_names_the_token_endpoint() {
    let server = discovering(|host| format!("http://{host}/deep/token"));
    let (output, report) = run(&by_discovery(&server), &["smoke", "--scenario", "negative-controls"]);
    let report = report.unwrap_or_else(|| panic!("no report: {}", stderr(&output)));
    assert_eq!((report.exit.code, outcome(&report, "accept-orders")), (0, StepOutcome::Passed));
    let read = server.seen().iter().filter(|request| request.path().starts_with("/.well-known")).count();
    assert_eq!(read, 1, "it is read once");
}

#[test]
fn a_step_that_calls_the_token_endpoint_finds_its_address_too() {
    let server = discovering(|host| format!("http://{host}/deep/token"));
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("fivewhys.toml"), by_discovery(&server)).expect("a file");
    let scenario =
        "title = \"A user signs in\"\n[[step]]\nid = \"login\"\ncall = \"auth.token\"\nexpect = { result = \"ok\" }\n";
    std::fs::create_dir(folder.path().join("scenarios")).expect("a folder");
    std::fs::write(folder.path().join("scenarios/sign-in.toml"), scenario).expect("a file");
    let (output, report) = run_in(folder.path(), &["smoke", "--scenarios", "scenarios"]);
    let report = report.unwrap_or_else(|| panic!("no report: {}", stderr(&output)));
    assert_eq!((report.exit.code, outcome(&report, "login")), (0, StepOutcome::Passed), "{}", stdout(&output));
}

#[rstest]
#[case::another_host("http://elsewhere.example/token", "the target does not name its host")]
#[case::no_url("token", "which is not a URL")]
#[case::another_scheme("file:///etc/passwd", "which is not an HTTP URL")]
#[case::with_a_password("http://a:b@127.0.0.1/token", "which holds a user or a password")]
fn an_address_that_the_target_does_not_name_is_not_used(#[case] address: &'static str, #[case] why: &str) {
    let server = discovering(move |_| address.to_owned());
    let (output, report) = run(&by_discovery(&server), &["smoke"]);
    let report = report.unwrap_or_else(|| panic!("no report: {}", stderr(&output)));
    let steps = report.scenarios.iter().flat_map(|scenario| &scenario.steps);
    let because: Vec<&String> =
        steps.filter(|step| step.id == "accept-orders").flat_map(|step| &step.because).collect();
    assert!(because.iter().any(|line| line.contains(why)), "{because:?}");
    assert_ne!(report.exit.code, 0);
}

#[test]
fn mint_prints_the_issued_token() {
    let server = shop("password", "basic");
    let url = format!("token_url = \"http://{}/oauth/token\"", server.address);
    let file = target(&server, &login(&url, "password", "basic"));
    let (output, _) = run(&file, &["mint", "ada"]);
    assert_eq!(stdout(&output).trim(), jwt("acc-1"), "{}", stderr(&output));
    let (output, _) = run(&file, &["mint", "ada", "--kind", "expired"]);
    assert!(stderr(&output).contains("names no signing key"), "{}", stderr(&output));
}

#[rstest]
#[case::no_flow("client_id = 'a'\ntoken_url = 'http://id.shop.test/token'", "`login` has no `flow`")]
#[case::no_client("flow = 'client-credentials'\ntoken_url = 'http://id.shop.test/token'", "`login` has no `client_id`")]
#[case::no_address("flow = 'password'\nclient_id = 'a'", "`login` has no address")]
#[case::unknown_flow("flow = 'implicit'", "client-credentials")]
#[case::secret_itself("flow = 'password'\nclient_secret = ['canary-canary']", "write the source of the secret here")]
fn a_mistake_in_a_login_is_explained(#[case] login: &str, #[case] says: &str) {
    let server = Server::start(|_| Answer::Bytes(Vec::new()));
    let file = target(&server, &format!("[target.shop.login]\n{login}\n"));
    let (output, _) = run(&file, &["check"]);
    let shown = stderr(&output).split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(output.status.code(), Some(2), "{shown}");
    assert!(shown.contains(says) && shown.contains("fivewhys.toml:") && !shown.contains("canary-canary"), "{shown}");
}
