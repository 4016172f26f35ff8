//! Starts the backend from its environment.

use std::sync::Arc;

use axum::Router;

use super::chat::MessageStore;
use super::routes::routes;
use super::service::{Backend, BackendConfig, Code, StartupFailed, validate};
use crate::deployment::Environment;
use crate::logs::ServiceLog;
use crate::terms::{BootError, Dialect};

/// Starts the process and returns its router.
///
/// The outer error is the machine's. The inner one is the backend's own refusal to start with an incomplete
/// configuration.
pub(crate) fn start(
    dialect: Dialect,
    environment: &Environment,
    code: &Code,
    messages: Arc<MessageStore>,
    log: ServiceLog,
) -> Result<Result<Router, StartupFailed>, BootError> {
    let config = BackendConfig::read(environment, &code.jwt_variables);
    if let Err(failed) = validate(&config, dialect, &log) {
        return Ok(Err(failed));
    }
    let backend = Backend::new(dialect, config, code, messages, log)?;
    Ok(Ok(routes(Arc::new(backend))))
}
