//! Whether a request whose connection was lost is sent once more without being asked to.

use std::sync::atomic::{AtomicU32, Ordering};

use crate::config::Endpoint;
use crate::probe::{ErrorKind, Exchange};
use crate::terms::Role;

/// Methods that a client may repeat (RFC 9110, 9.2.2).
const IDEMPOTENT: [&str; 6] = ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"];
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
        lost <= 1 + sent / ONE_IN && is_safe(exchange, endpoint)
    }
}

/// Reports whether the connection ended before any byte of the response came.
fn is_lost(exchange: &Exchange) -> bool {
    let kind = exchange.error.as_ref().map(|error| error.kind);
    exchange.head.is_none() && matches!(kind, Some(ErrorKind::ConnectionRefused | ErrorKind::ConnectionTerminated))
}

/// Reports whether the request has no further effect when it arrives twice. A token that must be refused has none.
fn is_safe(exchange: &Exchange, endpoint: &Endpoint) -> bool {
    let was_sent = exchange.phases.connect_ms.is_some() && !exchange.unsent;
    let only_asks = matches!(endpoint.role, Role::Introspection | Role::Issuer | Role::Health | Role::SelfCheck);
    let must_be_refused = endpoint.role == Role::Protected && !exchange.probe.token.should_be_accepted();
    !was_sent || only_asks || must_be_refused || IDEMPOTENT.contains(&exchange.request.method.as_str())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::fixtures::{endpoint, exchange};
    use crate::probe::Phases;
    use crate::terms::TokenKind::{Expired, Valid};

    const MESSAGES: &str = "backend.chat-messages";

    fn lost(method: &str, connected: bool, kind: ErrorKind) -> Exchange {
        let mut lost = exchange(MESSAGES, Valid).broken(kind);
        lost.request.method = method.to_owned();
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
        assert_eq!(all.may_repeat(&lost(method, connected, kind), &endpoint(MESSAGES)), repeated);
    }

    #[test]
    fn a_request_that_was_not_sent_is_repeated() {
        let unsent = Exchange { unsent: true, ..lost("POST", true, ErrorKind::ConnectionTerminated) };
        assert!(LostConnections::default().may_repeat(&unsent, &endpoint(MESSAGES)));
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
        let mut lost = lost("POST", true, ErrorKind::ConnectionTerminated);
        lost.probe.token = token;
        assert!(LostConnections::default().may_repeat(&lost, &endpoint(on)));
    }

    #[test]
    fn a_system_that_loses_many_connections_is_not_helped() {
        let (all, on) = (LostConnections::default(), endpoint(MESSAGES));
        let lost = lost("GET", true, ErrorKind::ConnectionTerminated);
        let repeated = (0..20).filter(|_| all.may_repeat(&lost, &on)).count();
        assert!(repeated <= 3, "{repeated}");
    }
}
