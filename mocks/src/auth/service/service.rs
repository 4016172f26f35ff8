//! The auth service's process: its settings, its state, and the defects of its build.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::accounts::{Accounts, Revoked};
use super::lines;
use crate::auth::token::Keys;
use crate::deployment::{AuthDefect, Build, Environment};
use crate::logs::{Journal, ServiceLog};
use crate::terms::{Dialect, JwtVariable};

/// The delay of a slow health check: longer than the backend waits for it, shorter than it waits for other calls.
const SLOW_HEALTH: Duration = Duration::from_millis(700);
/// The delay of every response of a slow service.
const SLOW: Duration = Duration::from_millis(1200);

/// The settings from the environment. No `Debug`: it holds secrets.
pub(crate) struct AuthConfig {
    /// The `X-Service-Secret` that callers must send. Without it the service cannot check its callers.
    pub(crate) service_secret: Option<String>,
    /// The key that tokens are signed with.
    pub(crate) keys: Keys,
    /// Host and port of the database.
    pub(crate) database: Option<SocketAddr>,
    /// Host and port of Redis, which holds the sessions.
    pub(crate) redis: Option<SocketAddr>,
    /// Whether users can sign in through their identity provider.
    pub(crate) oauth_configured: bool,
    pub(crate) environment: String,
}

impl AuthConfig {
    /// Reads the settings. Returns `None` without a signing secret: the service does not start then.
    pub(crate) fn read(environment: &Environment) -> Option<Self> {
        let own = |name| environment.get(name).map(str::to_owned);
        Some(Self {
            service_secret: own("SERVICE_SECRET"),
            keys: Keys::of(
                environment.get("JWT_ALGORITHM"),
                &JwtVariable::ALL.iter().find_map(|variable| own(variable.id()))?,
            ),
            database: environment.host_of("DATABASE_URL"),
            redis: environment.host_of("REDIS_URL"),
            oauth_configured: own("GOOGLE_CLIENT_ID").is_some() && own("GOOGLE_CLIENT_SECRET").is_some(),
            environment: own("ENVIRONMENT").unwrap_or_default(),
        })
    }
}

/// The running process.
pub(crate) struct AuthService {
    pub(crate) dialect: Dialect,
    pub(crate) config: AuthConfig,
    build: Build<AuthDefect>,
    pub(crate) accounts: Accounts,
    pub(crate) log: ServiceLog,
    pub(crate) journal: Arc<Journal>,
    pub(crate) revoked: Revoked,
    pub(crate) started: Timestamp,
}

impl AuthService {
    /// Starts the process. Returns `None` when it ends before it listens; its log says why.
    pub(crate) fn start(
        dialect: Dialect,
        environment: &Environment,
        build: Build<AuthDefect>,
        accounts: Accounts,
        log: ServiceLog,
        journal: Arc<Journal>,
    ) -> Option<Arc<Self>> {
        let Some(config) = AuthConfig::read(environment) else {
            lines::no_signing_secret(&log, dialect);
            return None;
        };
        let revoked = Revoked::default();
        let started = log.clock().now();
        Some(Arc::new(Self { dialect, config, build, accounts, log, journal, revoked, started }))
    }

    /// Reports whether the build has a defect.
    pub(crate) fn has(&self, defect: AuthDefect) -> bool {
        self.build.contains(&defect)
    }

    /// Returns how long the build delays the responses of a route.
    pub(crate) fn delay(&self, route: &str) -> Duration {
        match route {
            _ if self.has(AuthDefect::Slow) => SLOW,
            "/health" if self.has(AuthDefect::SlowHealth) => SLOW_HEALTH,
            _ => Duration::ZERO,
        }
    }
}
