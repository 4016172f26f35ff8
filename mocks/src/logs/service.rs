//! The log of one revision: its application lines, and the platform's entries about it.

use std::sync::Arc;

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{LogBook, RequestRecord};
use crate::deployment::{PROJECT, REGION, ServiceSpec};
use crate::terms::Clock;

/// A Cloud Logging severity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Severity {
    Info,
    Warning,
    Error,
    Critical,
}

impl Severity {
    /// Returns the name that Cloud Logging uses.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "INFO",
            Self::Warning => "WARNING",
            Self::Error => "ERROR",
            Self::Critical => "CRITICAL",
        }
    }

    /// Returns the severity that Cloud Run gives a request log entry: warning for 4xx, error for 5xx.
    const fn of_status(status: u16) -> Self {
        match status {
            500.. => Self::Error,
            400.. => Self::Warning,
            _ => Self::Info,
        }
    }
}

/// Writes entries as one instance of one revision. Clones are the same instance.
#[derive(Clone)]
pub(crate) struct ServiceLog {
    book: Arc<LogBook>,
    service: &'static str,
    revision: &'static str,
    instance: String,
    clock: Clock,
}

impl ServiceLog {
    pub(crate) fn new(book: &Arc<LogBook>, service: &ServiceSpec, clock: Clock) -> Self {
        let instance = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
        Self { book: Arc::clone(book), service: service.name, revision: service.revision, instance, clock }
    }

    /// Returns the clock of the service.
    pub(crate) fn clock(&self) -> Clock {
        self.clock
    }

    /// Writes a plain text line of the process (`textPayload`, stdout).
    pub(crate) fn text(&self, severity: Severity, line: impl Into<String>) {
        self.write("stdout", severity, [("textPayload", json!(line.into()))]);
    }

    /// Writes a JSON line of the process (`jsonPayload.message`, stdout). Cloud Logging lifts the severity out of it.
    pub(crate) fn message(&self, severity: Severity, message: impl Into<String>) {
        self.write("stdout", severity, [("jsonPayload", json!({ "message": message.into() }))]);
    }

    /// Writes a line of the platform about the container (`varlog/system`).
    pub(crate) fn platform(&self, severity: Severity, line: &str) {
        self.write("varlog%2Fsystem", severity, [("textPayload", json!(line))]);
    }

    /// Writes the platform's request log entry.
    pub(crate) fn request(&self, record: &RequestRecord) {
        let severity = Severity::of_status(record.status);
        self.write("requests", severity, record.fields());
    }

    /// Writes the load balancer's entry for a request that its firewall answered, with `statusDetails` and the action.
    pub(crate) fn load_balancer(&self, record: &RequestRecord, (details, action): (&str, &str)) {
        let at = self.clock.now();
        let written = format!("{at:.9}");
        let mut entry: Map<String, Value> =
            record.fields().into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        let policy =
            json!({ "configuredAction": action, "name": "staging-firewall", "outcome": "DENY", "priority": 1000 });
        entry.insert("insertId".into(), json!(Uuid::new_v4().simple().to_string()));
        entry.insert("jsonPayload".into(), json!({ "enforcedSecurityPolicy": policy, "statusDetails": details }));
        entry.insert("logName".into(), json!(format!("projects/{PROJECT}/logs/requests")));
        entry.insert("receiveTimestamp".into(), json!(written));
        entry.insert("resource".into(), load_balancer());
        entry.insert("severity".into(), json!("WARNING"));
        entry.insert("timestamp".into(), json!(written));
        entry.sort_keys();
        self.book.write(at, Value::Object(entry));
    }

    fn write(&self, log: &str, severity: Severity, fields: impl IntoIterator<Item = (&'static str, Value)>) {
        let at = self.clock.now();
        let written = format!("{at:.9}");
        let mut entry: Map<String, Value> = fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        entry.insert("insertId".into(), json!(Uuid::new_v4().simple().to_string()));
        // A response of the platform itself carries no instance: no instance handled the request.
        if !(log == "requests" && entry.contains_key("textPayload")) {
            entry.insert("labels".into(), json!({ "instanceId": self.instance }));
        }
        entry.insert("logName".into(), json!(format!("projects/{PROJECT}/logs/run.googleapis.com%2F{log}")));
        entry.insert("receiveTimestamp".into(), json!(written));
        entry.insert("resource".into(), self.resource());
        entry.insert("severity".into(), json!(severity.as_str()));
        entry.insert("timestamp".into(), json!(written));
        entry.sort_keys();
        self.book.write(at, Value::Object(entry));
    }

    fn resource(&self) -> Value {
        json!({
            "labels": {
                "configuration_name": self.service,
                "location": REGION,
                "project_id": PROJECT,
                "revision_name": self.revision,
                "service_name": self.service,
            },
            "type": "cloud_run_revision",
        })
    }
}

fn load_balancer() -> Value {
    json!({
        "labels": {
            "backend_service_name": "staging-backend-service",
            "forwarding_rule_name": "staging-https",
            "project_id": PROJECT,
            "target_proxy_name": "staging-https-proxy",
            "url_map_name": "staging-url-map",
            "zone": "global",
        },
        "type": "http_load_balancer",
    })
}
