//! Systems with other services: no auth service, one without a public URL, several backends.

use fivewhys::internal::report::{Report, StepOutcome};
use rstest::rstest;
use serde_json::json;

use crate::access::system::{SECRETS, answer, api, jwt, run, run_in, target};
use crate::support::program::{stderr, stdout};
use crate::support::server::{Answer, Received, Server};

const SIGNED: &str = "signing_secret = [\"file:key\"]\nclaims = { iss = \"us\" }\n";

/// Returns a file of a system whose tokens we sign, with this value of `auth`.
fn signed(server: &Server, auth: &str, more: &str) -> String {
    let file = target(server, more).replace("[\"edge\", \"auth\"]", "[\"edge\"]");
    let file = file.replace("secrets = {", "sub = \"acc-1\"\nsecrets = {");
    file.replace("evidence =", &format!("auth = \"{auth}\"\n{SIGNED}evidence ="))
}

fn smoke(file: &str) -> (Option<Report>, String, String) {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("key"), "a signing secret of more than 32 bytes").expect("a file");
    std::fs::write(folder.path().join("fivewhys.toml"), file).expect("a file");
    let (output, report) = run_in(folder.path(), &["smoke"]);
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap_or_default();
    let said = format!("{}{}", read("human"), read("html"));
    (report, said, stderr(&output).to_owned())
}

/// Refuses every token.
fn refusing(request: &Received) -> Answer {
    api(request, &|_| None)
}

#[test]
fn no_report_names_an_auth_service_that_does_not_exist() {
    let (report, said, error) = smoke(&signed(&Server::start(refusing), "none", ""));
    let report = report.unwrap_or_else(|| panic!("no report: {error}"));
    assert!(report.exit.code != 0 && !report.causes.is_empty());
    let others = report.causes.iter().flat_map(|cause| cause.alternatives.iter().map(|one| one.fault.as_str()));
    let named: Vec<&str> = report.causes.iter().map(|cause| cause.fault.as_str()).chain(others).collect();
    assert!(named.iter().all(|id| !id.starts_with("auth/") && !id.starts_with("backend-auth/")), "{named:?}");
    let lower = said.to_lowercase();
    let at = lower.find("auth service").map(|at| lower[at.saturating_sub(120)..(at + 60).min(lower.len())].to_owned());
    assert_eq!(at, None, "{named:?}");
    assert!(said.contains(">backend<") && !said.contains(">auth<"), "the map shows no auth service");
}

#[test]
fn an_internal_auth_service_may_be_the_cause() {
    let (report, said, error) = smoke(&signed(&Server::start(refusing), "internal", ""));
    let report = report.unwrap_or_else(|| panic!("no report: {error}"));
    assert!(!report.causes.is_empty() && said.contains(">auth<"), "{said}");
    assert!(report.probes.iter().all(|probe| probe.exchange.probe.endpoint.starts_with("backend.")));
}

#[rstest]
#[case::none("none")]
#[case::internal("internal")]
fn a_healthy_system_passes(#[case] auth: &str) {
    let server = Server::start(|request| {
        let is_ours = |token: &str| {
            let key = jsonwebtoken::DecodingKey::from_secret(b"a signing secret of more than 32 bytes");
            let rules = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::HS256);
            jsonwebtoken::decode::<serde_json::Value>(token, &key, &rules).ok().map(|_| "acc-1".to_owned())
        };
        api(request, &is_ours)
    });
    let (report, _, error) = smoke(&signed(&server, auth, ""));
    let report = report.unwrap_or_else(|| panic!("no report: {error}"));
    assert_eq!(report.exit.code, 0, "{:?}", report.causes);
    let gate = signed(&server, auth, "");
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("key"), "a signing secret of more than 32 bytes").expect("a file");
    std::fs::write(folder.path().join("fivewhys.toml"), gate).expect("a file");
    let (output, _) = run_in(folder.path(), &["smoke", "--deployed", "backend=shop-2", "--previous", "backend=shop-1"]);
    assert!(output.status.code() != Some(2), "{}", stderr(&output));
    assert_eq!(run_in(folder.path(), &["check"]).0.status.code(), Some(0));
}

#[test]
fn a_backend_that_issues_tokens_refuses_a_login() {
    let more = r#"
[target.shop.endpoint."backend.login"]
role = "issuer"
method = "POST"
path = "/login"
body = { email = "{email}", password = "{secret:password}" }
issued_token = "$.access_token"
"#;
    for (status, passes) in [("200 OK", true), ("401 Unauthorized", false)] {
        let server = Server::start(move |request| match request.path() {
            "/login" if String::from_utf8_lossy(&request.body).contains(SECRETS[1].1) => {
                answer(status, &json!({ "access_token": jwt("acc-1"), "error": "wrong_password" }))
            }
            _ => api(request, &|token| (token == jwt("acc-1")).then(|| "acc-1".to_owned())),
        });
        let file = signed(&server, "none", more).replace(SIGNED, "");
        // A response that is no success holds no token.
        let (report, said, error) = smoke(&if passes { file } else { file.replace("$.access_token", "$.token") });
        let report = report.unwrap_or_else(|| panic!("no report: {error}"));
        assert_eq!(report.exit.code == 0, passes, "{said}");
        if !passes {
            assert_eq!(report.causes[0].fault, "client/login-refused");
            assert!(report.causes[0].title.starts_with("The backend refuses"), "{}", report.causes[0].title);
        }
    }
}

#[test]
fn an_endpoint_may_be_of_another_backend() {
    let search = Server::start(|request| match (request.path(), request.token()) {
        ("/find", Some(token)) if token == jwt("acc-1") => answer("200 OK", &json!({ "found": [] })),
        _ => answer("401 Unauthorized", &json!({ "error": "invalid_token" })),
    });
    let shop = Server::start(|request| match request.path() {
        "/oauth/token" => answer("200 OK", &json!({ "access_token": jwt("acc-1") })),
        _ => api(request, &|token| (token == jwt("acc-1")).then(|| "acc-1".to_owned())),
    });
    let more = format!(
        r#"
[target.shop.login]
flow = "password"
token_url = "http://{}/oauth/token"
[target.shop.endpoint."backend.search"]
role = "protected"
base_url = "http://{}"
path = "/find"
token_locations = ["header"]
"#,
        shop.address, search.address
    );
    let (output, report) = run(&target(&shop, &more), &["smoke"]);
    let report = report.unwrap_or_else(|| panic!("no report: {}", stderr(&output)));
    assert_eq!(report.exit.code, 0, "{}", stdout(&output));
    let steps = report.scenarios.iter().flat_map(|scenario| &scenario.steps);
    assert!(steps.into_iter().any(|step| step.id == "accept-search" && step.outcome == StepOutcome::Passed));
    assert!(search.seen().iter().all(|request| request.path() == "/find"));
}

#[rstest]
#[case::endpoint(
    "none",
    "[target.shop.endpoint.\"auth.verify\"]\npath = \"/verify\"\n",
    "has the endpoint `auth.verify`"
)]
#[case::internal_endpoint(
    "internal",
    "[target.shop.endpoint.\"auth.verify\"]\npath = \"/verify\"\n",
    "has the endpoint `auth.verify`"
)]
#[case::login(
    "none",
    "[target.shop.login]\nflow = \"password\"\ntoken_url = \"http://127.0.0.1:1/t\"\n",
    "has a `login`"
)]
#[case::word("nowhere", "", "is not a URL")]
fn a_contradiction_about_the_auth_service_is_explained(#[case] auth: &str, #[case] more: &str, #[case] says: &str) {
    let server = Server::start(refusing);
    let (output, _) = run(&signed(&server, auth, more), &["check"]);
    let shown = stderr(&output).replace("│", "").split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(output.status.code() == Some(2) && shown.contains(says) && shown.contains("fivewhys.toml:"), "{shown}");
}

#[test]
fn evidence_of_an_auth_service_needs_its_url() {
    let file = signed(&Server::start(refusing), "internal", "").replace("[\"edge\"]", "[\"edge\", \"auth\"]");
    let (output, _) = run(&file, &["check"]);
    let shown = stderr(&output).replace("│", "").split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(shown.contains("grants the evidence `auth`"), "{shown}");
}
