//! The HTTP calls to the auth service, with the time limits and headers of the real client.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use reqwest::{Client, Proxy, RequestBuilder, redirect};
use serde_json::{Value, json};

use super::client::AuthSettings;
use super::lines;
use crate::logs::ServiceLog;
use crate::terms::{BACKEND_USER_AGENT, BootError, Dialect};

/// The time limit of the health probe.
const HEALTH: Duration = Duration::from_millis(500);
/// The time limit of a connection.
const CONNECT: Duration = Duration::from_secs(1);
/// The time limit of a read.
const READ: Duration = Duration::from_secs(2);
/// The time limit of a whole call.
const CALL: Duration = Duration::from_secs(3);

/// The result of a call to `/auth/validate`.
pub(crate) enum Asked {
    /// The auth service answered 200 with JSON.
    Answered(Value),
    /// The auth service answered with another status; `detail` is from FastAPI's error body.
    Rejected { status: u16, detail: String },
    /// The auth service did not answer, or not in JSON.
    Failed(String),
}

/// Why the health probe failed, and how long it took.
pub(crate) struct Unreachable {
    pub(crate) why: String,
    pub(crate) after: Duration,
}

/// The HTTP client for one auth service. No `Debug`: it holds the service secret.
pub(crate) struct Wire {
    client: Client,
    base: String,
    service_id: Option<String>,
    service_secret: Option<String>,
    dialect: Dialect,
    log: ServiceLog,
}

impl Wire {
    pub(crate) fn new(
        dialect: Dialect,
        settings: AuthSettings,
        proxy: Option<SocketAddr>,
        log: ServiceLog,
    ) -> Result<Self, BootError> {
        let egress = match proxy {
            Some(address) => Client::builder().proxy(Proxy::http(format!("http://{address}"))?),
            None => Client::builder().no_proxy(),
        };
        let client = egress
            .redirect(redirect::Policy::none())
            // The auth service speaks plain HTTP: reading the system's certificates at every boot would be wasted.
            .tls_certs_only(std::iter::empty())
            .user_agent(BACKEND_USER_AGENT)
            .connect_timeout(CONNECT)
            .read_timeout(READ)
            .timeout(CALL)
            .build()?;
        Ok(Self {
            client,
            base: settings.url.unwrap_or_else(|| "http://localhost:8081".to_owned()),
            service_id: settings
                .service_id
                .or_else(|| dialect.has_built_in_service_id().then(|| "netra-backend".to_owned())),
            service_secret: settings.service_secret,
            dialect,
            log,
        })
    }

    pub(crate) fn base_url(&self) -> &str {
        &self.base
    }

    /// Returns the backend's own id, as Python prints it.
    pub(crate) fn service_id(&self) -> &str {
        self.service_id.as_deref().unwrap_or("None")
    }

    pub(crate) fn has_service_secret(&self) -> bool {
        self.service_secret.is_some()
    }

    pub(crate) fn has_service_credentials(&self) -> bool {
        self.service_id.is_some() && self.has_service_secret()
    }

    /// Calls `GET /health` with a limit of half a second. 200 and 404 count as reachable.
    pub(crate) async fn probe_health(&self) -> Result<(), Unreachable> {
        let begun = Instant::now();
        let url = format!("{}/health", self.base);
        let sent = self.client.get(&url).timeout(HEALTH).send().await;
        let unreachable = |why| Unreachable { why, after: begun.elapsed() };
        match sent {
            Ok(response) => {
                let status = response.status();
                lines::say_http(&self.log, "GET", &url, status);
                match status.as_u16() {
                    200 | 404 => Ok(()),
                    other => Err(unreachable(format!("its health probe answered {other}"))),
                }
            }
            Err(error) if error.is_timeout() => Err(unreachable("timed out".to_owned())),
            Err(_) => Err(unreachable("All connection attempts failed".to_owned())),
        }
    }

    /// Calls `POST /auth/check-blacklist` and ignores the answer.
    pub(crate) async fn check_blacklist(&self, token: &str) {
        let body = json!({ "token": token });
        let sent = self.post("/auth/check-blacklist", &body).send().await;
        if let Ok(response) = sent {
            lines::say_http(&self.log, "POST", &self.url("/auth/check-blacklist"), response.status());
        }
    }

    /// Calls `POST /auth/validate`.
    pub(crate) async fn validate(&self, token: &str) -> Asked {
        lines::say_validating(&self.log, self.dialect, &self.base, self.has_service_secret());
        let body = json!({ "token": token, "token_type": "access" });
        let response = match self.post("/auth/validate", &body).send().await {
            Ok(response) => response,
            Err(error) if error.is_timeout() => return Asked::Failed("timed out".to_owned()),
            Err(_) => return Asked::Failed("All connection attempts failed".to_owned()),
        };
        let status = response.status();
        lines::say_http(&self.log, "POST", &self.url("/auth/validate"), status);
        let body = response.json::<Value>().await;
        match (status.as_u16(), body) {
            (200, Ok(body)) => Asked::Answered(body),
            (200, Err(_)) => Asked::Failed("the answer was not JSON".to_owned()),
            (status, body) => Asked::Rejected { status, detail: detail(&body.unwrap_or_default()) },
        }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// Starts a POST. It carries both service headers, or neither when the id or the secret is missing.
    fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        let request = self.client.post(self.url(path)).json(body);
        match (&self.service_id, &self.service_secret) {
            (Some(id), Some(secret)) => request.header("X-Service-ID", id).header("X-Service-Secret", secret),
            (None, _) => {
                lines::say_no_service_id(&self.log);
                request
            }
            (Some(id), None) => {
                lines::say_no_credentials(&self.log, self.dialect, id);
                request
            }
        }
    }
}

fn detail(body: &Value) -> String {
    let detail = body["detail"].as_str().unwrap_or("no detail");
    detail.chars().take(120).collect()
}
