//! What the auth service reads from its environment, and nothing else.

use std::net::SocketAddr;

use super::keys::Keys;
use crate::deployment::Environment;

/// Resolved settings. No `Debug`: it holds secrets.
pub(super) struct AuthConfig {
    /// What callers must present as `X-Service-Secret`; without it the service cannot check its callers.
    pub(super) service_secret: Option<String>,
    /// What tokens are signed with.
    pub(super) keys: Keys,
    /// Host and port of the database.
    pub(super) database: Option<SocketAddr>,
    /// Host and port of Redis, where sessions are.
    pub(super) redis: Option<SocketAddr>,
    /// Whether people can sign in by their provider.
    pub(super) oauth_configured: bool,
    pub(super) environment: String,
}

impl AuthConfig {
    /// `None` without a signing secret: the service does not start then.
    pub(super) fn read(environment: &Environment) -> Option<Self> {
        let own = |name| environment.get(name).map(str::to_owned);
        Some(Self {
            service_secret: own("SERVICE_SECRET"),
            keys: Keys::of(environment.get("JWT_ALGORITHM"), &own("JWT_SECRET_KEY")?),
            database: environment.host_of("DATABASE_URL"),
            redis: environment.host_of("REDIS_URL"),
            oauth_configured: own("GOOGLE_CLIENT_ID").is_some() && own("GOOGLE_CLIENT_SECRET").is_some(),
            environment: own("ENVIRONMENT").unwrap_or_default(),
        })
    }
}
