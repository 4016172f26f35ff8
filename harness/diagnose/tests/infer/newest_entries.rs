//! The newest entries of the catalogue: for each, what a system shows that has this fault, by the model of the path.

use rstest::rstest;

use super::candidates_of;
use crate::config::{Target, Validation};
use crate::diagnose::readings::input::{FailedStep, Given};
use crate::evidence::Evidence;
use crate::fixtures::{exchange, staging};
use crate::observe::{Observation, Outcome, observe};
use crate::probe::{ErrorKind, Exchange, Phases, StreamEvent};
use crate::terms::TokenKind::{Issued, None as NoToken, Valid, WrongKey};
use crate::terms::{TokenKind, TokenLocation};

const SUB: &str = "staging-e2e-user-001";
const JSON: &str = "application/json";
const LIST: &str = "backend.chat-messages";
const POST: &str = "backend.chat-messages-post";
const THREADS: &str = "backend.threads";

/// Returns what a healthy system answers to a valid token.
fn served(on: &str, token: TokenKind) -> Exchange {
    let body = match on {
        "backend.health" => r#"{"status":"healthy","service":"netra-ai-platform"}"#,
        "auth.health" => r#"{"status":"healthy","service":"auth-service"}"#,
        "auth.verify" => r#"{"valid":true,"user_id":"staging-e2e-user-001"}"#,
        "auth.login" => r#"{"access_token":"<token:issued>"}"#,
        POST => r#"{"message":{"id":"7","user_id":"staging-e2e-user-001"}}"#,
        LIST => r#"{"messages":[]}"#,
        _ => "[]",
    };
    exchange(on, token).answered(200, JSON, body).with_header("server", "nginx")
}

/// Returns an answer of the backend, through an nginx.
fn said(on: &str, token: TokenKind, status: u16, detail: &str) -> Exchange {
    let sent = exchange(on, token).answered(status, JSON, &format!(r#"{{"detail":"{detail}"}}"#));
    sent.with_header("server", "nginx")
}

/// Returns a page of nginx itself.
fn page(on: &str, token: TokenKind, status: u16, title: &str) -> Exchange {
    let text = format!(
        "<html><head><title>{title}</title></head><body><center><h1>{title}</h1></center><hr><center>nginx/1.28.0</center></body></html>"
    );
    exchange(on, token).answered(status, "text/html", &text).with_header("server", "nginx")
}

/// Returns a call that gets a connection and no answer.
fn hanging(on: &str, token: TokenKind) -> Exchange {
    let sent = exchange(on, token).broken(ErrorKind::HttpResponseTimeout);
    Exchange { phases: Phases { connect_ms: Some(2.0), end_ms: 15_000.0, ..Phases::default() }, ..sent }
}

/// Returns what the rest of a system answers that is in order.
fn in_order() -> Vec<Exchange> {
    let mut all =
        vec![served("backend.health", NoToken), served("auth.health", NoToken), served("auth.login", NoToken)];
    all.push(served("auth.verify", Valid));
    all.extend([LIST, POST, THREADS].map(|on| served(on, Valid)));
    all.extend([LIST, THREADS].map(|on| said(on, NoToken, 401, "Not authenticated")));
    all.push(said(LIST, WrongKey, 401, "Signature verification failed"));
    all
}

/// Replaces the answers in order by these, call by call.
fn but(broken: Vec<Exchange>) -> Vec<Exchange> {
    let same = |one: &Exchange| broken.iter().any(|other| other.probe == one.probe);
    let mut all: Vec<Exchange> = in_order().into_iter().filter(|one| !same(one)).collect();
    all.extend(broken);
    all
}

fn observed(target: &Target, all: Vec<Exchange>) -> Vec<Observation> {
    let seen = |(id, sent): (u32, Exchange)| {
        let endpoint = &target.endpoints[&sent.probe.endpoint];
        observe(&Exchange { id, ..sent }, endpoint, SUB).expect("an observation")
    };
    (1..).zip(all).map(seen).collect()
}

/// Returns the candidates, the likeliest first. Every call with a good token that was not served is a failed step.
fn candidates(validation: Validation, all: Vec<Exchange>) -> Vec<String> {
    candidates_in(Target { validation, ..staging() }, all)
}

fn candidates_in(target: Target, all: Vec<Exchange>) -> Vec<String> {
    let observations = observed(&target, all);
    let takes_no_token = |seen: &Observation| target.endpoints[&seen.probe.endpoint].token_locations.is_empty();
    let is_step = |seen: &&Observation| seen.probe.token.should_be_accepted() || takes_no_token(seen);
    let is_failed = |seen: &&Observation| seen.result != Outcome::Ok;
    let step = |seen: &Observation| FailedStep {
        step: format!("s/{}", seen.exchange),
        exchange: seen.exchange,
        control: false,
    };
    let failed: Vec<FailedStep> = observations.iter().filter(is_step).filter(is_failed).map(step).collect();
    let evidence = Evidence::default();
    let given = Given { target: &target, observations: &observations, sent: &[], evidence: &evidence, failed: &failed };
    candidates_of(given)
}

/// Returns the answers of the backend to every call with a token.
fn to_each_token(answer: impl Fn(&str, TokenKind) -> Exchange) -> Vec<Exchange> {
    let calls = [(LIST, Valid), (POST, Valid), (THREADS, Valid), (LIST, WrongKey)];
    calls.into_iter().map(|(on, token)| answer(on, token)).collect()
}

/// Returns what a system shows in which every call of the backend with a token of the auth service is refused so.
fn refuses_issued(detail: &str) -> Vec<Exchange> {
    but([LIST, THREADS].map(|on| said(on, Issued, 401, detail)).into())
}

/// Returns what a system shows whose edge answers every call of the backend so.
fn for_every_call(answer: impl Fn(&str, TokenKind) -> Exchange) -> Vec<Exchange> {
    let calls = [("backend.health", NoToken), (LIST, Valid), (POST, Valid), (THREADS, Valid), (LIST, NoToken)];
    let more = [(THREADS, NoToken), (LIST, WrongKey)];
    but(calls.into_iter().chain(more).map(|(on, token)| answer(on, token)).collect())
}

/// Returns what a system shows whose platform refuses every caller of the auth service, the backend among them.
fn auth_not_public() -> Vec<Exchange> {
    // The page of Cloud Run for a caller without the invoker role.
    let text = "<html><head><title>403 Forbidden</title></head><body><h1>Error: Forbidden</h1><h2>Your client does not \
                have permission to get URL <code>/</code> from this server.</h2></body></html>";
    let forbidden = |on: &str, token| exchange(on, token).answered(403, "text/html; charset=UTF-8", text);
    let asks = |on: &str, token| said(on, token, 503, "authentication service unavailable");
    let mut broken =
        vec![forbidden("auth.health", NoToken), forbidden("auth.login", NoToken), forbidden("auth.verify", Valid)];
    broken.extend(to_each_token(asks));
    but(broken)
}

/// Returns what a system shows in which about every second call fails at the edge.
fn one_upstream_down() -> Vec<Exchange> {
    let mut all = in_order();
    for on in [LIST, THREADS, POST] {
        let gone = || page(on, Valid, 502, "502 Bad Gateway");
        all.extend([gone(), served(on, Valid), gone(), served(on, Valid)]);
    }
    all
}

/// Returns what a system shows whose edge cuts `/api` from every path.
fn rewrites_path() -> Vec<Exchange> {
    let lost = |on: &str, token, path: &str| {
        let mut sent = said(on, token, 404, &format!("No route for {path}"));
        sent.request.url = format!("https://example.test/api{path}");
        sent
    };
    let mut broken: Vec<Exchange> = [Valid, NoToken, WrongKey].map(|token| lost(LIST, token, "/chat/messages")).into();
    broken.extend([Valid, NoToken].map(|token| lost(THREADS, token, "/threads")));
    broken.push(lost(POST, Valid, "/chat/messages"));
    but(broken)
}

/// Returns what a system shows whose backend answers every call so, except its health check.
fn paused(answer: impl Fn(&str, TokenKind) -> Exchange) -> Vec<Exchange> {
    let mut all = for_every_call(answer);
    all.retain(|sent| sent.probe.endpoint != "backend.health");
    all.push(served("backend.health", NoToken));
    all
}

/// Returns what a system shows whose auth service turns every caller away, the backend among them.
fn auth_throttled() -> Vec<Exchange> {
    let mut broken = vec![said("auth.verify", Valid, 429, "Too many requests")];
    broken.extend(to_each_token(|on, token| said(on, token, 503, "authentication service unavailable")));
    but(broken)
}

/// Returns what a system shows whose backend can fetch no keys.
fn without_keys() -> Vec<Exchange> {
    let unread = |on: &str, token| said(on, token, 503, "could not fetch the signing keys");
    but(to_each_token(unread))
}

/// Returns what a system shows whose edge refuses the claims of each token.
fn claims_refused_by_the_edge() -> Vec<Exchange> {
    let refused = |on: &str, token| page(on, token, 401, "401 Unauthorized");
    let mut broken = to_each_token(refused);
    broken.extend([LIST, THREADS].map(|on| refused(on, NoToken)));
    but(broken)
}

/// Returns what a system shows whose auth service and backend each take other tokens: the backend only ours, the auth
/// service only its own.
fn each_takes_its_own(detail: &str) -> Vec<Exchange> {
    let mut broken = vec![said("auth.verify", Valid, 401, "Given token not valid")];
    broken.extend([LIST, THREADS].map(|on| said(on, Issued, 401, detail)));
    but(broken)
}

/// Returns what a system shows whose backend checks the body of a write before it looks at the token.
fn lacks_a_field_of_any_token() -> Vec<Exchange> {
    let lacks = r#"{"detail":[{"type":"missing","loc":["body","tone"],"msg":"Field required"}]}"#;
    let lacks = |token| exchange(POST, token).answered(422, JSON, lacks).with_header("server", "uvicorn");
    but([Valid, WrongKey, NoToken].map(lacks).into())
}

/// Returns what a system shows whose backend compares the issuer before it looks at the signature.
fn names_the_issuer_first() -> Vec<Exchange> {
    let other = |on: &str, token| said(on, token, 401, "id token issued by a different provider");
    but(to_each_token(other))
}

/// Returns what a system shows whose upgrades fail, whatever the token.
fn upgrades_fail() -> Vec<Exchange> {
    let failed = |token| said("backend.websocket", token, 500, "Internal Server Error");
    let mut all = in_order();
    all.extend([Valid, WrongKey, NoToken].map(failed));
    all
}

/// Returns what a system shows whose server refuses the headers of every request with a token, with an empty body.
fn headers_are_too_large() -> Vec<Exchange> {
    let refused = |on: &str, token| exchange(on, token).answered(431, "text/plain", "").with_header("server", "nginx");
    but(to_each_token(refused))
}

/// Returns what a system shows whose edge verifies tokens and does not know their key.
fn no_key_at_the_edge() -> Vec<Exchange> {
    let refused = |on: &str, token| {
        let sent =
            exchange(on, token).answered(401, "text/plain", "Jwks doesn't have key to match kid or alg from Jwt");
        sent.with_header("server", "istio-envoy")
    };
    but(to_each_token(refused))
}

/// Returns what a system shows whose backend fails in this call after a wait.
fn waits_in_vain(detail: &str) -> Vec<Exchange> {
    let mut sent = said(LIST, Valid, 500, detail);
    sent.phases = Phases { connect_ms: Some(2.0), first_byte_ms: Some(9_000.0), end_ms: 9_001.0, ..sent.phases };
    but(vec![sent])
}

/// Returns what a system shows whose edge has no route for the calls with tokens.
fn routes_are_lost() -> Vec<Exchange> {
    let mut broken = to_each_token(|on, token| page(on, token, 404, "404 Not Found"));
    broken.extend([LIST, THREADS].map(|on| page(on, NoToken, 404, "404 Not Found")));
    but(broken)
}

#[rstest]
#[case("backend/header-too-large", Validation::SharedKey, headers_are_too_large())]
#[case("edge/header-too-large", Validation::SharedKey, headers_are_too_large())]
#[case("backend/csrf-refused", Validation::SharedKey, but(vec![said(POST, Valid, 403, "CSRF Failed: CSRF token missing.")]))]
#[case("client/request-schema", Validation::SharedKey, lacks_a_field_of_any_token())]
#[case("edge/stale-key-set", Validation::Jwks, no_key_at_the_edge())]
#[case("edge/route-drift", Validation::SharedKey, routes_are_lost())]
#[case("edge/response-header-too-large", Validation::SharedKey, but(vec![page(POST, Valid, 502, "502 Bad Gateway"); 4]))]
#[case("data/backend-store-slow", Validation::SharedKey, waits_in_vain("canceling statement due to lock timeout"))]
#[case("backend/dependency-fails", Validation::SharedKey, waits_in_vain("the pricing service did not answer in time"))]
#[case("data/store-takes-no-writes", Validation::SharedKey, but(vec![said(POST, Valid, 500, "cannot execute INSERT in a read-only transaction")]))]
#[case("data/migrations-missing", Validation::SharedKey, but(vec![said(LIST, Valid, 500, "relation \"chat\" does not exist")]))]
#[case("auth/rotated-key", Validation::Jwks, each_takes_its_own("Signature verification failed"))]
#[case("auth/issues-other-claims", Validation::SharedKey, each_takes_its_own("Invalid audience"))]
#[case("backend/expects-other-claim", Validation::Jwks, names_the_issuer_first())]
#[case("backend/websocket-rejects", Validation::SharedKey, upgrades_fail())]
#[case("backend/route-missing", Validation::SharedKey, for_every_call(|on, token| said(on, token, 404, "Not Found")))]
#[case("edge/waf-denied", Validation::SharedKey, but(vec![page(POST, Valid, 405, "405 Not Allowed")]))]
#[case("auth/rate-limited", Validation::Introspection, auth_throttled())]
#[case("auth/key-set-broken", Validation::Jwks, without_keys())]
#[case("edge/expects-other-claim", Validation::Edge, claims_refused_by_the_edge())]
#[case("auth/clock-offset", Validation::SharedKey, refuses_issued("The token is not yet valid (iat)"))]
#[case("auth/issues-other-claims", Validation::SharedKey, refuses_issued("Invalid audience"))]
#[case("auth/signs-with-another-key", Validation::SharedKey, refuses_issued("Signature verification failed"))]
#[case("auth/not-public", Validation::Introspection, auth_not_public())]
#[case("edge/body-too-large", Validation::SharedKey, but(vec![page(POST, Valid, 413, "413 Request Entity Too Large")]))]
#[case("edge/one-upstream-down", Validation::SharedKey, one_upstream_down())]
#[case("edge/hanging", Validation::SharedKey, for_every_call(hanging))]
#[case("edge/maintenance", Validation::SharedKey, for_every_call(|on, token| page(on, token, 503, "Under maintenance")))]
#[case("edge/rewrites-path", Validation::SharedKey, rewrites_path())]
#[case("backend/dies-while-serving", Validation::SharedKey, but(vec![page(POST, Valid, 502, "502 Bad Gateway")]))]
#[case("backend/maintenance", Validation::SharedKey, paused(|on, token| said(on, token, 503, "Under maintenance")))]
fn a_system_with_this_fault_has_it_among_the_candidates(
    #[case] fault: &str,
    #[case] validation: Validation,
    #[case] shown: Vec<Exchange>,
) {
    let candidates = candidates(validation, shown);
    assert!(candidates.iter().any(|one| one == fault), "{candidates:?}");
}

/// Returns what a system shows in which the event stream begins and then breaks so.
fn stream_breaks(kind: ErrorKind) -> Vec<Exchange> {
    let mut sent = exchange("backend.chat-stream", Valid).answered(200, "text/event-stream", "").broken(kind);
    sent.events = vec![StreamEvent { at_ms: 40, name: "started".into(), data: "{}".into() }];
    sent.phases = Phases { connect_ms: Some(2.0), first_byte_ms: Some(30.0), end_ms: 15_000.0, ..sent.phases };
    but(vec![sent.with_header("server", "nginx")])
}

#[rstest]
#[case::we_gave_up(ErrorKind::StreamTimeout, false)]
#[case::it_was_cut(ErrorKind::HttpResponseIncomplete, true)]
fn an_edge_that_waits_no_longer_ends_the_stream(#[case] kind: ErrorKind, #[case] by_the_edge: bool) {
    let candidates = candidates(Validation::SharedKey, stream_breaks(kind));
    assert_eq!(candidates.first().is_some_and(|first| first == "edge/timeout"), by_the_edge, "{candidates:?}");
}

#[test]
fn a_token_that_is_lost_in_the_query_is_lost_at_the_edge_or_in_the_backend() {
    let in_query = |mut sent: Exchange| {
        sent.probe.token_location = TokenLocation::Query;
        sent
    };
    let mut all = in_order();
    all.push(in_query(said(LIST, Valid, 401, "Not authenticated")));
    let candidates = candidates(Validation::SharedKey, all);
    for fault in ["edge/drops-query", "backend/ignores-query-token"] {
        assert!(candidates.iter().any(|one| one == fault), "{candidates:?}");
    }
}

#[test]
fn a_limit_that_was_reached_refuses_every_call() {
    let mut all: Vec<Exchange> = Vec::new();
    for _ in 0..3 {
        all.extend(paused(|on, token| page(on, token, 429, "429 Too Many Requests")));
    }
    assert_eq!(candidates(Validation::SharedKey, all).first().map(String::as_str), Some("edge/rate-limited"));
}

#[test]
fn a_limit_of_auth_may_count_logins_only() {
    let login = || exchange("auth.login", NoToken).answered(429, JSON, r#"{"detail":"Request was throttled."}"#);
    let all = but(vec![login(), login()]);
    assert_eq!(candidates(Validation::SharedKey, all).first().map(String::as_str), Some("auth/rate-limited"));
}

#[test]
fn an_edge_that_expects_a_claim_may_want_a_token() {
    let jwt = |on: &str, token, detail: &str| {
        exchange(on, token).answered(401, "text/plain", detail).with_header("server", "envoy")
    };
    let mut broken = to_each_token(|on, token| jwt(on, token, "Audiences in Jwt are not allowed"));
    broken.extend([LIST, THREADS].map(|on| jwt(on, NoToken, "Jwt is missing")));
    assert_eq!(candidates(Validation::Jwks, but(broken)).first().map(String::as_str), Some("edge/expects-other-claim"));
}

#[test]
fn a_backend_without_its_configuration_may_answer_its_health_check() {
    let mut broken = to_each_token(|on, token| said(on, token, 500, "Server Error"));
    broken.extend([LIST, THREADS].map(|on| said(on, NoToken, 500, "Server Error")));
    let candidates = candidates(Validation::SharedKey, but(broken));
    assert!(candidates.iter().any(|one| one == "backend/required-config-missing"), "{candidates:?}");
    assert!(!candidates.iter().any(|one| one == "backend/crashing"), "{candidates:?}");
}

#[test]
fn a_request_of_the_wrong_form_is_not_too_large() {
    let lacks = |on: &str, token| said(on, token, 422, "Field required");
    let found = candidates(Validation::SharedKey, paused(lacks));
    let of_size = ["backend/header-too-large", "edge/header-too-large", "edge/upstream-protocol"];
    assert!(!found.iter().any(|one| of_size.contains(&one.as_str())), "{found:?}");
}

#[test]
fn a_query_that_fails_needs_no_database_that_is_down() {
    let found =
        candidates(Validation::SharedKey, but(vec![said(LIST, Valid, 500, "relation \"chat\" does not exist")]));
    assert!(!found.iter().any(|one| one == "data/backend-store-down"), "{found:?}");
}

#[test]
fn a_backend_whose_library_words_every_flaw_alike_may_have_lost_its_service_secret() {
    let mut broken = to_each_token(|on, token| said(on, token, 401, "Session could not be verified"));
    broken.retain(|sent| sent.probe.token == Valid);
    for on in [LIST, THREADS] {
        let flaws = [WrongKey, TokenKind::Malformed, TokenKind::Expired, TokenKind::WrongAudience];
        broken.extend(flaws.map(|token| said(on, token, 401, "Given token not valid for any token type")));
    }
    let found = candidates(Validation::LocalThenIntrospection, but(broken));
    assert!(found.iter().any(|one| one == "backend-auth/service-secret-mismatch"), "{found:?}");
}

#[test]
fn a_backend_that_dies_may_be_back_at_once() {
    let gone = || page(POST, Valid, 502, "502 Bad Gateway");
    let mut all = but(vec![gone(), gone(), gone()]);
    all.extend((0..12).map(|_| served(LIST, Valid)));
    let found = candidates(Validation::SharedKey, all);
    assert_eq!(found.first().map(String::as_str), Some("backend/dies-while-serving"), "{found:?}");
}

#[test]
fn an_endpoint_that_serves_a_good_token_as_another_user_leaks() {
    let whose = |token, who: &str| {
        let body = format!(r#"{{"status":"success","user_id":"{who}"}}"#);
        exchange("backend.agents-execute", token).answered(200, JSON, &body)
    };
    let found = |who: &str| {
        let mut target = staging();
        let endpoint = target.endpoints.get_mut("backend.agents-execute").expect("an endpoint");
        endpoint.identity = serde_json_path::JsonPath::parse("$.user_id").ok();
        candidates_in(target, but(vec![whose(Valid, who), whose(NoToken, "anonymous")]))
    };
    assert_eq!(found("staging-e2e-user-003").first().map(String::as_str), Some("backend/cross-user-leak"));
    assert!(!found("anonymous").iter().any(|one| one == "backend/cross-user-leak"));
}

#[test]
fn a_line_without_a_connection_to_auth_refuses_no_caller() {
    let broken = to_each_token(|on, token| said(on, token, 503, "token check failed: connection refused"));
    let first = candidates(Validation::Introspection, but(broken)).into_iter().next().unwrap_or_default();
    assert!(["backend-auth/auth-unreachable", "backend-auth/auth-url-wrong"].contains(&first.as_str()), "{first}");
}

#[test]
fn a_socket_on_which_we_send_may_be_closed_for_the_size_of_the_message() {
    let found = |sends: bool| {
        let mut target = staging();
        let socket = target.endpoints.get_mut("backend.websocket").expect("an endpoint");
        socket.send = if sends { vec![serde_json::json!({ "text": "hello" })] } else { Vec::new() };
        let closed = exchange("backend.websocket", Valid).answered(101, "", "").closed(1009, "");
        candidates_in(target, but(vec![closed]))
    };
    let is_first = |found: Vec<String>| found.first().is_some_and(|one| one == "backend/body-too-large");
    assert_eq!((is_first(found(true)), is_first(found(false))), (true, false), "{:?}", found(true));
}

/// Returns the candidates of a system whose list of messages comes from a cache of the edge with this header.
fn with_kept_list(token: TokenKind, status: u16, header: (&str, &str)) -> Vec<String> {
    let body = if status == 200 { r#"{"messages":[]}"# } else { r#"{"detail":"Not authenticated"}"# };
    let kept = exchange(LIST, token).answered(status, JSON, body).with_header("server", "nginx");
    let all = but(vec![kept.with_header(header.0, header.1)]);
    let observations = observed(&Target { validation: Validation::SharedKey, ..staging() }, all);
    let is_wrong = |seen: &&Observation| seen.probe.endpoint == LIST && seen.probe.token == token;
    let step = |seen: &Observation| FailedStep {
        step: "s/list".into(),
        exchange: seen.exchange,
        control: !token.should_be_accepted(),
    };
    let failed: Vec<FailedStep> = observations.iter().filter(is_wrong).map(step).collect();
    let target = Target { validation: Validation::SharedKey, ..staging() };
    let evidence = Evidence::default();
    let given = Given { target: &target, observations: &observations, sent: &[], evidence: &evidence, failed: &failed };
    candidates_of(given)
}

#[rstest]
#[case::no_token(NoToken, 200)]
#[case::a_wrong_token(WrongKey, 200)]
#[case::a_good_token(Valid, 401)]
fn a_response_of_a_cache_that_the_request_should_not_get_names_the_cache(
    #[case] token: TokenKind,
    #[case] status: u16,
) {
    let is_first =
        |header| with_kept_list(token, status, header).first().is_some_and(|one| one == "edge/serves-kept-responses");
    assert!(is_first(("x-cache", "HIT")), "{:?}", with_kept_list(token, status, ("x-cache", "HIT")));
    assert!(is_first(("age", "41")));
    assert!(!is_first(("x-cache", "MISS")));
}
