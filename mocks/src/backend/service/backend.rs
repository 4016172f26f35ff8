//! The backend's process: its settings, its state, and the defects of its build.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::http::HeaderMap;
use axum::response::Response;

use super::config::BackendConfig;
use super::crowd::Crowd;
use super::database::Database;
use crate::backend::auth_client::AuthClient;
use crate::backend::chat::MessageStore;
use crate::backend::error::{ApiError, Origin};
use crate::deployment::{BackendDefect, Build};
use crate::logs::{ServiceLog, Severity};
use crate::terms::{BootError, Dialect, JwtVariable, LoadFault};

/// What a revision consists of apart from its settings.
pub(crate) struct Code {
    pub(crate) build: Build<BackendDefect>,
    /// The proxy of the backend's outgoing connections.
    pub(crate) proxy: Option<SocketAddr>,
    /// The names under which this version looks for the signing secret, in order.
    pub(crate) jwt_variables: Vec<JwtVariable>,
    /// The faults that only many users show.
    pub(crate) load_faults: Vec<LoadFault>,
}

/// The running process.
pub(crate) struct Backend {
    pub(crate) dialect: Dialect,
    pub(crate) environment: String,
    pub(crate) auth: AuthClient,
    /// The secret with which the backend verifies tokens by itself. `None` when it asks the auth service.
    pub(crate) verifies_with: Option<String>,
    pub(crate) build: Build<BackendDefect>,
    pub(crate) messages: Arc<MessageStore>,
    pub(crate) database: Database,
    pub(crate) crowd: Crowd,
    pub(crate) log: ServiceLog,
}

impl Backend {
    /// Makes the process from its validated settings.
    ///
    /// # Errors
    /// When the HTTP client cannot be built.
    pub(crate) fn new(
        dialect: Dialect,
        config: BackendConfig,
        code: &Code,
        messages: Arc<MessageStore>,
        log: ServiceLog,
    ) -> Result<Self, BootError> {
        Ok(Self {
            dialect,
            environment: config.environment,
            auth: AuthClient::new(dialect, config.auth, code.proxy, log.clone())?,
            verifies_with: config.jwt_secret.filter(|_| config.verifies_locally),
            build: code.build.clone(),
            messages,
            database: Database::new(config.database, log.clone()),
            crowd: Crowd::new(&code.load_faults),
            log,
        })
    }

    /// Reports whether the build has a defect.
    pub(crate) fn has(&self, defect: BackendDefect) -> bool {
        self.build.contains(&defect)
    }

    /// Returns the message store, unless the build cannot use it.
    pub(crate) fn store(&self) -> Result<&MessageStore, ApiError> {
        if !self.has(BackendDefect::StoreRaises) {
            return Ok(&self.messages);
        }
        self.log.message(Severity::Error, "Failed to access messages: 'NoneType' object has no attribute 'append'");
        Err(ApiError::internal("Failed to access messages", Origin::READ_MESSAGE))
    }

    /// Returns the additional field that the build demands in a chat message.
    pub(crate) fn demanded_field(&self) -> Option<&'static str> {
        self.has(BackendDefect::DemandsSessionId).then_some("session_id")
    }

    /// Logs an error and returns its response. `headers` are the request's.
    pub(crate) fn refuse(&self, headers: &HeaderMap, error: &ApiError) -> Response {
        error.response(self.dialect, headers, &self.log)
    }
}
