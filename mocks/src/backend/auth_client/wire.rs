//! The HTTP calls to the auth service, as the real client sends them (contract 3.1).

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use reqwest::{Client, Proxy, RequestBuilder, redirect};
use serde_json::{Value, json};

use super::super::config::BackendConfig;
use super::lines;
use crate::auth::BACKEND_USER_AGENT;
use crate::logs::ServiceLog;
use crate::{BootError, Dialect};

/// The real client's budgets.
const HEALTH: Duration = Duration::from_millis(500);
const CONNECT: Duration = Duration::from_secs(1);
const READ: Duration = Duration::from_secs(2);
const CALL: Duration = Duration::from_secs(3);

/// What came back from `/auth/validate`.
pub(super) enum Asked {
    /// 200 with JSON.
    Answered(Value),
    /// Another status, with FastAPI's detail if there was one.
    Rejected { status: u16, detail: String },
    /// No answer, or none that could be read.
    Failed(String),
}

/// Why the health probe says unreachable.
pub(super) struct Unreachable {
    pub(super) why: String,
    pub(super) after: Duration,
}

/// The connection to one auth service. No `Debug`: it holds the service secret.
pub(super) struct Wire {
    client: Client,
    base: String,
    service_id: String,
    service_secret: Option<String>,
    dialect: Dialect,
    log: ServiceLog,
}

impl Wire {
    pub(super) fn new(
        dialect: Dialect,
        config: BackendConfig,
        proxy: Option<SocketAddr>,
        log: ServiceLog,
    ) -> Result<Self, BootError> {
        let egress = match proxy {
            Some(address) => Client::builder().proxy(Proxy::http(format!("http://{address}"))?),
            None => Client::builder().no_proxy(),
        };
        let client = egress
            .redirect(redirect::Policy::none())
            // The auth service is on plain loopback: no reason to read the system's certificates at every boot.
            .tls_certs_only(std::iter::empty())
            .user_agent(BACKEND_USER_AGENT)
            .connect_timeout(CONNECT)
            .read_timeout(READ)
            .timeout(CALL)
            .build()?;
        Ok(Self {
            client,
            base: config.auth_url.unwrap_or_else(|| "http://localhost:8081".to_owned()),
            service_id: config.service_id.unwrap_or_else(|| "netra-backend".to_owned()),
            service_secret: config.service_secret,
            dialect,
            log,
        })
    }

    pub(super) fn base_url(&self) -> &str {
        &self.base
    }

    pub(super) fn service_id(&self) -> &str {
        &self.service_id
    }

    pub(super) fn has_service_credentials(&self) -> bool {
        self.service_secret.is_some()
    }

    /// GET `/health` with half a second of budget: 200 or 404 is reachable.
    pub(super) async fn probe_health(&self) -> Result<(), Unreachable> {
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

    pub(super) async fn check_blacklist(&self, token: &str) {
        let body = json!({ "token": token });
        let sent = self.post("/auth/check-blacklist", &body).send().await;
        if let Ok(response) = sent {
            lines::say_http(&self.log, "POST", &self.url("/auth/check-blacklist"), response.status());
        }
    }

    pub(super) async fn validate(&self, token: &str) -> Asked {
        lines::say_validating(&self.log, self.dialect, &self.base, self.has_service_credentials());
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

    /// The service headers go both or neither (contract 3.1).
    fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        let request = self.client.post(self.url(path)).json(body);
        match &self.service_secret {
            Some(secret) => request.header("X-Service-ID", &self.service_id).header("X-Service-Secret", secret),
            None => {
                lines::say_no_credentials(&self.log, self.dialect, &self.service_id);
                request
            }
        }
    }
}

fn detail(body: &Value) -> String {
    let detail = body["detail"].as_str().unwrap_or("no detail");
    detail.chars().take(120).collect()
}
