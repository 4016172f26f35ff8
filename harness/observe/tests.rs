//! One exchange, one meaning: who answered, what became of the credential, how it ended.

use proptest::prelude::*;
use rstest::rstest;

use super::{Authn, Outcome, observe};
use crate::fixtures::{endpoint, exchange};
use crate::probe::{ErrorKind, Exchange};
use crate::terms::TokenKind::{Malformed, None as NoToken, Valid, WrongKey};
use crate::terms::{Caller, Hop, TokenKind};

const SUB: &str = "staging-e2e-user-001";

fn axes(exchange: &Exchange) -> (Hop, Authn, Outcome) {
    let seen = observe(exchange, &endpoint(&exchange.probe.endpoint), SUB).expect("not cut by our own budget");
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
#[case::a_403_alone_does_not_tell(Valid, 403, JSON, r#"{"detail":"no"}"#, (Hop::Backend, Authn::Unknown, Outcome::Denied))]
#[case::a_bad_token_refused_by_403(WrongKey, 403, JSON, r#"{"detail":"no"}"#, (Hop::Backend, Authn::Rejected, Outcome::Denied))]
#[case::nothing_sent(NoToken, 403, JSON, r#"{"detail":"Not authenticated"}"#, (Hop::Backend, Authn::Missing, Outcome::Denied))]
#[case::handler_failed(Valid, 500, JSON, r#"{"error":true}"#, (Hop::Backend, Authn::Unknown, Outcome::Failed))]
#[case::starlette_failed(Valid, 500, "text/plain", "Internal Server Error", (Hop::Backend, Authn::Unknown, Outcome::Failed))]
#[case::throttled(Valid, 429, HTML, "<html>Rate exceeded.</html>", (Hop::Edge, Authn::Unknown, Outcome::Throttled))]
#[case::not_there(Valid, 503, HTML, "<html>Service Unavailable</html>", (Hop::Edge, Authn::Unknown, Outcome::Unavailable))]
#[case::nginx(Valid, 502, HTML, "<center><h1>502 Bad Gateway</h1></center><hr><center>nginx/1.22.1</center>", (Hop::Edge, Authn::Unknown, Outcome::Unavailable))]
#[case::a_login_page(Valid, 200, HTML, "<form>sign in</form>", (Hop::Unknown, Authn::Unknown, Outcome::WrongService))]
#[case::a_redirect(Valid, 302, "", "", (Hop::Unknown, Authn::Unknown, Outcome::WrongService))]
#[case::a_static_ok(Valid, 200, JSON, r#"{"ok":true}"#, (Hop::Backend, Authn::Unknown, Outcome::Failed))]
#[case::words_where_json_is_spoken(Valid, 200, "text/plain", "OK", (Hop::Unknown, Authn::Unknown, Outcome::WrongService))]
#[case::tls_further_in(Valid, 525, HTML, "<h1>525</h1>", (Hop::Edge, Authn::Unknown, Outcome::TlsFailed))]
#[case::a_page_nobody_knows(Valid, 403, HTML, "<h1>No</h1>", (Hop::Unknown, Authn::Unknown, Outcome::Denied))]
fn an_answer_means(
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
fn no_answer_is_made_by_the_network(#[case] kind: ErrorKind, #[case] outcome: Outcome) {
    assert_eq!(axes(&exchange(MESSAGES, Valid).broken(kind)), (Hop::Network, Authn::Unknown, outcome));
}

#[test]
fn what_our_own_budget_cut_says_nothing_of_the_system() {
    let cut = exchange(MESSAGES, Valid).broken(ErrorKind::BudgetSpent);
    assert_eq!(observe(&cut, &endpoint(MESSAGES), SUB), None);
}

#[rstest]
#[case::the_platform_refuses_whoever_shows_nothing(
    403,
    "",
    "Your client does not have permission to get URL <code>/</code> from this server."
)]
#[case::the_platform_cannot_verify(
    401,
    "Bearer error=\"invalid_token\" error_description=\"The access token could not be verified\"",
    ""
)]
fn cloud_run_s_own_refusals_are_made_at_the_edge(#[case] status: u16, #[case] challenge: &str, #[case] text: &str) {
    let refused = exchange(MESSAGES, Valid).answered(status, HTML, text).with_header("www-authenticate", challenge);
    let (hop, _, outcome) = axes(&refused);
    assert_eq!((hop, outcome), (Hop::Edge, Outcome::Denied));
}

#[rstest]
#[case::ours(r#"{"status":"healthy","service":"netra-ai-platform"}"#, Outcome::Ok)]
#[case::ours_and_ill(r#"{"status":"unhealthy","service":"netra-ai-platform"}"#, Outcome::Failed)]
#[case::of_another_service(r#"{"status":"healthy","service":"auth-service"}"#, Outcome::WrongService)]
#[case::of_who_knows_what(r#"{"ok":true}"#, Outcome::WrongService)]
#[case::without_a_name(r#"{"status":"unhealthy"}"#, Outcome::Failed)]
fn a_health_answer_means(#[case] text: &str, #[case] outcome: Outcome) {
    assert_eq!(answer("backend.health", NoToken, 200, JSON, text).2, outcome);
}

#[rstest]
#[case::nothing_was_seen_or_never_an_error_code(Valid, "Bearer", Authn::Unknown)]
#[case::a_bad_token_is_refused_all_the_same(WrongKey, "Bearer", Authn::Rejected)]
#[case::nothing_was_sent(NoToken, "Bearer error=\"invalid_token\"", Authn::Missing)]
#[case::known_and_not_allowed(Valid, "Bearer error=\"insufficient_scope\"", Authn::Accepted)]
fn a_challenge_tells_of_the_credential(#[case] token: TokenKind, #[case] challenge: &str, #[case] authn: Authn) {
    let refused = exchange(MESSAGES, token).answered(401, JSON, r#"{"detail":"no"}"#);
    assert_eq!(axes(&refused.with_header("www-authenticate", challenge)).1, authn);
}

#[rstest]
#[case::it_waited("edge; error=http_response_timeout", Outcome::TimedOut)]
#[case::tls("edge; error=tls_certificate_error", Outcome::TlsFailed)]
#[case::a_word_of_its_own("edge; error=bored", Outcome::Unavailable)]
fn a_proxy_status_tells_how_it_ended_further_in(#[case] value: &str, #[case] outcome: Outcome) {
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
fn a_problem_whose_status_is_another_was_changed_on_its_way() {
    let problem = exchange(MESSAGES, Valid).answered(502, "application/problem+json", r#"{"status":401,"title":"no"}"#);
    let seen = observe(&problem, &endpoint(MESSAGES), SUB).expect("an observation");
    assert_eq!(seen.signatures, ["problem.status-changed"]);
}

#[test]
fn a_challenge_with_an_error_code_means_that_a_token_was_looked_at() {
    let refused = exchange(MESSAGES, Valid).answered(403, JSON, r#"{"detail":"no"}"#);
    let refused = refused.with_header("www-authenticate", "Bearer error=\"invalid_token\"");
    assert_eq!(axes(&refused).1, Authn::Rejected);
}

#[rstest]
#[case::yes(r#"{"valid":true,"user_id":"staging-e2e-user-001"}"#, Caller::Right, Authn::Accepted, Outcome::Ok)]
#[case::yes_to_somebody_else(
    r#"{"valid":true,"user_id":"somebody"}"#,
    Caller::Right,
    Authn::AcceptedAsOther,
    Outcome::Ok
)]
#[case::no_to_the_token(r#"{"valid":false,"error":"invalid_token"}"#, Caller::Right, Authn::Rejected, Outcome::Denied)]
#[case::no_to_the_caller(
    r#"{"valid":false,"error":"invalid_service_secret"}"#,
    Caller::WrongSecret,
    Authn::CallerRejected,
    Outcome::Denied
)]
fn an_introspection_answers_200_and_means(
    #[case] text: &str,
    #[case] caller: Caller,
    #[case] authn: Authn,
    #[case] outcome: Outcome,
) {
    let asked = exchange("auth.validate", Valid).answered(200, JSON, text).called_by(caller);
    assert_eq!(axes(&asked), (Hop::Auth, authn, outcome));
}

#[test]
fn a_401_from_a_route_that_also_judges_its_caller_does_not_say_whom_it_refuses() {
    let asked = exchange("auth.validate", Valid).answered(401, JSON, r#"{"detail":"no"}"#);
    assert_eq!(axes(&asked.clone()).1, Authn::Unknown);
    assert_eq!(axes(&asked.called_by(Caller::Right)).1, Authn::Unknown);
}

#[test]
fn a_body_without_its_token_is_refused_as_malformed_and_that_is_the_refusal() {
    assert_eq!(answer("auth.validate", NoToken, 422, JSON, r#"{"detail":[]}"#).2, Outcome::Denied);
}

#[rstest]
#[case(1008, Outcome::Denied)]
#[case(4401, Outcome::Denied)]
#[case(1011, Outcome::Failed)]
#[case(1012, Outcome::Unavailable)]
#[case(1000, Outcome::BrokenStream)]
fn a_socket_that_is_closed_without_a_welcome_means(#[case] code: u16, #[case] outcome: Outcome) {
    let socket =
        exchange("backend.websocket", Valid).answered(101, "", "").with_frame(r#"{"type":"error"}"#).closed(code, "");
    assert_eq!(axes(&socket).2, outcome);
}

#[test]
fn a_socket_that_welcomes_the_user_is_accepted_even_if_it_is_closed_later() {
    let welcome = r#"{"data":{"event":"connection_established","user_id":"staging-e2e-user-001"}}"#;
    let socket = exchange("backend.websocket", Valid).answered(101, "", "").with_frame(welcome).closed(1000, "");
    assert_eq!(axes(&socket), (Hop::Backend, Authn::Accepted, Outcome::Ok));
}

#[test]
fn a_socket_that_says_nothing_is_silent_and_one_that_stops_is_broken() {
    let open = exchange("backend.websocket", Valid).answered(101, "", "").broken(ErrorKind::StreamTimeout);
    assert_eq!(axes(&open).2, Outcome::Silent);
    assert_eq!(axes(&open.with_frame("{}")).2, Outcome::BrokenStream);
}

fn shape_of(token: TokenKind, text: &str) -> String {
    let seen = observe(&exchange(MESSAGES, token).answered(401, JSON, text), &endpoint(MESSAGES), SUB);
    seen.expect("an observation").shape
}

#[test]
fn ids_times_and_numbers_do_not_make_two_answers_different() {
    let one = r#"{"error":true,"message":"no","trace_id":"a27dbff1-37d1-49ca-9162-1cca039f67f0","at":"2026-11-22T02:50:44.895Z","line":90}"#;
    let two = r#"{"error":true,"message":"no","trace_id":"24925292-9779-455f-9eea-1c84ff0ebcd9","at":"2026-11-22T02:51:01Z","line":308}"#;
    assert_eq!(shape_of(Valid, one), shape_of(Malformed, two));
}

#[rstest]
#[case::an_exponent("1.2e-5", "0.00031")]
#[case::a_whole_number("2", "0.25")]
fn how_a_number_is_written_makes_no_other_answer(#[case] one: &str, #[case] two: &str) {
    let took = |seconds: &str| format!(r#"{{"status":"success","execution_time":{seconds}}}"#);
    assert_eq!(shape_of(Valid, &took(one)), shape_of(Valid, &took(two)));
}

#[test]
fn another_message_makes_another_answer() {
    assert_ne!(shape_of(Valid, r#"{"message":"no"}"#), shape_of(Valid, r#"{"message":"never"}"#));
}

#[test]
fn what_lies_deep_in_an_answer_is_context() {
    let of = |frame: &str| format!(r#"{{"message":"no","debug":{{"stack":{{"frames":["{frame}"]}}}}}}"#);
    assert_eq!(shape_of(Valid, &of("a.py")), shape_of(Valid, &of("b.py")));
}

proptest! {
    #[test]
    fn no_answer_panics(status in 100u16..600, media in ".{0,30}", text in ".{0,200}", code in prop::option::of(0u16..5000)) {
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
#[case::a_token_that_names_nobody(Malformed, "demo-user-001", Authn::AcceptedAsOther)]
#[case::our_own_user_under_a_foreign_key(WrongKey, SUB, Authn::Accepted)]
#[case::the_user_that_the_token_does_name(TokenKind::UnknownUser, "nobody", Authn::Accepted)]
fn a_socket_that_lets_a_bad_token_in_as_somebody(#[case] token: TokenKind, #[case] who: &str, #[case] authn: Authn) {
    let welcome = format!(r#"{{"data":{{"event":"connection_established","user_id":"{who}"}}}}"#);
    let seen = axes(&exchange("backend.websocket", token).answered(101, "", "").with_frame(&welcome));
    assert_eq!((seen.1, seen.2), (authn, Outcome::Ok));
}

const NAMED: &str = r#"{"status":"success","user_id":"staging-e2e-user-001"}"#;
const OTHER: &str = r#"{"status":"success","user_id":"test-user"}"#;
const NOBODY: &str = r#"{"status":"success","user_id":null}"#;

#[rstest]
#[case::named(Valid, NAMED, (Hop::Backend, Authn::Accepted, Outcome::Ok))]
#[case::a_stand_in(Valid, OTHER, (Hop::Backend, Authn::Rejected, Outcome::Denied))]
#[case::nobody(Valid, NOBODY, (Hop::Backend, Authn::Rejected, Outcome::Denied))]
#[case::a_bad_token_as_nobody(WrongKey, NOBODY, (Hop::Backend, Authn::Rejected, Outcome::Denied))]
#[case::a_bad_token_as_the_user(WrongKey, NAMED, (Hop::Backend, Authn::Accepted, Outcome::Ok))]
#[case::no_token(NoToken, NOBODY, (Hop::Backend, Authn::Missing, Outcome::Denied))]
fn where_signing_in_is_optional_only_the_user_in_the_answer_is_acceptance(
    #[case] token: TokenKind,
    #[case] text: &str,
    #[case] means: (Hop, Authn, Outcome),
) {
    let mut endpoint = endpoint("backend.agents-execute");
    endpoint.identity = serde_json_path::JsonPath::parse("$.user_id").ok();
    let exchange = exchange("backend.agents-execute", token).answered(200, JSON, text);
    let seen = observe(&exchange, &endpoint, SUB).expect("not cut by our own budget");
    assert_eq!((seen.answered_by, seen.authn, seen.result), means);
}

#[rstest]
#[case(Valid, Authn::Unknown)]
#[case(WrongKey, Authn::Unknown)]
#[case(NoToken, Authn::Anonymous)]
fn an_optional_route_that_never_tells_whom_it_serves_says_nothing_of_a_token(
    #[case] token: TokenKind,
    #[case] authn: Authn,
) {
    let seen = answer("backend.agents-execute", token, 200, JSON, NAMED);
    assert_eq!(seen, (Hop::Backend, authn, Outcome::Ok));
}
