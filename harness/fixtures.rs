//! Fixtures of unit tests: the built-in target `staging`, and exchanges made by hand.

use std::sync::LazyLock;

use crate::config::{Endpoint, Overrides, Target, TargetFile};
use crate::evidence::LogEntry;
use crate::probe::{
    Body, Close, ErrorKind, Exchange, Frame, Head, Phases, ProbeKey, SentRequest, Side, TransportError,
};
use crate::terms::{Caller, Hop, TokenKind};

static STAGING: LazyLock<Target> = LazyLock::new(|| {
    let file = TargetFile::embedded().expect("the shipped file parses");
    file.resolve(Some("staging"), &Overrides::default()).expect("staging resolves")
});

/// Returns the built-in target `staging`.
pub(crate) fn staging() -> Target {
    STAGING.clone()
}

pub(crate) fn endpoint(id: &str) -> Endpoint {
    STAGING.endpoints.get(id).expect("a shipped endpoint").clone()
}

pub(crate) fn key(endpoint: &str, token: TokenKind) -> ProbeKey {
    let token_location = self::endpoint(endpoint).usual_token_location();
    ProbeKey { endpoint: endpoint.into(), token, token_location, caller: Caller::None, user: "primary".into() }
}

/// Returns an exchange without a response.
pub(crate) fn exchange(endpoint: &str, token: TokenKind) -> Exchange {
    Exchange {
        id: 1,
        probe: key(endpoint, token),
        step: None,
        started_at: "2026-11-22T03:00:00Z".parse().expect("a timestamp"),
        trace_id: "0af7651916cd43dd8448eb211c80319c".into(),
        request: SentRequest {
            method: "GET".into(),
            url: "https://example.test/".into(),
            headers: Vec::new(),
            body: None,
        },
        head: None,
        body: Body::default(),
        trailers: Vec::new(),
        events: Vec::new(),
        frames: Vec::new(),
        close: None,
        error: None,
        browser: None,
        blocked: None,
        unsent: false,
        unissued: false,
        phases: Phases { end_ms: 20.0, ..Phases::default() },
        issued: crate::token::IssuedJwt::default(),
    }
}

/// Returns an entry of a log that says no more than its text.
pub(crate) fn log_entry(at: jiff::Timestamp, by: Hop, text: &str) -> LogEntry {
    LogEntry::new(at, by, text)
}

impl Exchange {
    pub(crate) fn answered(mut self, status: u16, media: &str, text: &str) -> Self {
        let headers = if media.is_empty() { Vec::new() } else { vec![("content-type".to_owned(), media.to_owned())] };
        self.head = Some(Head { status, version: "HTTP/1.1".into(), headers });
        self.body = Body { text: text.into(), bytes: text.len(), truncated: false };
        self.phases.first_byte_ms = Some(20.0);
        self
    }

    pub(crate) fn with_header(mut self, name: &str, value: &str) -> Self {
        let head = self.head.as_mut().expect("answered first");
        head.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn with_trailer(mut self, name: &str, value: &str) -> Self {
        self.trailers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn with_frame(mut self, data: &str) -> Self {
        self.frames.push(Frame { at_ms: 10, from: Side::Server, name: String::new(), data: data.into() });
        self
    }

    pub(crate) fn closed(mut self, code: u16, reason: &str) -> Self {
        self.close = Some(Close { code, reason: reason.into(), by: Side::Server });
        self
    }

    pub(crate) fn broken(mut self, kind: ErrorKind) -> Self {
        self.error = Some(TransportError { kind, detail: "by hand".into() });
        self
    }

    pub(crate) fn called_by(mut self, caller: Caller) -> Self {
        self.probe.caller = caller;
        self
    }
}
