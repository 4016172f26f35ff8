//! The auth service's server: calls the handler, phrases its answer, writes the journal and the platform's request log.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use wiremock::matchers::{any, method, path};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

use super::http::{Answer, Call, phrased};
use super::routes::{Handler, no_such_route, routes};
use super::service::AuthService;
use crate::logs::{JournalEntry, RequestRecord, redacted_target};
use crate::noise::Warmup;
use crate::terms::{BACKEND_USER_AGENT, TraceId};

/// Serves on `listener` until the returned server is dropped.
pub(crate) async fn serve(service: &Arc<AuthService>, listener: TcpListener, warmup: &Warmup) -> MockServer {
    // wiremock would record every token; the journal keeps decisions instead.
    let server = MockServer::builder().listener(listener).disable_request_recording().start().await;
    for (verb, route, handler) in routes(service) {
        let responder = Responder::new(service, handler, warmup);
        Mock::given(method(verb)).and(path(route)).respond_with(responder).mount(&server).await;
    }
    let otherwise = Responder::new(service, no_such_route, warmup);
    Mock::given(any()).respond_with(otherwise).with_priority(u8::MAX).mount(&server).await;
    server
}

/// Answers the requests of one route.
struct Responder {
    service: Arc<AuthService>,
    handler: Handler,
    warmup: Warmup,
}

impl Responder {
    fn new(service: &Arc<AuthService>, handler: Handler, warmup: &Warmup) -> Self {
        Self { service: Arc::clone(service), handler, warmup: warmup.clone() }
    }
}

impl Respond for Responder {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let begun = Instant::now();
        let call = Call { request };
        let delay = self.service.delay(request.url.path());
        let answer = (self.handler)(&self.service, &call);
        let phrased = phrased(self.service.dialect, request.url.path(), &answer);
        self.service.journal.record(journal_entry(&call, &answer, phrased.status));
        self.service.log.request(&request_record(&call, phrased.status, begun));
        let wait = delay + self.warmup.remaining();
        let template = phrased.into_template().insert_header("date", self.service.log.clock().http_date());
        if wait.is_zero() { template } else { template.set_delay(wait) }
    }
}

fn journal_entry(call: &Call<'_>, answer: &Answer, status: u16) -> JournalEntry {
    JournalEntry {
        at: Timestamp::now(),
        from_backend: call.header("user-agent") == Some(BACKEND_USER_AGENT),
        method: call.request.method.to_string(),
        path: call.request.url.path().to_owned(),
        status,
        accepted: answer.accepted,
        reason: answer.reason.map(str::to_owned),
        caller: call.caller(),
    }
}

fn request_record(call: &Call<'_>, status: u16, begun: Instant) -> RequestRecord {
    let url = &call.request.url;
    let host = call.header("host").unwrap_or("localhost");
    RequestRecord {
        method: call.request.method.to_string(),
        url: format!("http://{host}{}", redacted_target(url.path(), url.query())),
        status,
        user_agent: call.header("user-agent").unwrap_or_default().to_owned(),
        latency: begun.elapsed(),
        trace: TraceId::sent_by_caller(&call.request.headers),
        platform_says: None,
    }
}
