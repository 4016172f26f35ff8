//! Facts from the backend's log about a call that the auth service did not receive.

use std::collections::BTreeMap;

use rstest::rstest;

use crate::diagnose::facts::backend_log;
use crate::diagnose::logs::attribution::Logbook;
use crate::diagnose::model::fact::Fact;
use crate::diagnose::readings::input::SentProbe;
use crate::evidence::{Evidence, LogEntry, LoggedRequest, Manifest};
use crate::fixtures::{endpoint, exchange, log_entry, staging};
use crate::observe::observe;
use crate::terms::{Hop, Service, TokenKind};

const PROTECTED: &str = "backend.chat-messages";
const THERE: &str = "http://auth.inner:8081";

fn at(seconds: i64) -> jiff::Timestamp {
    jiff::Timestamp::from_second(1_800_000_000 + seconds).expect("a timestamp")
}

fn says(seconds: i64, text: &str) -> LogEntry {
    log_entry(at(seconds), Hop::Backend, text)
}

/// Returns a request in the auth service's log. It shows how far that log goes.
fn heard(seconds: i64, path: &str, agent: &str) -> LogEntry {
    let (service, method, user_agent) = (Service::Auth, "GET".to_owned(), agent.to_owned());
    let request = LoggedRequest {
        service,
        method,
        path: path.into(),
        status: 200,
        user_agent,
        revision: None,
        latency_ms: None,
        platform: true,
    };
    LogEntry { request: Some(request), ..log_entry(at(seconds), Hop::Edge, "") }
}

fn manifest(url: &str) -> Manifest {
    let env = format!(r#"[{{"name":"AUTH_SERVICE_URL","value":"{url}"}}]"#);
    let text =
        format!(r#"{{"metadata":{{"name":"b"}},"spec":{{"template":{{"spec":{{"containers":[{{"env":{env}}}]}}}}}}}}"#);
    Manifest::parse(&text, &std::collections::BTreeSet::new()).expect("a manifest")
}

/// Returns the value of the fact. Probe 1 fails from second 10 to 12.
fn read(log: Vec<LogEntry>, manifest: Option<&Manifest>) -> Option<&'static str> {
    let exchange = exchange(PROTECTED, TokenKind::Valid).answered(401, "application/json", "{}");
    let failing = observe(&exchange, &endpoint(PROTECTED), "").expect("an observation");
    let sent = SentProbe {
        exchange: 1,
        started_at: at(10),
        ended_at: at(12),
        trace_id: String::new(),
        request_ids: Vec::new(),
    };
    let evidence =
        Evidence { log: log.into(), log_read_at: Some(at(100)), manifests: BTreeMap::new(), ..Evidence::default() };
    let target = staging();
    let logbook = Logbook::new(&evidence, &[&failing], &[1], &[sent]);
    let calls: Vec<Fact> = logbook.calls(&target);
    backend_log::unheard_call(&logbook, &target, manifest, &calls).map(|fact| fact.value)
}

#[rstest]
#[case::no_connection("Auth service connectivity check failed: All connection attempts failed", "unanswered")]
#[case::no_name("AUTH SERVICE CONNECTION ISSUE: [Errno -2] Name or service not known", "unanswered")]
#[case::redacted("auth=REDACTED connectivity check timed out after 0.5s", "unanswered")]
#[case::node("validate: connect ECONNREFUSED http://auth.inner:8081/auth/validate", "unanswered")]
#[case::go("Post \"http://auth.inner:8081/auth/validate\": dial tcp: lookup auth.inner: no such host", "unanswered")]
#[case::from_the_configured_address(
    "HTTP Request: GET http://auth.inner:8081/health \"HTTP/1.1 403 Forbidden\"",
    "answered-there"
)]
#[case::requests("403 Client Error: Forbidden for url: http://auth.inner:8081/auth/validate", "answered-there")]
#[case::from_another_address(
    "HTTP Request: GET http://other.inner:8081/health \"HTTP/1.1 200 OK\"",
    "answered-elsewhere"
)]
#[case::not_sent("Remote validation error: Illegal header value b'x\\n'", "unsent")]
fn a_line_of_the_backend_shows_what_happened_to_the_call(#[case] line: &str, #[case] means: &str) {
    let log = vec![says(11, line), heard(40, "/health", "fivewhys/0.1")];
    assert_eq!(read(log, Some(&manifest(THERE))), Some(means));
}

#[rstest]
#[case::its_opinion("Auth service unreachable after 0.01s - preventing WebSocket timeout")]
#[case::a_store("auth database connection failed: connection refused")]
#[case::oauth("OAuth provider: connection refused")]
#[case::its_own_access_log("10.0.0.1:4711 - \"GET /health HTTP/1.1\" 200 OK")]
#[case::another_api("HTTP Request: POST https://llm.example/v1/messages \"HTTP/1.1 500 Internal Server Error\"")]
#[case::only_an_address("Validating token with auth service at: http://auth.inner:8081/auth/validate")]
fn a_line_that_is_not_about_the_call_yields_no_fact(#[case] line: &str) {
    let log = vec![says(11, line), heard(40, "/health", "fivewhys/0.1")];
    assert_eq!(read(log, Some(&manifest(THERE))), None);
}

const REFUSED: &str = "Auth service connectivity check failed: connection refused";

#[rstest]
#[case::outside_the_failing_probe(vec![says(40, REFUSED), heard(50, "/health", "fivewhys/0.1")])]
#[case::the_other_log_may_be_late(vec![heard(5, "/health", "fivewhys/0.1"), says(11, REFUSED)])]
#[case::the_auth_service_heard_it(vec![says(11, REFUSED), heard(11, "/auth/validate", "x"), heard(50, "/health", "fivewhys/0.1")])]
#[case::it_heard_the_health_check(vec![says(11, REFUSED), heard(11, "/health", "x"), heard(50, "/health", "fivewhys/0.1")])]
fn a_call_that_may_have_arrived_yields_no_fact(#[case] log: Vec<LogEntry>) {
    assert_eq!(read(log, Some(&manifest(THERE))), None);
}

#[test]
fn without_the_manifest_the_right_address_is_unknown() {
    let line = "HTTP Request: GET http://other.inner/health \"HTTP/1.1 200 OK\"";
    assert_eq!(read(vec![says(11, line), heard(40, "/health", "fivewhys/0.1")], None), Some("answered"));
}
