//! `POST /auth/check-blacklist`: asked before each validation in `observed`. Nothing is ever blacklisted here.

use serde_json::json;

use super::AuthService;
use super::call::{Answer, Call};
use crate::logs::Severity;

/// Fails open, as recorded: a refused caller is told `blacklisted:false` with 200.
pub(super) fn check(service: &AuthService, call: &Call<'_>) -> Answer {
    if let Some(refused) = service.caller_refused(call, "Blacklist check - ") {
        // The route decides about no token, whatever it thinks of its caller.
        return Answer { accepted: None, ..refused };
    }
    service.say_route(Severity::Info, "Token blacklist check: not blacklisted");
    Answer { reason: Some("ok"), ..Answer::plain(200, json!({ "blacklisted": false, "status": "valid" })) }
}
