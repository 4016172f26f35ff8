//! `POST /auth/login` and `POST /auth/logout`. A login mints a token with the auth service's own key.

use jsonwebtoken::Header;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::auth::http::{Answer, Call};
use crate::auth::routes::status::database_error;
use crate::auth::service::AuthService;
use crate::logs::Severity;
use crate::terms::TestUser;

/// The lifetime of an access token, in seconds.
const ACCESS_SECONDS: i64 = 900;

/// `POST /auth/login`: a token for a user with email and password.
pub(crate) fn login(service: &AuthService, call: &Call<'_>) -> Answer {
    let body = call.json().unwrap_or_default();
    let field = |name| body.get(name).and_then(Value::as_str);
    let (Some(email), Some(password)) = (field("email"), field("password")) else {
        return Answer::detail(422, "invalid_request", "Email and password are required");
    };
    if database_error(service).is_some() {
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
    Answer::accepted(json!({
        "access_token": access_token(user, service),
        "token_type": "Bearer",
        "expires_in": ACCESS_SECONDS,
        "user": { "id": user.sub, "email": user.email, "permissions": user.permissions },
    }))
}

/// Mints an access token for `user`, with the claims of the real service.
fn access_token(user: &TestUser, service: &AuthService) -> String {
    let config = &service.config;
    let now = service.log.clock().now().as_second();
    let claims = json!({
        "sub": user.sub,
        "email": user.email,
        "permissions": user.permissions,
        "iat": now,
        "exp": now + ACCESS_SECONDS,
        "token_type": "access",
        "type": "access",
        "iss": "netra-auth-service",
        "aud": "netra-platform",
        "jti": Uuid::new_v4().to_string(),
        "env": config.environment,
        "svc_id": "netra_auth_service_staging",
    });
    let header = Header { kid: config.keys.kid(), ..Header::new(config.keys.algorithm) };
    jsonwebtoken::encode(&header, &claims, &config.keys.signing).expect("a good key signs any JSON object")
}

/// `POST /auth/logout`: 200 for every request. A token in it is revoked.
pub(crate) fn logout(service: &AuthService, call: &Call<'_>) -> Answer {
    if let Some(token) = call.presented_token() {
        service.revoked.add(&token);
        service.say_route(Severity::Info, "User logged out: token blacklisted");
    }
    Answer::plain(200, json!({ "success": true }))
}
