//! Repeats a recorded HTTP exchange.

use fivewhys_mocks::Twin;
use libtest_mimic::Failed;
use reqwest::header::HeaderMap;
use serde_json::Value;

use super::compare::differences;
use super::recording::Probe;
use crate::support::client;

/// The headers that name a service.
const IDENTITY: [&str; 3] = ["x-service-name", "x-service-version", "content-type"];

pub(crate) async fn replay(twin: &Twin, probe: &Probe) -> Result<Vec<String>, Failed> {
    let base = if probe.is_for_auth() { twin.auth_url() } else { twin.edge_url() };
    let method = probe.request["method"].as_str().unwrap_or("GET").parse()?;
    let mut request = client().request(method, format!("{base}{}", probe.path()));
    for (name, value) in probe.headers(twin) {
        request = request.header(name, value);
    }
    if let Some(body) = body(probe, twin) {
        request = request.json(&body);
    }
    match request.send().await {
        Err(error) if probe.transport_error && error.is_connect() => Ok(Vec::new()),
        Err(error) => Err(format!("recorded an answer, here {error}").into()),
        Ok(_) if probe.transport_error => Err("recorded a refused connection, here an answer".into()),
        Ok(response) => compared(probe, response).await,
    }
}

fn body(probe: &Probe, twin: &Twin) -> Option<Value> {
    let mut body = probe.request.get("body").filter(|body| !body.is_null())?.clone();
    if let Some(token) = body["token"].as_str().map(|text| probe.filled(twin, text)) {
        body["token"] = Value::String(token);
    }
    // Indexing for the token has added a null to a body without one.
    if let Some(fields) = body.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    Some(body)
}

async fn compared(probe: &Probe, response: reqwest::Response) -> Result<Vec<String>, Failed> {
    let recorded = &probe.response;
    let status = u64::from(response.status().as_u16());
    let mut found = Vec::new();
    if recorded["status"] != status {
        found.push(format!("status: recorded {}, here {status}", recorded["status"]));
    }
    found.extend(compared_headers(&recorded["headers"], response.headers()));
    let theirs: Value = serde_json::from_str(recorded["body"].as_str().unwrap_or_default())?;
    found.extend(differences(&theirs, &response.json().await?));
    Ok(found)
}

fn compared_headers(recorded: &Value, ours: &HeaderMap) -> Vec<String> {
    let mine = |name: &str| ours.get(name).and_then(|value| value.to_str().ok());
    let mut found = Vec::new();
    for name in IDENTITY {
        if recorded[name].as_str() != mine(name) {
            found.push(format!("{name}: recorded {}, here {:?}", recorded[name], mine(name)));
        }
    }
    if recorded["x-trace-id"].is_string() != mine("x-trace-id").is_some() {
        found.push("x-trace-id: on one side only".to_owned());
    }
    found
}
