//! A recording as its file holds it: probes, logs and times.

use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value};

/// One file: the real services under one known fault, seen from outside.
#[derive(Debug, Deserialize)]
pub(crate) struct Recording {
    /// The file's stem.
    #[serde(skip)]
    pub(crate) name: String,
    /// Written when the last probe had ended.
    captured_at: jiff::Timestamp,
    probes: Vec<Entry>,
    #[serde(default)]
    backend_startup_log: Vec<String>,
    #[serde(default)]
    auth_startup_log: Vec<String>,
}

/// A probe, or a change of the services between two probes.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Entry {
    Probe(Box<Probe>),
    Step {},
}

/// One call and everything seen of it.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Probe {
    #[serde(rename = "probe")]
    pub(crate) name: String,
    pub(crate) at_s: f64,
    pub(crate) request: Request,
    pub(crate) response: Option<Response>,
    pub(crate) ws: Option<Socket>,
    pub(crate) transport_error: Option<Failure>,
    #[serde(default)]
    pub(crate) backend_log: Vec<String>,
    #[serde(default)]
    pub(crate) auth_log: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) url: String,
    #[serde(default)]
    pub(crate) headers: Map<String, Value>,
    #[serde(default)]
    pub(crate) body: Value,
    #[serde(default)]
    pub(crate) subprotocols: Option<Vec<String>>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) http_version: String,
    pub(crate) headers: Map<String, Value>,
    pub(crate) body: String,
    pub(crate) elapsed_ms: f64,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Socket {
    pub(crate) handshake_status: Option<u16>,
    pub(crate) headers: Option<Map<String, Value>>,
    #[serde(default)]
    pub(crate) body: Option<String>,
    pub(crate) frames: Vec<RecordedFrame>,
    pub(crate) close_code: Option<u16>,
    pub(crate) close_reason: Option<String>,
    #[serde(default)]
    pub(crate) closed_by: Option<String>,
    #[serde(default)]
    pub(crate) handshake_ms: Option<f64>,
    pub(crate) elapsed_ms: f64,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct RecordedFrame {
    pub(crate) dir: String,
    pub(crate) at_ms: f64,
    pub(crate) data: String,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Failure {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) message: String,
    pub(crate) elapsed_ms: f64,
}

/// Reads a file. Returns `None` for a file of another format (that of the incident is a list).
pub(crate) fn read(file: &Path) -> Option<Recording> {
    let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let parsed = |text: &str| serde_json::from_str(text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let mut json: Value = parsed(&text);
    // Where the recorder itself signs with another secret, its "wrong" one is that of the auth service.
    if json.pointer("/startup/injection/minter").is_some() {
        json = parsed(&text.replace("token:wrong_secret", "token:issued"));
    }
    json.is_object().then(|| {
        let read = serde_json::from_value(json);
        let mut recording: Recording = read.unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        recording.name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        recording
    })
}

impl Recording {
    /// Every probe.
    pub(crate) fn probes(&self) -> impl Iterator<Item = &Probe> {
        self.probes.iter().filter_map(Entry::probe)
    }

    /// The probes up to the first change: one fault, one verdict.
    pub(crate) fn of_one_fault(&self) -> impl Iterator<Item = &Probe> {
        self.probes.iter().map_while(Entry::probe)
    }

    /// When the first probe was sent: `captured_at` was written when the last had ended.
    pub(crate) fn began(&self) -> jiff::Timestamp {
        let ended = self.probes().map(|probe| probe.at_s * 1000.0 + probe.took_ms()).fold(0.0, f64::max);
        self.captured_at - jiff::SignedDuration::from_millis(ended as i64)
    }

    /// Returns the lines that the backend and the auth service wrote before the first probe.
    pub(crate) fn startup_logs(&self) -> [&[String]; 2] {
        [&self.backend_startup_log, &self.auth_startup_log]
    }
}

impl Entry {
    fn probe(&self) -> Option<&Probe> {
        match self {
            Self::Probe(probe) => Some(probe),
            Self::Step {} => None,
        }
    }
}

impl Probe {
    /// How long it took, in milliseconds.
    pub(crate) fn took_ms(&self) -> f64 {
        let response = self.response.as_ref().map(|response| response.elapsed_ms);
        let socket = self.ws.as_ref().map(|socket| socket.elapsed_ms);
        let failure = self.transport_error.as_ref().map(|failure| failure.elapsed_ms);
        response.or(socket).or(failure).unwrap_or(0.0)
    }

    /// The path, without query.
    pub(crate) fn path(&self) -> &str {
        let after_host = self.request.url.split_once("://").map_or("", |(_, rest)| rest);
        let path = after_host.find('/').map_or("/", |slash| &after_host[slash..]);
        path.split(['?', '#']).next().unwrap_or(path)
    }
}
