//! A step whose token the auth service must mint first, when its login fails.

use fivewhys::internal::report::{Report, StepOutcome};

use crate::support::program::{fivewhys, stderr};
use crate::support::server::{Answer, Received, Server};

const SCENARIO: &str = r#"title = "A call with a token of the auth service"
[[step]]
id = "list"
call = "backend.chat-messages"
token = "issued"
[step.expect]
status = 200
"#;

const SIGNING: &str = "a signing secret of more than 32 bytes";
const JSON: &[(&str, &str)] = &[("Content-Type", "application/json")];

/// Returns the subject of the token, if it is signed with the key and not expired.
fn subject(request: &Received) -> Option<String> {
    let in_query = request.path().split_once("token=").map(|(_, token)| token.to_owned());
    let mut rules = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::HS256);
    rules.validate_aud = false;
    let key = jsonwebtoken::DecodingKey::from_secret(SIGNING.as_bytes());
    let token = request.token().or(in_query)?;
    let claims = jsonwebtoken::decode::<serde_json::Value>(token, &key, &rules).ok()?.claims;
    claims["sub"].as_str().map(str::to_owned)
}

/// The backend is in order.
fn backend(request: &Received) -> Answer {
    match (request.path(), subject(request)) {
        ("/health", _) => Answer::http("200 OK", JSON, br#"{"status":"healthy","service":"netra-ai-platform"}"#),
        (_, None) => Answer::http("401 Unauthorized", JSON, br#"{"detail":"invalid token"}"#),
        (path, Some(sub)) if path.starts_with("/ws") => {
            let welcome = serde_json::json!({"data": {"event": "connection_established", "user_id": sub}});
            Answer::Socket(welcome.to_string(), "bye".to_owned())
        }
        _ => Answer::http("200 OK", JSON, br#"{"messages":[]}"#),
    }
}

/// The auth service verifies tokens, and its login fails.
fn auth(request: &Received) -> Answer {
    match (request.path(), subject(request)) {
        ("/health", _) => Answer::http("200 OK", JSON, br#"{"status":"healthy","service":"auth-service"}"#),
        ("/auth/login", _) => Answer::http("500 Internal Server Error", JSON, br#"{"detail":"Internal Server Error"}"#),
        (_, None) => Answer::http("200 OK", JSON, br#"{"valid":false,"error":"invalid_token"}"#),
        (_, Some(sub)) => {
            Answer::http("200 OK", JSON, serde_json::json!({"valid": true, "user_id": sub}).to_string().as_bytes())
        }
    }
}

fn driven(backend: &Server, auth: &Server) -> Report {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("own.toml"), SCENARIO).expect("a scenario");
    let mut command = fivewhys(["smoke", "--target", "staging", "--format", "json"]);
    command.arg("--scenarios").arg(folder.path());
    for (name, scheme, server) in [("backend", "http", backend), ("websocket", "ws", backend), ("auth", "http", auth)] {
        command.args(["--set", &format!("{name}={scheme}://{}", server.address)]);
    }
    command.args(["--set", "budget.requests_per_minute=60000", "--evidence", "edge,auth"]);
    command.env("JWT_SECRET_STAGING", SIGNING).env("FIVEWHYS_PRIMARY_PASSWORD", "a password of the test");
    let output = command.output().expect("it starts");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", stderr(&output)))
}

#[test]
fn a_login_without_a_token_is_the_failure_to_explain() {
    let (backend, auth) = (Server::start(backend), Server::start(auth));
    let report = driven(&backend, &auth);
    let step = &report.scenarios[0].steps[0];
    assert_eq!(step.outcome, StepOutcome::Failed, "{:?}", step.because);
    let exchange = step.exchange.expect("the exchange with the issuer endpoint");
    let failed = report.probes.iter().find(|probe| probe.exchange.id == exchange).expect("it is among the probes");
    assert_eq!((failed.exchange.probe.endpoint.as_str(), failed.exchange.status()), ("auth.login", Some(500)));
    let cause = &report.causes[0];
    // The store of the auth service may be the reason.
    let hop = serde_json::to_value(&cause.hop).expect("JSON");
    assert!(hop == "auth" || hop[0] == "auth", "{}: {hop}", cause.fault);
    assert!(cause.fault.starts_with("auth/"), "an entry of the catalogue: {}", cause.fault);
    assert_eq!(cause.explains, ["own/list", "objectives/service-auth"]);
}
