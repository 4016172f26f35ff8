//! The edge's server: handles one request from its arrival to the entry in the request log.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;

use super::pages::Page;
use super::rules::Throttle;
use super::{phrasing, relay};
use crate::deployment::EdgeRule;
use crate::logs::{RequestRecord, ServiceLog, redacted_target};
use crate::net::Tasks;
use crate::noise::Dice;
use crate::terms::{Dialect, TraceId};

/// An older revision of the backend and its share of the traffic.
pub(crate) struct Split {
    pub(crate) backend: SocketAddr,
    pub(crate) log: ServiceLog,
    pub(crate) share: f64,
    pub(crate) dice: Dice,
}

/// The platform's front end of one service.
pub(crate) struct Edge {
    pub(crate) dialect: Dialect,
    /// The newest revision's address; `None` when no instance came up.
    pub(crate) backend: Option<SocketAddr>,
    pub(crate) split: Option<Split>,
    /// Whether every client may call. Otherwise the platform demands an identity that Google signed.
    pub(crate) public: bool,
    pub(crate) rules: BTreeSet<EdgeRule>,
    pub(crate) throttle: Throttle,
    /// `all` or `internal`; with `internal`, no request passes.
    pub(crate) ingress: &'static str,
    /// The time limit until the response begins.
    pub(crate) timeout: Duration,
    pub(crate) front_end: SocketAddr,
    /// The service's log, where the platform writes its request log.
    pub(crate) log: ServiceLog,
    pub(crate) tasks: Tasks,
}

/// Returns the edge's router.
pub(crate) fn router(edge: Edge) -> Router {
    Router::new().fallback(handle).with_state(Arc::new(edge))
}

async fn handle(State(edge): State<Arc<Edge>>, request: Request) -> Response {
    let begun = Instant::now();
    let trace = TraceId::sent_by_caller(request.headers()).unwrap_or_else(TraceId::random);
    let mut record = begin_record(&request, trace.clone());
    let returning = phrasing::has_affinity(request.headers());
    let (backend, log) = edge.revision();
    let response = match edge.pass(request, backend).await {
        Ok(relayed) => phrasing::relayed(edge.dialect, relayed, &trace, returning),
        Err(page) => {
            let response = phrasing::own(edge.dialect, &page, &trace);
            record.status = response.status().as_u16();
            if let Some(verdict) = page.firewall_verdict() {
                edge.log.load_balancer(&record, verdict);
            }
            let Some(text) = page.log_text() else { return edge.dated(response) };
            record.platform_says = Some(text);
            response
        }
    };
    record.status = response.status().as_u16();
    record.latency = begun.elapsed();
    log.request(&record);
    edge.dated(response)
}

impl Edge {
    /// Sets `date` by the deployment's clock.
    fn dated(&self, mut response: Response) -> Response {
        let date = HeaderValue::from_str(&self.log.clock().http_date()).expect("a date is a header value");
        response.headers_mut().insert(header::DATE, date);
        response
    }

    /// Draws the revision for a request; returns its address and its log.
    fn revision(&self) -> (Option<SocketAddr>, &ServiceLog) {
        match &self.split {
            Some(split) if split.dice.draw() < split.share => (Some(split.backend), &split.log),
            _ => (self.backend, &self.log),
        }
    }

    /// Returns the backend's response, or the page that the platform sends instead.
    async fn pass(&self, mut request: Request, backend: Option<SocketAddr>) -> Result<Response, Page> {
        if let Some(page) = self.refusal(&request) {
            return Err(page);
        }
        self.rewrite(&mut request);
        let destination = self.destination(&request, backend).ok_or(Page::BadResponse)?;
        let relayed = tokio::time::timeout(self.timeout, relay::relay(destination, request, &self.tasks)).await;
        relayed.map_err(|_| Page::UpstreamTimeout)?.map_err(|_| Page::BadResponse)
    }
}

fn begin_record(request: &Request, trace: TraceId) -> RequestRecord {
    let text = |name| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let uri = request.uri();
    RequestRecord {
        method: request.method().to_string(),
        url: format!("http://{}{}", text(header::HOST), redacted_target(uri.path(), uri.query())),
        status: 0,
        user_agent: text(header::USER_AGENT).to_owned(),
        latency: Duration::ZERO,
        trace: Some(trace),
        platform_says: None,
    }
}
