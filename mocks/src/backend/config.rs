//! What the backend reads from its environment, and nothing else.

use std::net::SocketAddr;

use crate::deployment::Environment;

/// Resolved settings. No `Debug`: it holds secrets.
pub(super) struct BackendConfig {
    pub(super) environment: String,
    pub(super) startup_validation: bool,
    pub(super) auth_url: Option<String>,
    pub(super) auth_enabled: bool,
    pub(super) service_id: Option<String>,
    pub(super) service_secret: Option<String>,
    /// Demanded at startup; used only by a backend that verifies tokens by itself.
    pub(super) jwt_secret: Option<String>,
    /// `TOKEN_VALIDATION=local`: tokens are verified here, and the auth service is not asked.
    pub(super) verifies_locally: bool,
    /// Demanded at startup, used for nothing: there is no OAuth here.
    pub(super) oauth: bool,
    /// Demanded at startup, used for nothing: there is no model here.
    pub(super) gemini_key: bool,
    /// Host and port of the database.
    pub(super) database: Option<SocketAddr>,
}

impl BackendConfig {
    pub(super) fn read(environment: &Environment) -> Self {
        let own = |name| environment.get(name).map(|value| value.trim().to_owned());
        Self {
            environment: own("ENVIRONMENT").unwrap_or_default(),
            startup_validation: own("STARTUP_VALIDATION").is_none_or(|value| value == "true"),
            auth_url: own("AUTH_SERVICE_URL"),
            auth_enabled: own("AUTH_SERVICE_ENABLED").is_none_or(|value| value == "true"),
            service_id: own("SERVICE_ID"),
            service_secret: own("SERVICE_SECRET"),
            jwt_secret: own("JWT_SECRET_KEY"),
            verifies_locally: own("TOKEN_VALIDATION").is_some_and(|value| value == "local"),
            oauth: own("GOOGLE_CLIENT_ID").and(own("GOOGLE_CLIENT_SECRET")).is_some(),
            gemini_key: own("GEMINI_API_KEY").is_some(),
            database: environment.host_of("DATABASE_URL"),
        }
    }
}
