//! A service's manifest, as `gcloud run services describe … --format=json` prints it (Knative Serving v1).

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::SourceError;

/// The part of a Cloud Run service manifest that the diagnosis reads.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Manifest {
    /// `metadata.name`.
    pub name: String,
    /// The environment of the first container.
    pub env: BTreeMap<String, EnvValue>,
    /// Whether `status.conditions[type=Ready].status` is `True`. `None` when it is neither `True` nor `False`.
    pub ready: Option<bool>,
    /// The reason and message of that condition.
    pub reason: Option<String>,
    /// `status.latestCreatedRevisionName`.
    pub latest_created: Option<String>,
    /// `status.latestReadyRevisionName`.
    pub latest_ready: Option<String>,
    /// `status.url`.
    pub url: Option<String>,
    /// The annotation `run.googleapis.com/ingress`, which limits the networks that may call the service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ingress: Option<String>,
    /// The revisions that get traffic and their percentages, from `status.traffic` or else `spec.traffic`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub traffic: Vec<(String, u64)>,
}

/// The value of one variable. A literal value is kept only if it cannot be a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EnvValue {
    /// A literal value that is harmless by the variable's name: a URL, an id or a switch.
    Plain(String),
    /// A literal value that may be a secret. Only its presence is kept.
    Hidden {
        /// Whether the value is blank.
        empty: bool,
    },
    /// A reference to a secret.
    Secret {
        /// The secret's name.
        name: String,
        /// The version: a number or `latest`.
        version: String,
    },
}

impl Manifest {
    /// Reads the JSON of one service. `plain` names further variables whose literal values may be shown.
    ///
    /// # Errors
    /// When the text is not JSON or not a service.
    pub fn parse(text: &str, plain: &BTreeSet<String>) -> Result<Self, SourceError> {
        let format = |why: String| SourceError::Format { expected: "a service manifest in JSON", why };
        let json: Value = serde_json::from_str(text).map_err(|error| format(error.to_string()))?;
        Self::from_json(&json, plain).map_err(|why| format(why.to_owned()))
    }

    /// Reads the parsed JSON of a service or revision. The error names the missing part.
    pub(super) fn from_json(json: &Value, plain: &BTreeSet<String>) -> Result<Self, &'static str> {
        let containers = json.pointer("/spec/template/spec/containers").or_else(|| json.pointer("/spec/containers"));
        let env = containers.and_then(|list| list.pointer("/0/env")).and_then(Value::as_array);
        let named = json.pointer("/metadata/name").and_then(Value::as_str);
        let name = named.ok_or("no metadata.name")?.to_owned();
        if containers.is_none() {
            return Err("no spec.template.spec.containers");
        }
        let text = |pointer: &str| json.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        let ready = condition(json, "Ready");
        Ok(Self {
            name,
            env: env.into_iter().flatten().filter_map(|entry| variable(entry, plain)).collect(),
            ready: ready.and_then(|condition| truth(condition.get("status")?)),
            reason: ready.and_then(reason),
            latest_created: text("/status/latestCreatedRevisionName"),
            latest_ready: text("/status/latestReadyRevisionName"),
            url: text("/status/url"),
            ingress: text("/metadata/annotations/run.googleapis.com~1ingress"),
            traffic: traffic(json),
        })
    }
}

impl EnvValue {
    /// Reports whether the variable exists but is blank.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Plain(value) => value.trim().is_empty(),
            Self::Hidden { empty } => *empty,
            Self::Secret { .. } => false,
        }
    }
}

impl std::fmt::Display for EnvValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Plain(value) => f.write_str(value),
            Self::Hidden { .. } => f.write_str("a literal value"),
            Self::Secret { name, version } => write!(f, "{name}:{version}"),
        }
    }
}

fn condition<'a>(json: &'a Value, kind: &str) -> Option<&'a Value> {
    json.pointer("/status/conditions")?
        .as_array()?
        .iter()
        .find(|one| one.get("type").and_then(Value::as_str) == Some(kind))
}

/// Returns the traffic shares. An entry without a revision name is the newest revision.
fn traffic(json: &Value) -> Vec<(String, u64)> {
    let listed = ["/status/traffic", "/spec/traffic"].into_iter().find_map(|pointer| json.pointer(pointer)?.as_array());
    let share = |target: &Value| {
        let percent = target.get("percent").and_then(Value::as_u64).filter(|percent| *percent > 0)?;
        let name = target.get("revisionName").and_then(Value::as_str).unwrap_or("the newest revision");
        Some((name.to_owned(), percent))
    };
    listed.into_iter().flatten().filter_map(share).collect()
}

fn truth(status: &Value) -> Option<bool> {
    match status.as_str()? {
        "True" => Some(true),
        "False" => Some(false),
        _ => None,
    }
}

fn reason(condition: &Value) -> Option<String> {
    let word = condition.get("reason").and_then(Value::as_str);
    let message = condition.get("message").and_then(Value::as_str);
    let joined: Vec<_> = word.into_iter().chain(message).collect();
    (!joined.is_empty()).then(|| joined.join(": "))
}

fn variable(entry: &Value, plain: &BTreeSet<String>) -> Option<(String, EnvValue)> {
    let name = entry.get("name")?.as_str()?.to_owned();
    if let Some(reference) = entry.pointer("/valueFrom/secretKeyRef") {
        let text = |key: &str| reference.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        return Some((name, EnvValue::Secret { name: text("name"), version: text("key") }));
    }
    let value = entry.get("value").and_then(Value::as_str).unwrap_or_default();
    let value = if harmless(&name, plain) {
        EnvValue::Plain(value.to_owned())
    } else {
        EnvValue::Hidden { empty: value.trim().is_empty() }
    };
    Some((name, value))
}

/// Reports whether the literal value of a variable may be shown. A name that suggests a credential is never harmless.
fn harmless(variable: &str, plain: &BTreeSet<String>) -> bool {
    let name = variable.to_ascii_uppercase();
    let secret = ["SECRET", "KEY", "TOKEN", "PASS", "CREDENTIAL", "DATABASE", "DSN", "HMAC"];
    let shown = ["_URL", "_ID", "_ENABLED", "ENVIRONMENT", "_HOST", "_PORT", "VALIDATION"];
    !secret.iter().any(|part| name.contains(part))
        && (plain.contains(variable) || shown.iter().any(|part| name.ends_with(part)))
}
