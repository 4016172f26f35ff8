//! The upgrade of a WebSocket, and its authentication.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{ConnectInfo, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::refusal::SocketRefusal;
use super::session;
use super::token_location::Presented;
use crate::backend::auth_client::{Identity, Verdict};
use crate::backend::error::{framework_error, refused_upgrade, refuses_in_frames};
use crate::backend::service::Backend;
use crate::deployment::BackendDefect;
use crate::logs::Severity;

/// The only subprotocol that the backend selects; it carries no token.
const SUBPROTOCOL: &str = "jwt-auth";

/// `GET /ws`. In `observed` a refusal is 101, an error frame and a close; the other dialects refuse the upgrade.
pub(crate) async fn connect(
    State(backend): State<Arc<Backend>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    // FastAPI knows no route for a plain GET. A proxy that drops the upgrade causes the same response.
    let Ok(upgrade) = upgrade else { return framework_error(StatusCode::NOT_FOUND, "Not Found") };
    let upgrade = upgrade.protocols([SUBPROTOCOL]);
    let presented = Presented::find(headers, query.as_deref(), peer);
    if refuses_in_frames(backend.dialect) {
        return upgrade.on_upgrade(async move |socket| session::authenticate(backend, socket, presented).await);
    }
    match backend.admit(&presented).await {
        Ok(_) if backend.has(BackendDefect::SocketFactoryRaises) => {
            backend.say_context_refused();
            framework_error(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
        }
        Ok(user) => upgrade.on_upgrade(async move |socket| session::run(&backend, socket, user).await),
        Err(refusal) => refused_upgrade(backend.dialect, refusal.credential()),
    }
}

impl Backend {
    /// Authenticates a WebSocket. A token without three parts is refused without asking the auth service.
    pub(super) async fn admit(&self, presented: &Presented) -> Result<Identity, SocketRefusal> {
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

    /// Logs that the connection's manager was not made.
    pub(super) fn say_context_refused(&self) {
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
