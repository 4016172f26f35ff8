//! What a browser makes of a response that a plain client can read.

use crate::observe::{Because, Outcome, redirect};
use crate::probe::{BlockReason, Blocked, Exchange};
use crate::terms::TokenLocation;

/// Returns why a call that works fails in a browser. Only browsers send a token as a subprotocol, so there the rule holds for
/// every target.
pub(super) fn blocked(exchange: &Exchange, ended: Outcome) -> Option<&Blocked> {
    let key = &exchange.probe;
    let is_of_a_page = exchange.browser.as_ref().is_some_and(|browser| !browser.foreign)
        || (key.token.is_sent() && key.token_location == TokenLocation::Subprotocol);
    exchange.blocked.as_ref().filter(|_| is_of_a_page && ended == Outcome::Ok)
}

/// Returns the exchange of the preflight, if its response is why the browser does not make the call.
pub(super) fn refused_preflight(exchange: &Exchange) -> Option<Exchange> {
    let preflight = exchange.browser.as_ref()?.preflight.as_deref()?;
    let is_the_reason = exchange.blocked.as_ref().is_some_and(|blocked| blocked.by != BlockReason::Origin);
    preflight.blocked.as_ref().filter(|_| is_the_reason)?;
    Some(Exchange {
        request: preflight.request.clone(),
        head: preflight.head.clone(),
        body: preflight.body.clone(),
        error: preflight.error.clone(),
        trailers: Vec::new(),
        events: Vec::new(),
        frames: Vec::new(),
        ..exchange.clone()
    })
}

/// Returns the reason for the report.
pub(super) fn because(blocked: &Blocked) -> Because {
    Because { claim: format!("a browser blocks it: {}", blocked.detail), bytes: blocked.detail.clone() }
}

/// Returns where a browser goes after a redirect. It takes `Authorization` to no other origin (Fetch, "HTTP-redirect fetch").
pub(super) fn redirect(exchange: &Exchange) -> Option<Because> {
    exchange.browser.as_ref()?;
    let (to, leaves) = redirect::followed(exchange)?;
    let how = if leaves { "without Authorization, because the origin is another" } else { "on the same origin" };
    Some(Because { claim: format!("a browser follows the redirect to {to} {how}"), bytes: format!("location {to}") })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::fixtures::{endpoint, exchange};
    use crate::observe::observe;
    use crate::probe::{AsBrowser, Preflight};
    use crate::terms::TokenKind;

    fn blocked_by(by: BlockReason) -> Option<Blocked> {
        Some(Blocked { by, detail: "why".into() })
    }

    fn page() -> Option<AsBrowser> {
        Some(AsBrowser { origin: "https://app.example".into(), foreign: false, preflight: None })
    }

    #[rstest]
    #[case::a_browser(page(), TokenLocation::Header, Outcome::Blocked)]
    #[case::another_client(None, TokenLocation::Header, Outcome::Ok)]
    #[case::a_token_that_only_browsers_send_so(None, TokenLocation::Subprotocol, Outcome::Blocked)]
    fn a_socket_without_its_subprotocol_works_for_other_clients(
        #[case] browser: Option<AsBrowser>,
        #[case] location: TokenLocation,
        #[case] result: Outcome,
    ) {
        let frame = r#"{"data":{"event":"connection_established"}}"#;
        let mut one = exchange("backend.websocket", TokenKind::Valid).answered(101, "", "").with_frame(frame);
        (one.browser, one.blocked) = (browser, blocked_by(BlockReason::Subprotocol));
        one.probe.token_location = location;
        let seen = observe(&one, &endpoint("backend.websocket"), "").expect("an observation");
        assert_eq!((seen.result, seen.blocked.is_some()), (result, true));
    }

    #[rstest]
    #[case::it_is_refused(403, Outcome::Blocked)]
    #[case::the_service_is_away(503, Outcome::Unavailable)]
    #[case::the_service_fails(500, Outcome::Failed)]
    fn a_preflight_that_the_service_does_not_answer_says_nothing_about_origins(
        #[case] status: u16,
        #[case] result: Outcome,
    ) {
        const ON: &str = "backend.threads";
        let answer = exchange(ON, TokenKind::None).answered(status, "text/html", "");
        let preflight = Preflight {
            request: answer.request,
            head: answer.head,
            body: answer.body,
            error: None,
            blocked: blocked_by(BlockReason::Preflight),
        };
        let mut one = exchange(ON, TokenKind::Valid).answered(200, "application/json", r#"{"threads":[]}"#);
        one.browser = page().map(|page| AsBrowser { preflight: Some(Box::new(preflight)), ..page });
        one.blocked = blocked_by(BlockReason::Preflight);
        assert_eq!(observe(&one, &endpoint(ON), "").expect("an observation").result, result);
    }

    #[test]
    fn a_refusal_stays_a_refusal() {
        let mut one = exchange("backend.threads", TokenKind::WrongKey).answered(401, "application/json", "{}");
        (one.browser, one.blocked) = (page(), blocked_by(BlockReason::Origin));
        assert_eq!(observe(&one, &endpoint("backend.threads"), "").expect("an observation").result, Outcome::Denied);
    }

    #[test]
    fn a_redirect_is_shown_for_browsers_only() {
        let mut one = exchange("backend.threads", TokenKind::Valid).answered(302, "", "");
        one = one.with_header("location", "https://login.example/start?state=1");
        assert_eq!(redirect(&one), None);
        one.browser = page();
        let shown = redirect(&one).expect("a redirect");
        assert!(shown.claim.contains("https://login.example/start without Authorization"), "{}", shown.claim);
        assert!(!shown.claim.contains("state"), "the query may hold a credential");
    }
}
