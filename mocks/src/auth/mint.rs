//! Tokens of the auth service's own making (contract section 2, "Minted by auth service").

use jsonwebtoken::Header;
use serde_json::json;
use uuid::Uuid;

use super::config::AuthConfig;
use crate::clock::Clock;
use crate::credentials::TestUser;

/// How long an access token lives, in seconds.
pub(super) const ACCESS_SECONDS: i64 = 900;

/// A fresh access token for `user`.
pub(super) fn access_token(user: &TestUser, config: &AuthConfig, clock: Clock) -> String {
    let now = clock.now().as_second();
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
