//! A recorded exchange. Its placeholders become real tokens again.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fivewhys_mocks::Twin;
use serde_json::Value;

use crate::support::token::recorded_kind;

/// One recorded exchange.
pub(crate) struct Probe {
    pub(crate) name: String,
    pub(crate) request: Value,
    pub(crate) response: Value,
    pub(crate) socket: Value,
    pub(crate) transport_error: bool,
    /// The lines of the auth service's own loggers during the exchange.
    pub(crate) auth_lines: Vec<String>,
}

/// The paths that the twin serves. The recordings hold other paths too.
const ENDPOINTS: [&str; 9] = [
    "/health",
    "/auth/validate",
    "/auth/verify",
    "/auth/me",
    "/api/chat/messages",
    "/api/chat/stream",
    "/api/threads",
    "/api/nope",
    "/ws",
];

/// Reads a recording.
pub(crate) fn read(file: &Path) -> Vec<Probe> {
    let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let recording: Value = serde_json::from_str(&text).expect("a recording is JSON");
    let probes = recording["probes"].as_array().expect("a recording has probes").iter();
    probes.map(Probe::from_json).collect()
}

impl Probe {
    fn from_json(probe: &Value) -> Self {
        Self {
            name: probe["probe"].as_str().expect("a probe has a name").to_owned(),
            request: probe["request"].clone(),
            response: probe["response"].clone(),
            socket: probe["ws"].clone(),
            auth_lines: auth_lines(&probe["auth_log"]),
            transport_error: probe.get("transport_error").is_some_and(|error| !error.is_null()),
        }
    }

    /// Reports whether the twin serves the exchange.
    ///
    /// It leaves out the chat stream with a valid token, because the real handler is broken and the twin's completes.
    /// It also leaves out the test header that switches the real authentication off.
    pub(crate) fn is_served_by_twin(&self) -> bool {
        let left_out = self.name.contains("chat/stream [valid]") || self.name.contains("X-E2E-Test");
        ENDPOINTS.contains(&self.path().split('?').next().unwrap_or_default()) && !left_out
    }

    pub(crate) fn is_websocket(&self) -> bool {
        !self.socket.is_null()
    }

    /// Returns path and query.
    pub(crate) fn path(&self) -> &str {
        let url = self.request["url"].as_str().unwrap_or_default();
        let after_host = url.split_once("://").map_or(url, |(_, rest)| rest);
        after_host.find('/').map_or("/", |slash| &after_host[slash..])
    }

    pub(crate) fn is_for_auth(&self) -> bool {
        self.name.starts_with("auth ")
    }

    /// Returns the request's headers with real credentials.
    pub(crate) fn headers(&self, twin: &Twin) -> Vec<(String, String)> {
        let headers = self.request["headers"].as_object().into_iter().flatten();
        headers.map(|(name, value)| (name.clone(), self.filled(twin, value.as_str().unwrap_or_default()))).collect()
    }

    /// Replaces `<token:KIND>`, `<b64 token:KIND>` and `<service-secret>`.
    pub(crate) fn filled(&self, twin: &Twin, text: &str) -> String {
        if let Some((before, kind)) = placeholder(text, "<token:") {
            return format!("{before}{}", recorded_kind(twin, kind));
        }
        if let Some((before, kind)) = placeholder(text, "<b64 token:") {
            return format!("{before}{}", URL_SAFE_NO_PAD.encode(recorded_kind(twin, kind)));
        }
        let secret = match self.name.contains("wrong service secret") {
            true => "not-the-service-secret-of-this-boot",
            false => twin.credentials().service_secret(),
        };
        text.replace("<service-secret>", secret)
    }
}

fn auth_lines(log: &Value) -> Vec<String> {
    let lines = log.as_array().into_iter().flatten().filter_map(Value::as_str);
    lines.filter(|line| line.starts_with("netra-service - ")).map(str::to_owned).collect()
}

fn placeholder<'a>(text: &'a str, opening: &str) -> Option<(&'a str, &'a str)> {
    let (before, rest) = text.split_once(opening)?;
    rest.split_once('>').map(|(kind, _)| (before, kind))
}
