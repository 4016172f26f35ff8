//! `POST /auth/login`: a token minted by the auth service itself, so that its signing secret can be told from ours.

use serde_json::{Value, json};

use super::call::{Answer, Call};
use super::{AuthService, mint};
use crate::credentials::TestUser;
use crate::logs::Severity;

pub(super) fn login(service: &AuthService, call: &Call<'_>) -> Answer {
    let body = call.json().unwrap_or_default();
    let field = |name| body.get(name).and_then(Value::as_str);
    let (Some(email), Some(password)) = (field("email"), field("password")) else {
        return Answer::detail(422, "invalid_request", "Email and password are required");
    };
    if service.database_error().is_some() {
        return Answer::detail(503, "database_unavailable", "Authentication database unavailable");
    }
    let known = service.accounts.existing().iter().find(|user| user.email == email && user.password() == password);
    match known {
        Some(user) => signed_in(service, user),
        None => {
            service.say_route(Severity::Warning, "Login failed: invalid credentials");
            Answer::detail(401, "invalid_credentials", "Invalid credentials")
        }
    }
}

fn signed_in(service: &AuthService, user: &TestUser) -> Answer {
    service.say_route(Severity::Info, &format!("User logged in: {}", user.sub));
    Answer::yes(json!({
        "access_token": mint::access_token(user, &service.config, service.log.clock()),
        "token_type": "Bearer",
        "expires_in": mint::ACCESS_SECONDS,
        "user": { "id": user.sub, "email": user.email, "permissions": user.permissions },
    }))
}
