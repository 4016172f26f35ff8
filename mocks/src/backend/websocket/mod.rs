//! `WS /ws`: credentials from three token locations, then the five events of an agent run.

mod events;
mod frames;
mod refusal;
mod session;
mod token_location;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{ConnectInfo, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::auth_client::{Identity, Verdict};
use super::{Backend, detail, phrasing};
use crate::deployment::BackendDefect;
use crate::logs::Severity;
pub(super) use refusal::SocketRefusal;
use token_location::Presented;

/// The only subprotocol that is ever selected; it carries no token.
const SUBPROTOCOL: &str = "jwt-auth";

/// `observed` accepts first and authenticates then, so a refusal is 101, an error frame and a close; the others refuse
/// the upgrade.
pub(super) async fn connect(
    State(backend): State<Arc<Backend>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    // A plain GET is a route that does not exist (edge-signatures 3.2: a proxy that drops the upgrade looks like this).
    let Ok(upgrade) = upgrade else { return detail(StatusCode::NOT_FOUND, "Not Found") };
    let upgrade = upgrade.protocols([SUBPROTOCOL]);
    let presented = Presented::find(headers, query.as_deref(), peer);
    if phrasing::refuses_in_frames(backend.dialect) {
        return upgrade.on_upgrade(async move |socket| session::authenticate(backend, socket, presented).await);
    }
    match backend.admit(&presented).await {
        Ok(_) if backend.has(BackendDefect::SocketFactoryRaises) => {
            backend.say_context_refused();
            detail(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
        }
        Ok(user) => upgrade.on_upgrade(async move |socket| session::run(&backend, socket, user).await),
        Err(refusal) => phrasing::refused_upgrade(backend.dialect, &refusal),
    }
}

impl Backend {
    /// The user behind the socket. A token that is not of three parts is refused without asking the auth service.
    async fn admit(&self, presented: &Presented) -> Result<Identity, SocketRefusal> {
        let verdict = match presented.token() {
            None => Err(SocketRefusal::NoToken),
            Some(token) if !of_three_parts(token) => Err(SocketRefusal::invalid_format(token)),
            Some(token) => match self.validate(token).await {
                Verdict::Valid(user) => Ok(user),
                Verdict::Refused(refused) => Err(SocketRefusal::not_validated(refused, token)),
            },
        };
        if let Err(refusal) = &verdict {
            self.say_refused(refusal);
        }
        verdict
    }

    fn say_context_refused(&self) {
        let line = "Factory SSOT validation failed: the user's execution context was refused";
        self.log.message(Severity::Critical, line);
    }

    fn say_refused(&self, refusal: &SocketRefusal) {
        let (failed, error) = match self.dialect.logs_as_recorded() {
            true => ("AUTH=REDACTED failed", refusal.redacted_message()),
            false => ("AUTHENTICATION failed", refusal.message()),
        };
        self.log.message(Severity::Warning, format!("SSOT WEBSOCKET {failed} - {error}"));
        let line = format!("🔒 SSOT AUTHENTICATION FAILED: {}", refusal.code());
        self.log.message(Severity::Error, line);
    }
}

fn of_three_parts(token: &str) -> bool {
    token.split('.').count() == 3 && token.split('.').all(|part| !part.is_empty())
}
