//! A running twin, and what can be asked of it.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use crate::journal::Journal;
use crate::logs::LogBook;
use crate::running::Running;
use crate::serve::Tasks;
use crate::{Credentials, JournalEntry, Signing, TwinBuilder};

/// The deployment manifests, as `gcloud run services describe --format=json` prints them.
#[derive(Clone, Debug, Serialize)]
pub struct Manifests {
    /// `netra-backend-staging`.
    pub backend: Value,
    /// `netra-auth-service`.
    pub auth: Value,
}

/// A small real system on loopback: edge, backend, auth service and a control listener.
///
/// It stops when it is dropped; [`Twin::shutdown`] also waits until its tasks have ended.
pub struct Twin {
    pub(crate) edge_url: String,
    pub(crate) websocket_url: String,
    pub(crate) backend_url: String,
    pub(crate) auth_url: String,
    pub(crate) control_url: String,
    pub(crate) credentials: Credentials,
    pub(crate) signing: Signing,
    pub(crate) manifests: Manifests,
    pub(crate) journal: Arc<Journal>,
    pub(crate) logs: Arc<LogBook>,
    pub(crate) tasks: Tasks,
    pub(crate) running: Vec<Running>,
}

impl Twin {
    /// Asks for a twin; see [`TwinBuilder`].
    pub fn builder() -> TwinBuilder {
        TwinBuilder::default()
    }

    /// `http://127.0.0.1:PORT`: the backend through the edge.
    pub fn edge_url(&self) -> &str {
        &self.edge_url
    }

    /// `ws://127.0.0.1:PORT`: the same listener as [`Twin::edge_url`].
    pub fn websocket_url(&self) -> &str {
        &self.websocket_url
    }

    /// The backend's own URL past the edge, also when it does not serve.
    pub fn backend_url(&self) -> &str {
        &self.backend_url
    }

    /// The auth service's own URL, also when it is down.
    pub fn auth_url(&self) -> &str {
        &self.auth_url
    }

    /// The control listener: `/manifests/backend.json`, `/manifests/auth.json`, `/logs`, `/journal`.
    pub fn control_url(&self) -> &str {
        &self.control_url
    }

    /// What a legitimate client holds.
    pub fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// How its tokens are signed.
    pub fn signing(&self) -> Signing {
        self.signing
    }

    /// What the auth service received, oldest first.
    pub async fn journal(&self) -> Vec<JournalEntry> {
        self.journal.entries()
    }

    /// The two deployment manifests; they name secrets and versions, never values.
    pub fn manifests(&self) -> Manifests {
        self.manifests.clone()
    }

    /// Cloud Logging entries of all services, newest first.
    pub fn log_entries(&self) -> Vec<Value> {
        self.logs.newest_first(None)
    }

    /// Stops everything and waits until it has stopped.
    pub async fn shutdown(mut self) {
        self.tasks.stop().await;
        for service in std::mem::take(&mut self.running) {
            service.stop().await;
        }
    }
}

impl Drop for Twin {
    fn drop(&mut self) {
        self.tasks.abort();
    }
}

impl fmt::Debug for Twin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Twin").field("edge_url", &self.edge_url).finish_non_exhaustive()
    }
}
