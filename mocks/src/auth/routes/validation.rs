//! The backend's questions about a token: `POST /auth/validate` and `POST /auth/check-blacklist`.

use serde_json::{Value, json};

use crate::auth::http::{Answer, Call};
use crate::auth::service::{AuthService, Caller, lines};
use crate::auth::token::Claims;
use crate::deployment::AuthDefect;
use crate::logs::{Severity, shortened};

/// `POST /auth/validate`: whether a token is valid, and whose it is.
pub(crate) fn validate(service: &AuthService, call: &Call<'_>) -> Answer {
    // A service that demands credentials checks its caller first; the real service checks the body first.
    if service.demands_credentials()
        && let Some(refused) = service.caller_refused(call, "")
    {
        return refused;
    }
    let token = match token_in_body(service, call) {
        Ok(token) => token,
        Err(answer) => return answer,
    };
    if let Some(refused) = service.caller_refused(call, "") {
        return refused;
    }
    if let Caller::Trusted = service.judge_caller(call) {
        lines::caller_trusted(service, &call.caller().unwrap_or_default());
    }
    decide(service, &token)
}

fn decide(service: &AuthService, token: &str) -> Answer {
    if service.has(AuthDefect::AwaitsBlacklist) {
        return blacklist_raised(service);
    }
    match service.check_token(token) {
        Ok(claims) => {
            let user = claims.text("sub").unwrap_or_default();
            service.say_route(Severity::Info, &format!("Token validated for user: {}", shortened(user)));
            Answer::accepted(identity(&claims))
        }
        Err(refusal) => {
            lines::validation_refused(service, &refusal);
            Answer::denied(401, "invalid_token", "Invalid or expired token")
        }
    }
}

fn identity(claims: &Claims) -> Value {
    json!({
        "valid": true,
        "user_id": claims.text("sub"),
        "email": claims.email(),
        "permissions": claims.permissions(),
        "expires_at": claims.expires_at(),
    })
}

fn token_in_body(service: &AuthService, call: &Call<'_>) -> Result<String, Answer> {
    let Some(body) = call.json() else {
        service.say_route(Severity::Error, "Token validation error: the request body is not a JSON object");
        return Err(Answer::denied(422, "invalid_request", "Invalid request format"));
    };
    match body.get("token").and_then(Value::as_str) {
        Some(token) if !token.is_empty() => Ok(token.to_owned()),
        _ => {
            service.say_route(Severity::Warning, "Token validation attempted without token");
            Err(Answer::denied(422, "missing_token", "Token is required"))
        }
    }
}

/// `POST /auth/check-blacklist`. It fails open: in `observed` a refused caller gets 200 and `blacklisted: false`.
pub(crate) fn check_blacklist(service: &AuthService, call: &Call<'_>) -> Answer {
    if let Some(refused) = service.caller_refused(call, "Blacklist check - ") {
        // The route judges no credential.
        return Answer { accepted: None, ..refused };
    }
    let body = call.json().unwrap_or_default();
    let revoked = body.get("token").and_then(Value::as_str).is_some_and(|token| service.revoked.holds(token));
    let (says, status) = if revoked { ("blacklisted", "blacklisted") } else { ("not blacklisted", "valid") };
    service.say_route(Severity::Info, &format!("Token blacklist check: {says}"));
    Answer { reason: Some("ok"), ..Answer::plain(200, json!({ "blacklisted": revoked, "status": status })) }
}

/// Answers for a build that awaits the blacklist's result: the routes catch the exception.
pub(crate) fn blacklist_raised(service: &AuthService) -> Answer {
    let error = "object bool can't be used in 'await' expression";
    service.say_route(Severity::Error, &format!("Token validation error: {error}"));
    Answer::denied_precisely(500, "validation_error", "Internal server error", error.to_owned())
}
