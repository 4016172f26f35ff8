//! Between wiremock and the handlers: has every answer phrased, and writes the journal and the platform's request log.

use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use wiremock::{Request, Respond, ResponseTemplate};

use super::{Answer, AuthService, Call, Handler, phrasing};
use crate::journal::JournalEntry;
use crate::logs::{RequestRecord, redacted_target};
use crate::noise::Warmup;
use crate::trace::TraceId;

/// How the backend's HTTP client introduces itself (recorded).
pub(crate) const BACKEND_USER_AGENT: &str = "python-httpx/0.28.1";

/// Answers one route.
pub(super) struct AuthResponder {
    service: Arc<AuthService>,
    handler: Handler,
    warmup: Warmup,
}

impl AuthResponder {
    pub(super) fn new(service: &Arc<AuthService>, handler: Handler, warmup: &Warmup) -> Self {
        Self { service: Arc::clone(service), handler, warmup: warmup.clone() }
    }
}

impl Respond for AuthResponder {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let begun = Instant::now();
        let call = Call { request };
        let delay = self.service.delay(request.url.path());
        let answer = (self.handler)(&self.service, &call);
        let phrased = phrasing::phrased(self.service.dialect, request.url.path(), &answer);
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
