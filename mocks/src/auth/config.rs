//! What the auth service reads from its environment, and nothing else.

use std::net::SocketAddr;

use crate::deployment::Environment;

/// Resolved settings. No `Debug`: it holds secrets.
pub(super) struct AuthConfig {
    /// What callers must present as `X-Service-Secret`; without it the service cannot check its callers.
    pub(super) service_secret: Option<String>,
    /// The HS256 secret that tokens are signed with.
    pub(super) jwt_secret: String,
    /// Host and port of the database.
    pub(super) database: Option<SocketAddr>,
    /// Whether people can sign in by their provider.
    pub(super) oauth_configured: bool,
    pub(super) environment: String,
}

impl AuthConfig {
    pub(super) fn read(environment: &Environment) -> Self {
        let own = |name| environment.get(name).map(str::to_owned);
        Self {
            service_secret: own("SERVICE_SECRET"),
            jwt_secret: own("JWT_SECRET_KEY").expect("no fault takes the signing secret from the auth service"),
            database: environment.host_of("DATABASE_URL"),
            oauth_configured: own("GOOGLE_CLIENT_ID").is_some() && own("GOOGLE_CLIENT_SECRET").is_some(),
            environment: own("ENVIRONMENT").unwrap_or_default(),
        }
    }
}
