//! `POST /auth/logout`: 200 whatever comes (contract 1.4); a presented token is revoked from then on.

use serde_json::json;

use super::AuthService;
use super::call::{Answer, Call};
use crate::logs::Severity;

pub(super) fn logout(service: &AuthService, call: &Call<'_>) -> Answer {
    if let Some(token) = call.presented_token() {
        service.revoked.add(&token);
        service.say_route(Severity::Info, "User logged out: token blacklisted");
    }
    Answer::plain(200, json!({ "success": true }))
}
