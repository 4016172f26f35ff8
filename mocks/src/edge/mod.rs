//! The edge: the platform's front end of the backend. It checks the invoker, relays, and writes the request log.

mod iam;
mod pages;
mod phrasing;
mod relay;
mod rules;
mod stamp;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;

use crate::Dialect;
use crate::deployment::EdgeRule;
use crate::logs::{RequestRecord, ServiceLog, redacted_target};
use crate::noise::Dice;
use crate::serve::Tasks;
use crate::trace::TraceId;
use pages::Page;
pub(crate) use rules::Throttle;

/// Another revision of the backend, and its share of the traffic.
pub(crate) struct Split {
    pub(crate) backend: SocketAddr,
    pub(crate) log: ServiceLog,
    pub(crate) share: f64,
    pub(crate) dice: Dice,
}

/// The configuration of the edge, and where the backend is.
pub(crate) struct Edge {
    pub(crate) dialect: Dialect,
    /// `None` when no instance of the backend came up.
    pub(crate) backend: Option<SocketAddr>,
    pub(crate) split: Option<Split>,
    /// False when the platform demands a Google-signed identity.
    pub(crate) public: bool,
    pub(crate) rules: BTreeSet<EdgeRule>,
    pub(crate) throttle: Throttle,
    /// `all`, or `internal`: then nothing gets in here.
    pub(crate) ingress: &'static str,
    /// How long a request may take until its answer begins.
    pub(crate) timeout: Duration,
    pub(crate) front_end: SocketAddr,
    /// The log of the backend's service: the platform writes requests there.
    pub(crate) log: ServiceLog,
    pub(crate) tasks: Tasks,
}

/// The edge as something to serve.
pub(crate) fn router(edge: Edge) -> Router {
    Router::new().fallback(handle).with_state(Arc::new(edge))
}

async fn handle(State(edge): State<Arc<Edge>>, request: Request) -> Response {
    let begun = Instant::now();
    let trace = TraceId::sent_by_caller(request.headers()).unwrap_or_else(TraceId::random);
    let mut record = begin_record(&request, trace.clone());
    let returning = stamp::has_affinity(request.headers());
    let (backend, log) = edge.revision();
    let response = match edge.pass(request, backend).await {
        Ok(relayed) => phrasing::relayed(edge.dialect, relayed, &trace, returning),
        Err(page) => {
            let response = phrasing::own(edge.dialect, &page, &trace);
            record.status = response.status().as_u16();
            if let Some(verdict) = page.verdict() {
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
    fn dated(&self, mut response: Response) -> Response {
        let date = HeaderValue::from_str(&self.log.clock().http_date()).expect("a date is a header value");
        response.headers_mut().insert(header::DATE, date);
        response
    }

    /// The revision that a request falls to, and its log.
    fn revision(&self) -> (Option<SocketAddr>, &ServiceLog) {
        match &self.split {
            Some(split) if split.dice.draw() < split.share => (Some(split.backend), &split.log),
            _ => (self.backend, &self.log),
        }
    }

    /// The backend's answer, or the page that the platform answers in its place.
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
        latency: std::time::Duration::ZERO,
        trace: Some(trace),
        platform_says: None,
    }
}
