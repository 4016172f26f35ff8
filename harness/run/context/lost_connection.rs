//! Whether a request whose connection was lost is sent once more without being asked to.

use std::sync::atomic::{AtomicU32, Ordering};

use crate::config::Endpoint;
use crate::probe::{ErrorKind, Exchange};
use crate::scenario::Step;
use crate::terms::{Role, TokenKind};

/// Methods that a client may repeat (RFC 9110, 9.2.2).
const IDEMPOTENT: [&str; 6] = ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"];
/// Statuses after which a client may send the request over another connection (RFC 9110, 15.5.9 and 15.5.20).
const OF_CONNECTION: [u16; 2] = [408, 421];
/// One lost connection in so many exchanges is taken for an accident of the network, and one more.
const ONE_IN: u32 = 10;

/// The lost connections of a run. A system that loses many is not helped, because its failures must show.
#[derive(Debug, Default)]
pub(crate) struct LostConnections {
    lost: AtomicU32,
    sent: AtomicU32,
}

impl LostConnections {
    /// Counts an exchange, and reports whether its request may be sent once more. `is_usual`: see [`is_usual`].
    pub(crate) fn may_repeat(&self, exchange: &Exchange, endpoint: &Endpoint, is_usual: bool) -> bool {
        let sent = self.sent.fetch_add(1, Ordering::Relaxed) + 1;
        if !is_lost(exchange) {
            return false;
        }
        let lost = self.lost.fetch_add(1, Ordering::Relaxed) + 1;
        let was_sent = exchange.phases.is_connected() && !exchange.unsent;
        let is_safe = !was_sent || is_usual || may_arrive_twice(endpoint, exchange.probe.token);
        lost <= 1 + sent / ONE_IN && is_safe
    }
}

/// Reports whether a step sends the request that the target file writes, to an endpoint with a role. The diagnosis sends such
/// a request as often as it needs to, so it may arrive twice.
pub(crate) fn is_usual(step: &Step, endpoint: &Endpoint) -> bool {
    let own_body = step.body.is_some() && step.body != endpoint.body;
    let changes = step.path.is_some() || !step.query.is_empty() || own_body || step.send.is_some();
    endpoint.role != Role::Open && !changes
}

/// Reports whether the connection ended before any byte of the response came, or the server refused the request because of
/// an earlier one on the same connection.
fn is_lost(exchange: &Exchange) -> bool {
    let kind = exchange.error.as_ref().map(|error| error.kind);
    let ended = matches!(kind, Some(ErrorKind::ConnectionRefused | ErrorKind::ConnectionTerminated));
    let status = exchange.status();
    status.is_none() && ended || exchange.phases.reused && status.is_some_and(|status| OF_CONNECTION.contains(&status))
}

/// Reports whether a request has no further effect when it arrives twice. A token that must be refused has none.
pub(crate) fn may_arrive_twice(endpoint: &Endpoint, token: TokenKind) -> bool {
    let only_asks = matches!(endpoint.role, Role::Introspection | Role::Issuer | Role::Health | Role::SelfCheck);
    let must_be_refused = endpoint.role == Role::Protected && !token.should_be_accepted();
    only_asks || must_be_refused || IDEMPOTENT.contains(&endpoint.method.as_str())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::fixtures::{endpoint, exchange};
    use crate::probe::Phases;
    use crate::terms::TokenKind::{Expired, Valid};

    const MESSAGES: &str = "backend.chat-messages";

    fn asked_by(method: &str) -> Endpoint {
        Endpoint { method: method.to_owned(), ..endpoint(MESSAGES) }
    }

    fn lost(connected: bool, kind: ErrorKind) -> Exchange {
        let mut lost = exchange(MESSAGES, Valid).broken(kind);
        lost.phases = Phases { connect_ms: connected.then_some(1.0), ..Phases::default() };
        lost
    }

    #[rstest]
    #[case::idempotent("GET", true, ErrorKind::ConnectionTerminated, true)]
    #[case::it_may_have_arrived("POST", true, ErrorKind::ConnectionTerminated, false)]
    #[case::it_cannot_have_arrived("POST", false, ErrorKind::ConnectionTerminated, true)]
    #[case::refused("POST", false, ErrorKind::ConnectionRefused, true)]
    #[case::not_lost("GET", true, ErrorKind::HttpResponseTimeout, false)]
    fn a_lost_request_is_repeated_where_that_is_safe(
        #[case] method: &str,
        #[case] connected: bool,
        #[case] kind: ErrorKind,
        #[case] repeated: bool,
    ) {
        let all = LostConnections::default();
        assert_eq!(all.may_repeat(&lost(connected, kind), &asked_by(method), false), repeated);
    }

    #[test]
    fn a_request_that_was_not_sent_is_repeated() {
        let unsent = Exchange { unsent: true, ..lost(true, ErrorKind::ConnectionTerminated) };
        assert!(LostConnections::default().may_repeat(&unsent, &asked_by("POST"), false));
    }

    #[rstest]
    #[case::kept_connection("GET", 408, true, true)]
    #[case::it_may_have_arrived("POST", 408, true, false)]
    #[case::new_connection("GET", 408, false, false)]
    #[case::wrong_host("GET", 421, true, true)]
    #[case::a_decision_about_the_request("GET", 400, true, false)]
    fn a_refusal_because_of_a_kept_connection_is_repeated(
        #[case] method: &str,
        #[case] status: u16,
        #[case] reused: bool,
        #[case] repeated: bool,
    ) {
        let mut refused = exchange(MESSAGES, Valid).answered(status, "text/plain", "");
        refused.phases.reused = reused;
        assert_eq!(LostConnections::default().may_repeat(&refused, &asked_by(method), false), repeated);
    }

    #[test]
    fn a_request_over_a_kept_connection_may_have_arrived() {
        let mut ended = lost(false, ErrorKind::ConnectionTerminated);
        ended.phases.reused = true;
        assert!(!LostConnections::default().may_repeat(&ended, &asked_by("POST"), false));
    }

    #[test]
    fn a_response_that_began_is_not_repeated() {
        let begun = exchange(MESSAGES, Valid).answered(200, "text/plain", "").broken(ErrorKind::ConnectionTerminated);
        assert!(!LostConnections::default().may_repeat(&begun, &endpoint(MESSAGES), false));
    }

    #[rstest]
    #[case::asks_only("auth.verify", Valid)]
    #[case::must_be_refused(MESSAGES, Expired)]
    fn a_post_without_an_effect_is_repeated(#[case] on: &str, #[case] token: crate::terms::TokenKind) {
        let mut lost = lost(true, ErrorKind::ConnectionTerminated);
        lost.probe.token = token;
        let on = Endpoint { method: "POST".to_owned(), ..endpoint(on) };
        assert!(LostConnections::default().may_repeat(&lost, &on, false));
    }

    #[test]
    fn a_request_that_the_diagnosis_sends_too_is_repeated() {
        let lost = lost(true, ErrorKind::ConnectionTerminated);
        assert!(LostConnections::default().may_repeat(&lost, &asked_by("POST"), true));
    }

    #[rstest]
    #[case::as_written("", Role::Protected, true)]
    #[case::no_role("", Role::Open, false)]
    #[case::own_body("body = { order = 1 }", Role::Protected, false)]
    #[case::own_path("path = '/orders/1'", Role::Protected, false)]
    #[case::own_query("query = { order = '1' }", Role::Protected, false)]
    fn a_step_that_changes_its_request_is_not_usual(#[case] more: &str, #[case] role: Role, #[case] expected: bool) {
        let text =
            format!("title = 'It'\n[[step]]\nid = 'a'\ncall = '{MESSAGES}'\n{more}\nexpect = {{ status = 200 }}\n");
        let scenario = crate::scenario::Scenario::parse("it.toml", &text).expect("a scenario");
        let on = Endpoint { role, ..endpoint(MESSAGES) };
        assert_eq!(is_usual(&scenario.steps[0], &on), expected);
    }

    #[test]
    fn a_system_that_loses_many_connections_is_not_helped() {
        let (all, on) = (LostConnections::default(), endpoint(MESSAGES));
        let lost = lost(true, ErrorKind::ConnectionTerminated);
        let repeated = (0..20).filter(|_| all.may_repeat(&lost, &on, false)).count();
        assert!(repeated <= 3, "{repeated}");
    }
}
