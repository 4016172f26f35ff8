//! Whether a request whose connection was lost is sent once more without being asked to.

use std::sync::atomic::{AtomicU32, Ordering};

use crate::config::Endpoint;
use crate::probe::{ErrorKind, Exchange};
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
    /// Counts an exchange, and reports whether its request may be sent once more.
    pub(crate) fn may_repeat(&self, exchange: &Exchange, endpoint: &Endpoint) -> bool {
        let sent = self.sent.fetch_add(1, Ordering::Relaxed) + 1;
        if !is_lost(exchange) {
            return false;
        }
        let lost = self.lost.fetch_add(1, Ordering::Relaxed) + 1;
        let was_sent = exchange.phases.is_connected() && !exchange.unsent;
        lost <= 1 + sent / ONE_IN && (!was_sent || may_arrive_twice(endpoint, exchange.probe.token))
    }
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
        assert_eq!(all.may_repeat(&lost(connected, kind), &asked_by(method)), repeated);
    }

    #[test]
    fn a_request_that_was_not_sent_is_repeated() {
        let unsent = Exchange { unsent: true, ..lost(true, ErrorKind::ConnectionTerminated) };
        assert!(LostConnections::default().may_repeat(&unsent, &asked_by("POST")));
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
        assert_eq!(LostConnections::default().may_repeat(&refused, &asked_by(method)), repeated);
    }

    #[test]
    fn a_request_over_a_kept_connection_may_have_arrived() {
        let mut ended = lost(false, ErrorKind::ConnectionTerminated);
        ended.phases.reused = true;
        assert!(!LostConnections::default().may_repeat(&ended, &asked_by("POST")));
    }

    #[test]
    fn a_response_that_began_is_not_repeated() {
        let begun = exchange(MESSAGES, Valid).answered(200, "text/plain", "").broken(ErrorKind::ConnectionTerminated);
        assert!(!LostConnections::default().may_repeat(&begun, &endpoint(MESSAGES)));
    }

    #[rstest]
    #[case::asks_only("auth.verify", Valid)]
    #[case::must_be_refused(MESSAGES, Expired)]
    fn a_post_without_an_effect_is_repeated(#[case] on: &str, #[case] token: crate::terms::TokenKind) {
        let mut lost = lost(true, ErrorKind::ConnectionTerminated);
        lost.probe.token = token;
        let on = Endpoint { method: "POST".to_owned(), ..endpoint(on) };
        assert!(LostConnections::default().may_repeat(&lost, &on));
    }

    #[test]
    fn a_system_that_loses_many_connections_is_not_helped() {
        let (all, on) = (LostConnections::default(), endpoint(MESSAGES));
        let lost = lost(true, ErrorKind::ConnectionTerminated);
        let repeated = (0..20).filter(|_| all.may_repeat(&lost, &on)).count();
        assert!(repeated <= 3, "{repeated}");
    }
}
