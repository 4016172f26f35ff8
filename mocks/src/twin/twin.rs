//! A running twin: its URLs, its credentials, and the evidence that an operator would read.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use super::TwinBuilder;
use super::ports::Handle;
use crate::logs::{Journal, JournalEntry, LogBook};
use crate::net::Tasks;
use crate::terms::{Credentials, Signing};

/// The manifests of both services, as `gcloud run services describe --format=json` prints them.
///
/// They name secrets and versions and hold no secret value.
#[derive(Clone, Debug, Serialize)]
pub struct Manifests {
    /// The manifest of `netra-backend-staging`.
    pub backend: Value,
    /// The manifest of `netra-auth-service`.
    pub auth: Value,
}

/// The revisions of both services, the newest first, as `gcloud run revisions describe --format=json` prints each.
///
/// The second of each is the one that served before this deployment: it has none of the injected changes.
#[derive(Clone, Debug, Serialize)]
pub struct Revisions {
    /// The revisions of `netra-backend-staging`.
    pub backend: Vec<Value>,
    /// The revisions of `netra-auth-service`.
    pub auth: Vec<Value>,
}

/// A running twin: an edge, a backend, an auth service and a control listener on 127.0.0.1.
///
/// All of them are real servers, and clients reach them over real connections. A twin needs a Tokio runtime. It stops
/// when it is dropped; [`Twin::shutdown`] also waits until it has stopped.
///
/// # Example
///
/// ```
/// use fivewhys_mocks::{Fault, Twin};
///
/// # #[tokio::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// // Arrange: the backend reads an outdated service secret.
/// let twin = Twin::builder().fault(Fault::ServiceSecretMismatch).start().await?;
///
/// // Act: call the backend with a token.
/// let request = reqwest::Client::new().get(format!("{}/api/chat/messages", twin.edge_url()));
/// let response = request.bearer_auth("aaa.bbb.ccc").send().await?;
///
/// // Assert: the client sees a refusal, and the auth service's journal shows why.
/// assert_eq!(response.status(), 403);
/// let journal = twin.journal().await;
/// let last = journal.last().expect("the backend asked the auth service");
/// assert_eq!(last.reason.as_deref(), Some("invalid_service_secret"));
///
/// twin.shutdown().await;
/// # Ok(())
/// # }
/// ```
pub struct Twin {
    pub(crate) edge_url: String,
    pub(crate) websocket_url: String,
    pub(crate) backend_url: String,
    pub(crate) auth_url: String,
    pub(crate) control_url: String,
    pub(crate) credentials: Credentials,
    pub(crate) signing: Signing,
    pub(crate) manifests: Manifests,
    pub(crate) revisions: Revisions,
    pub(crate) journal: Arc<Journal>,
    pub(crate) logs: Arc<LogBook>,
    pub(crate) tasks: Tasks,
    pub(crate) running: Vec<Handle>,
}

impl Twin {
    /// Returns a builder for a healthy twin.
    pub fn builder() -> TwinBuilder {
        TwinBuilder::default()
    }

    /// Returns the URL of the backend through the edge, as a client was given it: `http://127.0.0.1:PORT`.
    ///
    /// Some faults give the client another URL.
    pub fn edge_url(&self) -> &str {
        &self.edge_url
    }

    /// Returns the URL for WebSockets, `ws://127.0.0.1:PORT`: the same listener as [`Twin::edge_url`].
    pub fn websocket_url(&self) -> &str {
        &self.websocket_url
    }

    /// Returns the backend's own URL behind the edge, also when the backend does not run.
    pub fn backend_url(&self) -> &str {
        &self.backend_url
    }

    /// Returns the auth service's URL, also when the auth service does not run.
    pub fn auth_url(&self) -> &str {
        &self.auth_url
    }

    /// Returns the URL of the control listener: `/manifests/backend.json`, `/manifests/auth.json`, `/revisions/backend.json`,
    /// `/revisions/auth.json`, `/logs`, `/journal`.
    pub fn control_url(&self) -> &str {
        &self.control_url
    }

    /// Returns the secrets and users that a legitimate client was given.
    pub fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// Returns how tokens are signed.
    pub fn signing(&self) -> Signing {
        self.signing
    }

    /// Returns the requests that the auth service received, oldest first; at most the last 10 000.
    pub async fn journal(&self) -> Vec<JournalEntry> {
        self.journal.entries()
    }

    /// Returns the manifests of both services after their rollout.
    pub fn manifests(&self) -> Manifests {
        self.manifests.clone()
    }

    /// Returns the revisions of both services.
    pub fn revisions(&self) -> Revisions {
        self.revisions.clone()
    }

    /// Returns the Cloud Logging entries of all services, newest first; at most the last 10 000.
    pub fn log_entries(&self) -> Vec<Value> {
        self.logs.newest_first(None)
    }

    /// Stops the twin and waits until every port is closed and every task has ended.
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
