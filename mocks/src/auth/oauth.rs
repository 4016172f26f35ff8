//! `GET /oauth/status`: whether the auth service is configured to sign people in by their provider (contract 1.4).

use serde_json::json;

use super::AuthService;
use super::call::{Answer, Call};
use crate::logs::Severity;

/// 503 when the provider's credentials are missing.
pub(super) fn status(service: &AuthService, _: &Call<'_>) -> Answer {
    if service.config.oauth_configured {
        return Answer::plain(200, json!({ "status": "healthy", "oauth_healthy": true, "providers": ["google"] }));
    }
    service
        .say_route(Severity::Error, "OAuth provider not configured: GOOGLE_CLIENT_ID or GOOGLE_CLIENT_SECRET missing");
    Answer::failed(503, "OAuth provider not configured")
}
