//! What the status of a gRPC call shows. It decides, whatever the status code is (gRPC, `http-grpc-status-mapping.md`).

use crate::config::Endpoint;
use crate::observe::Because;
use crate::observe::signature::media_type;
use crate::probe::{Exchange, GrpcStatus, is_grpc};

/// Returns the status of a gRPC call that failed, unless the `accept` of the endpoint names this status.
pub(super) fn failure(exchange: &Exchange, endpoint: &Endpoint) -> Option<GrpcStatus> {
    let is_accepted = |status: GrpcStatus| {
        let mut wanted = endpoint.accept.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("grpc-status"));
        wanted.any(|(_, value)| GrpcStatus::read(value) == status && !value.contains('*'))
    };
    exchange.grpc_failure().filter(|status| !is_accepted(*status))
}

/// Reports whether a whole response lacks the status that ends each gRPC call. A body that was cut may have had it.
pub(super) fn lacks_status(exchange: &Exchange) -> bool {
    let body = &exchange.body;
    let is_whole = !body.truncated && (body.bytes == 0 || !body.text.is_empty());
    exchange.status() == Some(200)
        && is_whole
        && media_type(exchange).is_some_and(is_grpc)
        && exchange.grpc_status().is_none()
}

/// Returns the reason for the report, with the field that shows it.
pub(super) fn because(exchange: &Exchange) -> Option<Because> {
    if lacks_status(exchange) {
        let claim = "the response has no gRPC status".to_owned();
        return Some(Because { claim, bytes: format!("content-type {}", media_type(exchange).unwrap_or_default()) });
    }
    let status = exchange.grpc_failure()?;
    let is_it = |value: &str| GrpcStatus::read(value) == status;
    let in_header = exchange.headers("grpc-status").find(|value| is_it(value)).map(|value| ("header", value));
    let (place, value) =
        in_header.or_else(|| Some(("trailer", exchange.fields("grpc-status").find(|value| is_it(value))?)))?;
    Some(Because { claim: format!("the gRPC status is {status}"), bytes: format!("{place} grpc-status: {value}") })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use crate::config::Endpoint;
    use crate::fixtures::{endpoint, exchange};
    use crate::observe::{Authn, Observation, Outcome, observe};
    use crate::probe::Exchange;
    use crate::terms::{Hop, TokenKind};

    const WEB: &str = "application/grpc-web+proto";

    fn plain() -> Endpoint {
        let mut endpoint = endpoint("backend.threads");
        endpoint.accept.json.clear();
        endpoint
    }

    fn answered(token: TokenKind, status: u16, media: &str) -> Exchange {
        exchange("backend.threads", token).answered(status, media, "\0\0\0\0\0")
    }

    fn seen(exchange: &Exchange) -> Observation {
        observe(exchange, &plain(), "").expect("an observation")
    }

    #[rstest]
    #[case::served("0", Outcome::Ok)]
    #[case::unauthenticated("16", Outcome::Denied)]
    #[case::denied("7", Outcome::Denied)]
    #[case::no_entity("5", Outcome::NotFound)]
    #[case::no_method("12", Outcome::NotFound)]
    #[case::unavailable("14", Outcome::Unavailable)]
    #[case::late("4", Outcome::TimedOut)]
    #[case::throttled("8", Outcome::Throttled)]
    #[case::argument("3", Outcome::InvalidRequest)]
    #[case::internal("13", Outcome::Failed)]
    #[case::no_number("?", Outcome::Failed)]
    fn the_grpc_status_decides(#[case] code: &str, #[case] result: Outcome, #[values(true, false)] in_header: bool) {
        for status in [200, 503] {
            let answer = answered(TokenKind::Valid, status, WEB);
            let answer = match in_header {
                true => answer.with_header("grpc-status", code),
                false => answer.with_trailer("grpc-status", code),
            };
            // A good gRPC status does not repair a bad status code.
            let result = if code == "0" && status == 503 { Outcome::Unavailable } else { result };
            assert_eq!(seen(&answer).result, result, "{status}");
        }
    }

    #[rstest]
    #[case::in_a_trailer(true, "trailer grpc-status: 12")]
    #[case::in_a_header(false, "header grpc-status: 12")]
    fn the_report_has_the_status_and_the_message(#[case] in_trailer: bool, #[case] bytes: &str) {
        let answer = answered(TokenKind::Valid, 200, WEB);
        let answer = match in_trailer {
            true => answer.with_trailer("grpc-status", "12").with_trailer("grpc-message", "unknown method List"),
            false => answer.with_header("grpc-status", "12").with_header("grpc-message", "unknown method List"),
        };
        let seen = seen(&answer);
        assert_eq!((seen.says.as_deref(), seen.status), (Some("unknown method List"), Some(200)));
        assert_eq!(seen.grpc_status.map(|status| status.to_string()).as_deref(), Some("12 (UNIMPLEMENTED)"));
        let shown = seen.because.iter().find(|one| one.claim == "the gRPC status is 12 (UNIMPLEMENTED)");
        assert_eq!(shown.map(|one| one.bytes.as_str()), Some(bytes), "{:?}", seen.because);
    }

    #[rstest]
    #[case::of_a_bad_token(TokenKind::WrongKey, "16", Authn::Rejected)]
    #[case::without_a_token(TokenKind::None, "16", Authn::Missing)]
    #[case::of_a_good_token(TokenKind::Valid, "16", Authn::Rejected)]
    #[case::without_permission(TokenKind::Valid, "7", Authn::Unknown)]
    fn a_refusal_tells_of_the_credential(#[case] token: TokenKind, #[case] code: &str, #[case] authn: Authn) {
        let seen = seen(&answered(token, 200, WEB).with_trailer("grpc-status", code));
        assert_eq!((seen.result, seen.authn, seen.answered_by), (Outcome::Denied, authn, Hop::Backend));
    }

    #[rstest]
    #[case::web(WEB, Outcome::Unreadable)]
    #[case::plain("application/grpc", Outcome::Unreadable)]
    #[case::json("application/json", Outcome::Ok)]
    fn a_call_without_a_status_did_not_end(#[case] media: &str, #[case] result: Outcome) {
        let mut answer = exchange("backend.threads", TokenKind::WrongKey).answered(200, media, "{}");
        assert_eq!(seen(&answer).result, result);
        answer.body.truncated = true;
        assert_eq!(seen(&answer).result, Outcome::Ok, "the status may have been cut off");
    }

    #[rstest]
    #[case::another_than_0("5", "5", Outcome::Ok)]
    #[case::another_failure("5", "12", Outcome::NotFound)]
    #[case::a_success_that_must_not_be("5", "0", Outcome::Failed)]
    #[case::zero("0", "0", Outcome::Ok)]
    #[case::zero_and_a_refusal("0", "16", Outcome::Denied)]
    #[case::zero_and_a_failure("0", "12", Outcome::NotFound)]
    #[case::any("*", "2", Outcome::Failed)]
    fn an_endpoint_may_accept_one_status(#[case] accepts: &str, #[case] code: &str, #[case] result: Outcome) {
        let mut endpoint = plain();
        endpoint.accept.headers = vec![("grpc-status".to_owned(), accepts.to_owned())];
        let answer = answered(TokenKind::Valid, 200, WEB).with_trailer("grpc-status", code);
        assert_eq!(observe(&answer, &endpoint, "").map(|seen| seen.result), Some(result));
    }

    #[rstest]
    #[case::by_envoy("14", "no healthy upstream", Hop::Edge)]
    #[case::by_envoys_filter("7", "RBAC: access denied", Hop::Edge)]
    #[case::by_the_service("7", "no such scope", Hop::Backend)]
    #[case::without_a_message("7", "", Hop::Backend)]
    fn a_message_of_a_product_tells_who_answered(#[case] code: &str, #[case] message: &str, #[case] by: Hop) {
        let answer = exchange("backend.threads", TokenKind::Valid).answered(200, "application/grpc", "");
        let answer = answer.with_header("grpc-status", code).with_header("grpc-message", message);
        assert_eq!(seen(&answer.with_header("server", "envoy")).answered_by, by);
    }
}
