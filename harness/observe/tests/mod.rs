//! One exchange, one observation: which component answered, what became of the credential, how the call ended.

mod ends;

use proptest::prelude::*;
use rstest::rstest;

use super::{Authn, Outcome, observe};
use crate::fixtures::{endpoint, exchange};
use crate::probe::{ErrorKind, Exchange};
use crate::terms::TokenKind::{Malformed, None as NoToken, Valid, WrongKey};
use crate::terms::{Caller, Hop, TokenKind};

const SUB: &str = "staging-e2e-user-001";

fn axes(exchange: &Exchange) -> (Hop, Authn, Outcome) {
    let seen = observe(exchange, &endpoint(&exchange.probe.endpoint), SUB).expect("not cut by the budget of the run");
    (seen.answered_by, seen.authn, seen.result)
}

fn answer(id: &str, token: TokenKind, status: u16, media: &str, text: &str) -> (Hop, Authn, Outcome) {
    axes(&exchange(id, token).answered(status, media, text))
}

const JSON: &str = "application/json";
const HTML: &str = "text/html; charset=UTF-8";
const MESSAGES: &str = "backend.chat-messages";

#[rstest]
#[case::accepted(Valid, 200, JSON, r#"{"messages":[]}"#, (Hop::Backend, Authn::Accepted, Outcome::Ok))]
#[case::open_to_anyone(NoToken, 200, JSON, r#"{"messages":[]}"#, (Hop::Backend, Authn::Anonymous, Outcome::Ok))]
#[case::refused(Valid, 401, JSON, r#"{"detail":"no"}"#, (Hop::Backend, Authn::Rejected, Outcome::Denied))]
#[case::a_403_alone_shows_nothing(Valid, 403, JSON, r#"{"detail":"no"}"#, (Hop::Backend, Authn::Unknown, Outcome::Denied))]
#[case::a_bad_token_refused_by_403(WrongKey, 403, JSON, r#"{"detail":"no"}"#, (Hop::Backend, Authn::Rejected, Outcome::Denied))]
#[case::no_token_sent(NoToken, 403, JSON, r#"{"detail":"Not authenticated"}"#, (Hop::Backend, Authn::Missing, Outcome::Denied))]
#[case::handler_failed(Valid, 500, JSON, r#"{"error":true}"#, (Hop::Backend, Authn::Unknown, Outcome::Failed))]
#[case::starlette_failed(Valid, 500, "text/plain", "Internal Server Error", (Hop::Backend, Authn::Unknown, Outcome::Failed))]
#[case::throttled(Valid, 429, HTML, "<html>Rate exceeded.</html>", (Hop::Edge, Authn::Unknown, Outcome::Throttled))]
#[case::unavailable(Valid, 503, HTML, "<html>Service Unavailable</html>", (Hop::Edge, Authn::Unknown, Outcome::Unavailable))]
#[case::nginx(Valid, 502, HTML, "<center><h1>502 Bad Gateway</h1></center><hr><center>nginx/1.22.1</center>", (Hop::Edge, Authn::Unknown, Outcome::Unavailable))]
#[case::a_login_page(Valid, 200, HTML, "<form>sign in</form>", (Hop::Unknown, Authn::Unknown, Outcome::WrongService))]
#[case::a_redirect(Valid, 302, "", "", (Hop::Unknown, Authn::Unknown, Outcome::WrongService))]
#[case::a_static_ok(Valid, 200, JSON, r#"{"ok":true}"#, (Hop::Backend, Authn::Unknown, Outcome::Failed))]
#[case::text_instead_of_json(Valid, 200, "text/plain", "OK", (Hop::Unknown, Authn::Unknown, Outcome::WrongService))]
#[case::tls_behind_the_edge(Valid, 525, HTML, "<h1>525</h1>", (Hop::Edge, Authn::Unknown, Outcome::TlsFailed))]
#[case::an_unknown_page(Valid, 403, HTML, "<h1>No</h1>", (Hop::Unknown, Authn::Unknown, Outcome::Denied))]
fn a_response_is_read(
    #[case] token: TokenKind,
    #[case] status: u16,
    #[case] media: &str,
    #[case] text: &str,
    #[case] means: (Hop, Authn, Outcome),
) {
    assert_eq!(answer(MESSAGES, token, status, media, text), means);
}

#[rstest]
#[case(ErrorKind::DnsError, Outcome::DnsFailed)]
#[case(ErrorKind::ConnectionRefused, Outcome::Refused)]
#[case(ErrorKind::ConnectionTerminated, Outcome::Reset)]
#[case(ErrorKind::TlsCertificateError, Outcome::TlsFailed)]
#[case(ErrorKind::HttpResponseTimeout, Outcome::TimedOut)]
fn no_response_is_attributed_to_the_network(#[case] kind: ErrorKind, #[case] outcome: Outcome) {
    assert_eq!(axes(&exchange(MESSAGES, Valid).broken(kind)), (Hop::Network, Authn::Unknown, outcome));
}

#[test]
fn an_exchange_cut_by_the_run_budget_gives_no_observation() {
    let cut = exchange(MESSAGES, Valid).broken(ErrorKind::BudgetSpent);
    assert_eq!(observe(&cut, &endpoint(MESSAGES), SUB), None);
}

#[rstest]
#[case::the_platform_requires_a_credential(
    403,
    "",
    "Your client does not have permission to get URL <code>/</code> from this server."
)]
#[case::the_platform_cannot_verify_the_token(
    401,
    "Bearer error=\"invalid_token\" error_description=\"The access token could not be verified\"",
    ""
)]
fn refusals_of_cloud_run_are_attributed_to_the_edge(#[case] status: u16, #[case] challenge: &str, #[case] text: &str) {
    let refused = exchange(MESSAGES, Valid).answered(status, HTML, text).with_header("www-authenticate", challenge);
    let (hop, _, outcome) = axes(&refused);
    assert_eq!((hop, outcome), (Hop::Edge, Outcome::Denied));
}

#[rstest]
#[case::healthy(r#"{"status":"healthy","service":"netra-ai-platform"}"#, Outcome::Ok)]
#[case::unhealthy(r#"{"status":"unhealthy","service":"netra-ai-platform"}"#, Outcome::Failed)]
#[case::another_service(r#"{"status":"healthy","service":"auth-service"}"#, Outcome::WrongService)]
#[case::an_unknown_service(r#"{"ok":true}"#, Outcome::WrongService)]
#[case::without_a_service_name(r#"{"status":"unhealthy"}"#, Outcome::Failed)]
fn a_health_response_is_read(#[case] text: &str, #[case] outcome: Outcome) {
    assert_eq!(answer("backend.health", NoToken, 200, JSON, text).2, outcome);
}

#[rstest]
#[case::no_error_code(Valid, "Bearer", Authn::Unknown)]
#[case::no_error_code_for_a_bad_token(WrongKey, "Bearer", Authn::Rejected)]
#[case::no_token_was_sent(NoToken, "Bearer error=\"invalid_token\"", Authn::Missing)]
#[case::known_and_not_allowed(Valid, "Bearer error=\"insufficient_scope\"", Authn::Accepted)]
fn a_challenge_shows_what_became_of_the_credential(
    #[case] token: TokenKind,
    #[case] challenge: &str,
    #[case] authn: Authn,
) {
    let refused = exchange(MESSAGES, token).answered(401, JSON, r#"{"detail":"no"}"#);
    assert_eq!(axes(&refused.with_header("www-authenticate", challenge)).1, authn);
}

#[rstest]
#[case::timeout("edge; error=http_response_timeout", Outcome::TimedOut)]
#[case::tls("edge; error=tls_certificate_error", Outcome::TlsFailed)]
#[case::an_unknown_error_type("edge; error=bored", Outcome::Unavailable)]
fn a_proxy_status_shows_how_the_call_ended_behind_the_edge(#[case] value: &str, #[case] outcome: Outcome) {
    let gone = exchange(MESSAGES, Valid).answered(502, "text/plain", "gone").with_header("proxy-status", value);
    assert_eq!(axes(&gone).2, outcome);
}

#[test]
fn time_spent_on_authentication_is_a_mark() {
    let timed =
        exchange(MESSAGES, Valid).answered(401, JSON, "{}").with_header("server-timing", "db;dur=1, auth;dur=12.34567");
    let seen = observe(&timed, &endpoint(MESSAGES), SUB).expect("an observation");
    assert!(seen.signatures.contains(&"server-timing.auth".to_owned()), "{:?}", seen.signatures);
}

#[test]
fn a_problem_with_another_status_was_changed_on_the_way() {
    let problem = exchange(MESSAGES, Valid).answered(502, "application/problem+json", r#"{"status":401,"title":"no"}"#);
    let seen = observe(&problem, &endpoint(MESSAGES), SUB).expect("an observation");
    assert_eq!(seen.signatures, ["problem.status-changed"]);
}

#[test]
fn a_challenge_with_an_error_code_means_a_rejected_token() {
    let refused = exchange(MESSAGES, Valid).answered(403, JSON, r#"{"detail":"no"}"#);
    let refused = refused.with_header("www-authenticate", "Bearer error=\"invalid_token\"");
    assert_eq!(axes(&refused).1, Authn::Rejected);
}

#[rstest]
#[case::accepts(r#"{"valid":true,"user_id":"staging-e2e-user-001"}"#, Caller::Right, Authn::Accepted, Outcome::Ok)]
#[case::accepts_as_another_user(
    r#"{"valid":true,"user_id":"somebody"}"#,
    Caller::Right,
    Authn::AcceptedAsOther,
    Outcome::Ok
)]
#[case::refuses_the_token(
    r#"{"valid":false,"error":"invalid_token"}"#,
    Caller::Right,
    Authn::Rejected,
    Outcome::Denied
)]
#[case::refuses_the_caller(
    r#"{"valid":false,"error":"invalid_service_secret"}"#,
    Caller::WrongSecret,
    Authn::CallerRejected,
    Outcome::Denied
)]
fn an_introspection_response_with_status_200_is_read(
    #[case] text: &str,
    #[case] caller: Caller,
    #[case] authn: Authn,
    #[case] outcome: Outcome,
) {
    let asked = exchange("auth.validate", Valid).answered(200, JSON, text).called_by(caller);
    assert_eq!(axes(&asked), (Hop::Auth, authn, outcome));
}

#[test]
fn a_401_does_not_show_whether_token_or_caller_was_refused() {
    let asked = exchange("auth.validate", Valid).answered(401, JSON, r#"{"detail":"no"}"#);
    assert_eq!(axes(&asked.clone()).1, Authn::Unknown);
    assert_eq!(axes(&asked.called_by(Caller::Right)).1, Authn::Unknown);
}

#[test]
fn a_422_for_a_body_without_its_token_is_a_refusal() {
    assert_eq!(answer("auth.validate", NoToken, 422, JSON, r#"{"detail":[]}"#).2, Outcome::Denied);
}

#[rstest]
#[case(1008, Outcome::Denied)]
#[case(4401, Outcome::Denied)]
#[case(1011, Outcome::Failed)]
#[case(1012, Outcome::Unavailable)]
#[case::message_too_big(1009, Outcome::InvalidRequest)]
#[case(1000, Outcome::BrokenStream)]
fn a_close_code_before_the_welcome_is_read(#[case] code: u16, #[case] outcome: Outcome) {
    let socket =
        exchange("backend.websocket", Valid).answered(101, "", "").with_frame(r#"{"type":"error"}"#).closed(code, "");
    assert_eq!(axes(&socket).2, outcome);
}

#[test]
fn a_socket_that_welcomes_the_user_and_then_closes_is_ok() {
    let welcome = r#"{"data":{"event":"connection_established","user_id":"staging-e2e-user-001"}}"#;
    let socket = exchange("backend.websocket", Valid).answered(101, "", "").with_frame(welcome).closed(1000, "");
    assert_eq!(axes(&socket), (Hop::Backend, Authn::Accepted, Outcome::Ok));
}

#[test]
fn a_socket_without_frames_is_silent_and_a_cut_one_is_broken() {
    let open = exchange("backend.websocket", Valid).answered(101, "", "").broken(ErrorKind::StreamTimeout);
    assert_eq!(axes(&open).2, Outcome::Silent);
    assert_eq!(axes(&open.with_frame("{}")).2, Outcome::BrokenStream);
}

fn shape_of(token: TokenKind, text: &str) -> String {
    let seen = observe(&exchange(MESSAGES, token).answered(401, JSON, text), &endpoint(MESSAGES), SUB);
    seen.expect("an observation").shape
}

#[test]
fn ids_times_and_numbers_do_not_change_the_shape() {
    let one = r#"{"error":true,"message":"no","trace_id":"a27dbff1-37d1-49ca-9162-1cca039f67f0","at":"2026-11-22T02:50:44.895Z","line":90}"#;
    let two = r#"{"error":true,"message":"no","trace_id":"24925292-9779-455f-9eea-1c84ff0ebcd9","at":"2026-11-22T02:51:01Z","line":308}"#;
    assert_eq!(shape_of(Valid, one), shape_of(Malformed, two));
}

#[rstest]
#[case::an_exponent("1.2e-5", "0.00031")]
#[case::a_whole_number("2", "0.25")]
fn the_notation_of_a_number_does_not_change_the_shape(#[case] one: &str, #[case] two: &str) {
    let took = |seconds: &str| format!(r#"{{"status":"success","execution_time":{seconds}}}"#);
    assert_eq!(shape_of(Valid, &took(one)), shape_of(Valid, &took(two)));
}

#[test]
fn another_message_changes_the_shape() {
    assert_ne!(shape_of(Valid, r#"{"message":"no"}"#), shape_of(Valid, r#"{"message":"never"}"#));
}

#[test]
fn deep_levels_do_not_change_the_shape() {
    let of = |frame: &str| format!(r#"{{"message":"no","debug":{{"stack":{{"frames":["{frame}"]}}}}}}"#);
    assert_eq!(shape_of(Valid, &of("a.py")), shape_of(Valid, &of("b.py")));
}

proptest! {
    #[test]
    fn no_response_panics(status in 100u16..600, media in ".{0,30}", text in ".{0,200}", code in prop::option::of(0u16..5000)) {
        for id in ["backend.health", MESSAGES, "backend.chat-stream", "backend.websocket", "auth.validate", "auth.login"] {
            let mut any = exchange(id, Valid).answered(status, &media, &text).with_frame(&text);
            for name in ["www-authenticate", "proxy-status", "server-timing", "location", "server"] {
                any = any.with_header(name, &media);
            }
            any.close = code.map(|code| crate::probe::Close { code, reason: text.clone(), by: crate::probe::Side::Server });
            let _ = observe(&any, &endpoint(id), SUB);
        }
    }
}

#[rstest]
#[case::a_token_without_a_user(Malformed, "demo-user-001", Authn::AcceptedAsOther)]
#[case::the_user_signed_with_another_key(WrongKey, SUB, Authn::Accepted)]
#[case::the_user_that_the_token_names(TokenKind::UnknownUser, "nobody", Authn::Accepted)]
fn a_socket_that_accepts_a_bad_token_names_a_user(#[case] token: TokenKind, #[case] who: &str, #[case] authn: Authn) {
    let welcome = format!(r#"{{"data":{{"event":"connection_established","user_id":"{who}"}}}}"#);
    let seen = axes(&exchange("backend.websocket", token).answered(101, "", "").with_frame(&welcome));
    assert_eq!((seen.1, seen.2), (authn, Outcome::Ok));
}

const NAMED: &str = r#"{"status":"success","user_id":"staging-e2e-user-001"}"#;
const OTHER: &str = r#"{"status":"success","user_id":"test-user"}"#;
const NO_USER: &str = r#"{"status":"success","user_id":null}"#;

#[rstest]
#[case::the_user(Valid, NAMED, (Hop::Backend, Authn::Accepted, Outcome::Ok))]
#[case::a_stand_in(Valid, OTHER, (Hop::Backend, Authn::Rejected, Outcome::Denied))]
#[case::no_user(Valid, NO_USER, (Hop::Backend, Authn::Rejected, Outcome::Denied))]
#[case::a_bad_token_and_no_user(WrongKey, NO_USER, (Hop::Backend, Authn::Rejected, Outcome::Denied))]
#[case::a_bad_token_and_the_user(WrongKey, NAMED, (Hop::Backend, Authn::Accepted, Outcome::Ok))]
#[case::no_token(NoToken, NO_USER, (Hop::Backend, Authn::Missing, Outcome::Denied))]
fn optional_sign_in_is_accepted_only_if_the_user_is_named(
    #[case] token: TokenKind,
    #[case] text: &str,
    #[case] means: (Hop, Authn, Outcome),
) {
    let mut endpoint = endpoint("backend.agents-execute");
    endpoint.identity = serde_json_path::JsonPath::parse("$.user_id").ok();
    let exchange = exchange("backend.agents-execute", token).answered(200, JSON, text);
    let seen = observe(&exchange, &endpoint, SUB).expect("not cut by the budget of the run");
    assert_eq!((seen.answered_by, seen.authn, seen.result), means);
}

#[rstest]
#[case(Valid, Authn::Unknown)]
#[case(WrongKey, Authn::Unknown)]
#[case(NoToken, Authn::Anonymous)]
fn an_optional_route_that_names_no_user_shows_nothing(#[case] token: TokenKind, #[case] authn: Authn) {
    let seen = answer("backend.agents-execute", token, 200, JSON, NAMED);
    assert_eq!(seen, (Hop::Backend, authn, Outcome::Ok));
}
