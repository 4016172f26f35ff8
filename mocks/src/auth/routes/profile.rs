//! `/auth/verify` and `/auth/me`: the content of a token, for every caller that holds it. They need no service
//! credentials.

use serde_json::{Value, json};

use super::validation::blacklist_raised;
use crate::auth::http::{Answer, Call};
use crate::auth::service::{AuthService, lines};
use crate::auth::token::Claims;
use crate::deployment::AuthDefect;
use crate::logs::Severity;

/// `GET` and `POST /auth/verify`: the token comes in `Authorization` or in the body.
pub(crate) fn verify(service: &AuthService, call: &Call<'_>) -> Answer {
    let Some(token) = call.presented_token() else {
        return Answer::denied(401, "missing_token", "No token provided in Authorization header or request body");
    };
    if service.has(AuthDefect::AwaitsBlacklist) {
        return blacklist_raised(service);
    }
    match service.check_token(&token) {
        Ok(claims) => Answer::accepted(json!({
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

/// `GET /auth/me`: 401 in every dialect when the token is absent or refused.
pub(crate) fn me(service: &AuthService, call: &Call<'_>) -> Answer {
    let Some(token) = call.bearer() else {
        service.say_route(Severity::Warning, "Profile request without valid Authorization header");
        return Answer::detail(401, "missing_token", "Authorization header with Bearer token required");
    };
    match service.check_token(token) {
        Ok(claims) => Answer::accepted(profile(service, &claims)),
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
