//! `POST /auth/validate`: the question that the backend asks about every token (contract 3.2).

use serde_json::{Value, json};

use super::call::{Answer, Call};
use super::caller::Caller;
use super::claims::Claims;
use super::{AuthService, blacklist, lines};
use crate::deployment::AuthDefect;
use crate::logs::Severity;

pub(super) fn validate(service: &AuthService, call: &Call<'_>) -> Answer {
    // A service that demands credentials looks at its caller first, the recorded one at the token.
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
        return blacklist::raised(service);
    }
    match service.check_token(token) {
        Ok(claims) => {
            let user = claims.text("sub").unwrap_or_default();
            service.say_route(Severity::Info, &format!("Token validated for user: {}", super::call::shortened(user)));
            Answer::yes(identity(&claims))
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
