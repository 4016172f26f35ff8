//! `/auth/verify` and `/auth/me`: what a token says, for anybody who holds it; no service credentials needed.

use serde_json::{Value, json};

use super::call::{Answer, Call};
use super::claims::Claims;
use super::{AuthService, blacklist, lines};
use crate::deployment::AuthDefect;
use crate::logs::Severity;

/// GET or POST `/auth/verify`: the token comes as a bearer or in the body.
pub(super) fn verify(service: &AuthService, call: &Call<'_>) -> Answer {
    let Some(token) = call.presented_token() else {
        return Answer::denied(401, "missing_token", "No token provided in Authorization header or request body");
    };
    if service.has(AuthDefect::AwaitsBlacklist) {
        return blacklist::raised(service);
    }
    match service.check_token(&token) {
        Ok(claims) => Answer::yes(json!({
            "valid": true,
            "user_id": claims.text("sub"),
            "email": claims.email(),
            "exp": claims.expires_at(),
            "permissions": claims.permissions(),
        })),
        Err(refusal) => {
            lines::token_refused(service, &refusal);
            Answer::denied(401, "invalid_token", "Invalid or expired token")
        }
    }
}

/// GET `/auth/me`: 401 in every dialect when the token is absent or bad.
pub(super) fn me(service: &AuthService, call: &Call<'_>) -> Answer {
    let Some(token) = call.bearer() else {
        service.say_route(Severity::Warning, "Profile request without valid Authorization header");
        return Answer::detail(401, "missing_token", "Authorization header with Bearer token required");
    };
    match service.check_token(token) {
        Ok(claims) => Answer::yes(profile(service, &claims)),
        Err(refusal) => {
            lines::token_refused(service, &refusal);
            Answer::detail(401, "invalid_token", "Invalid or expired token")
        }
    }
}

fn profile(service: &AuthService, claims: &Claims) -> Value {
    let sub = claims.text("sub").unwrap_or_default();
    let name = service.accounts.existing().iter().find(|user| user.sub == sub).map(|user| user.sub.clone());
    json!({
        "user_id": sub,
        "email": claims.email(),
        "permissions": claims.permissions(),
        "name": name,
        "created_at": service.started.to_string(),
        "last_login_at": Value::Null,
        "is_verified": false,
        "auth_provider": "local",
        "token_expires_at": claims.expires_at(),
    })
}
