//! Calls of gRPC-Web: the status of the call decides, not that of HTTP.

use std::process::Output;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use fivewhys::internal::report::{Report, StepOutcome};
use rstest::rstest;

use crate::access::system::{answer, run_in, target};
use crate::support::program::{stderr, stdout};
use crate::support::server::{Answer, Received, Server};

const ENDPOINT: &str = r#"
[target.shop.login]
flow = "password"
token_url = "http://ADDRESS/oauth/token"

[target.shop.endpoint."backend.stock"]
role = "protected"
method = "POST"
path = "/shop.Stock/List"
binary = "AAAAAAA="
token_locations = ["header"]
"#;

/// The lines of the page of docs/users/systems.md.
const BY_STATUS: &str = r#"
accept = { headers = { content-type = "application/grpc-web*", grpc-status = "0" } }
refusal = { headers = { grpc-status = "16" } }
"#;

const SCENARIO: &str = r#"
title = "The stock is listed for users only"

[[step]]
id = "list"
call = "backend.stock"
[step.expect]
result = "ok"

[[step]]
id = "refuse"
call = "backend.stock"
token = "malformed"
[step.expect]
refused = true
"#;

/// Where the server writes the status of a call.
#[derive(Clone, Copy)]
enum Place {
    Header,
    Frame,
    Base64,
}

/// Returns a response with HTTP 200 and this gRPC status.
fn ended(place: Place, code: &str) -> Answer {
    let frame =
        |flag: u8, content: &[u8]| [&[flag, 0, 0, 0, u8::try_from(content.len()).unwrap()][..], content].concat();
    let fields = format!("grpc-status:{code}\r\ngrpc-message:stock%20says%20so\r\n");
    let framed = [frame(0, b"\xff\x0a\x80"), frame(0x80, fields.as_bytes())].concat();
    let media = ("Content-Type", "application/grpc-web+proto");
    match place {
        Place::Header => {
            let fields = [media, ("grpc-status", code), ("grpc-message", "stock%20says%20so")];
            Answer::http("200 OK", &fields, b"")
        }
        Place::Frame => Answer::http("200 OK", &[media], &framed),
        Place::Base64 => {
            let parts = framed.chunks(7).map(|part| BASE64_STANDARD.encode(part)).collect::<String>();
            Answer::http("200 OK", &[("Content-Type", "application/grpc-web-text+proto")], parts.as_bytes())
        }
    }
}

/// Runs the scenario with a service that ends calls with these statuses: those with the issued token, and all others.
fn listed(place: Place, good: &'static str, other: &'static str, more: &str) -> (Report, Output) {
    let respond = move |request: &Received| match request.path() {
        "/oauth/token" => answer("200 OK", &serde_json::json!({ "access_token": "issued-token-of-the-tests-1" })),
        "/health" => answer("200 OK", &serde_json::json!({ "status": "up" })),
        _ => {
            let is_good = request.header("authorization") == Some("Bearer issued-token-of-the-tests-1");
            ended(place, if is_good { good } else { other })
        }
    };
    let server = Server::start(respond);
    let folder = tempfile::tempdir().expect("a folder");
    let own = format!("{}{more}", ENDPOINT.replace("ADDRESS", &server.address.to_string()));
    std::fs::write(folder.path().join("fivewhys.toml"), target(&server, &own)).expect("a file");
    std::fs::create_dir(folder.path().join("own")).expect("a folder");
    std::fs::write(folder.path().join("own/stock.toml"), SCENARIO).expect("a scenario");
    let (output, report) = run_in(folder.path(), &["smoke", "--scenarios", "own"]);
    (report.unwrap_or_else(|| panic!("no report: {}", stderr(&output))), output)
}

fn outcomes(report: &Report) -> Vec<StepOutcome> {
    report.scenarios[0].steps.iter().map(|step| step.outcome).collect()
}

#[rstest]
fn a_healthy_service_passes(
    #[values(Place::Header, Place::Frame, Place::Base64)] place: Place,
    #[values("", BY_STATUS)] more: &str,
) {
    let (report, _) = listed(place, "0", "16", more);
    assert_eq!(outcomes(&report), [StepOutcome::Passed, StepOutcome::Passed], "{:?}", report.scenarios);
    assert_eq!(report.exit.code, 0, "{:?}", report.findings);
}

#[rstest]
#[case::no_such_method("12", "12 (UNIMPLEMENTED)")]
#[case::unavailable("14", "14 (UNAVAILABLE)")]
#[case::internal("13", "13 (INTERNAL)")]
fn a_failed_call_is_no_success_and_no_bypass(
    #[case] code: &'static str,
    #[case] shown: &str,
    #[values(Place::Header, Place::Frame, Place::Base64)] place: Place,
    #[values("", BY_STATUS)] more: &str,
) {
    let (report, output) = listed(place, code, code, more);
    assert_eq!(outcomes(&report), [StepOutcome::Failed, StepOutcome::Failed], "{:?}", report.scenarios);
    assert!(report.findings.iter().all(|finding| finding.id != "auth-bypass"), "{:?}", report.findings);
    let lines = format!("{:?}", report.scenarios);
    assert!(
        lines.contains(&format!("gRPC status is {shown}")) && lines.contains(&format!("gRPC status {shown}")),
        "{lines}"
    );
    assert!(!lines.contains("it was accepted"), "{lines}");
    assert!(stdout(&output).contains("stock says so"), "the report has the message");
}

#[rstest]
fn a_service_that_serves_everyone_is_a_bypass(#[values(Place::Header, Place::Frame, Place::Base64)] place: Place) {
    let (report, _) = listed(place, "0", "0", BY_STATUS);
    assert!(report.findings.iter().any(|finding| finding.id == "auth-bypass"), "{:?}", report.findings);
}

#[rstest]
fn a_good_token_that_is_refused_is_no_success(#[values(Place::Header, Place::Frame, Place::Base64)] place: Place) {
    let (report, _) = listed(place, "16", "16", "");
    assert_eq!(outcomes(&report), [StepOutcome::Failed, StepOutcome::Passed], "{:?}", report.scenarios);
    assert!(!report.causes.is_empty(), "{:?}", report.exit);
}
