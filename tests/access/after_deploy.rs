//! After a deploy: waiting for the new instances, and one address.

use std::sync::atomic::{AtomicU32, Ordering};

use rstest::rstest;
use serde_json::json;

use crate::access::certificates::{code, encrypted};
use crate::access::system::{answer, api, jwt, run, run_in, target};
use crate::support::program::stderr;
use crate::support::server::Server;

/// An issuer, which needs no key.
const LOGIN: &str = r#"
[target.shop.login]
flow = "password"
token_url = "http://ADDRESS/oauth/token"
"#;

/// Starts the shop. Its health endpoint answers 503 this many times.
fn shop(starting: u32) -> Server {
    let left = AtomicU32::new(starting);
    Server::start(move |request| match request.path() {
        "/health" if left.load(Ordering::Relaxed) > 0 => {
            left.fetch_sub(1, Ordering::Relaxed);
            answer("503 Service Unavailable", &json!({ "status": "starting" }))
        }
        "/oauth/token" => answer("200 OK", &json!({ "access_token": jwt("acc-1") })),
        _ => api(request, &|token| (token == jwt("acc-1")).then(|| "acc-1".to_owned())),
    })
}

fn file(server: &Server) -> String {
    target(server, &LOGIN.replace("ADDRESS", &server.address.to_string()))
}

#[test]
fn a_run_waits_until_the_health_endpoint_answers() {
    let server = shop(2);
    let (output, report) = run(&file(&server), &["smoke", "--wait", "1m"]);
    let report = report.unwrap_or_else(|| panic!("no report: {}", stderr(&output)));
    let waited = report.reach.waited.expect("it waited");
    assert_eq!((report.exit.code, waited.answered, waited.last), (0, true, None));
    assert_eq!(waited.endpoint, "backend.health");
    let first: Vec<_> = server.seen().iter().take(3).map(|request| request.path().to_owned()).collect();
    assert_eq!(first, ["/health"; 3], "no step runs before");
}

#[test]
fn a_run_after_a_wait_in_vain_says_how_long_it_waited() {
    let server = shop(u32::MAX);
    let (output, report) = run(&file(&server), &["smoke", "--wait", "700ms"]);
    let report = report.unwrap_or_else(|| panic!("no report: {}", stderr(&output)));
    let waited = report.reach.waited.clone().expect("it waited");
    assert_eq!((waited.answered, waited.last.as_deref()), (false, Some("status 503")));
    assert!(report.exit.code != 0 && !report.causes.is_empty(), "the run reports as without a wait");
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("fivewhys.toml"), file(&shop(u32::MAX))).expect("a file");
    run_in(folder.path(), &["smoke", "--wait", "1ms"]);
    let human = std::fs::read_to_string(folder.path().join("human")).expect("a report");
    let human = human.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(human.contains("for backend.health, which did not become healthy"), "{human}");
}

#[test]
fn there_must_be_something_to_wait_for() {
    let server = shop(0);
    let (output, _) = run(&file(&server).replace("role = \"health\"", "role = \"open\""), &["smoke", "--wait", "1m"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("nothing to wait for"), "{}", stderr(&output));
}

#[rstest]
#[case::another_port("api.shop.test:444:127.0.0.1", "calls no api.shop.test:444")]
#[case::no_address("api.shop.test:443", "expected HOST:PORT:ADDRESS")]
fn an_address_that_is_not_called_is_a_mistake(#[case] fixed: &str, #[case] why: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let (code, said) = code(folder.path(), &encrypted(443, ""), &[fixed.to_owned()]);
    assert!(code == Some(2) && said.contains(why), "{said}");
}

#[test]
fn a_socket_is_opened_at_the_fixed_address() {
    let server = Server::start(|request| match request.header("upgrade") {
        Some(_) => crate::support::server::Answer::Socket("{}".to_owned(), String::new()),
        None => answer("200 OK", &json!({ "status": "up" })),
    });
    let folder = tempfile::tempdir().expect("a folder");
    let port = server.address.port();
    let socket = "endpoint.\"backend.ws\" = { kind = \"websocket\", path = \"/ws\" }\n";
    let file = encrypted(port, socket)
        .replace("https://", "http://")
        .replace(", accept = { json = { path = \"$.sni\", is = \"api.shop.test\" } }", "");
    std::fs::create_dir(folder.path().join("own")).expect("a folder");
    let scenario = "title = \"t\"\n[[step]]\nid = \"open\"\ncall = \"backend.ws\"\n[step.expect]\nstatus = 101\n";
    std::fs::write(folder.path().join("own/health.toml"), scenario).expect("a scenario");
    let (code, said) =
        code(folder.path(), &format!("{file}scenarios = \"own\"\n"), &[format!("api.shop.test:{port}:127.0.0.1")]);
    assert_eq!(code, Some(0), "{said}");
    let host = format!("api.shop.test:{port}");
    assert!(
        server.seen().iter().any(|request| request.path() == "/ws" && request.header("host") == Some(host.as_str()))
    );
}
