//! Google Cloud Logging: what `gcloud logging read --format=json` prints, and the answer of the API.

use std::borrow::Cow;

use super::json_lines::keys;
use super::{Asked, Format, Parsed};
use crate::evidence::logs::values::Change;
use crate::evidence::logs::values::Severity;
use crate::evidence::logs::values::Writer;
use crate::evidence::logs::values::duration;
use crate::evidence::logs::values::json::{Json, Object};
use crate::evidence::logs::values::time;

pub(super) struct CloudLogging;

/// The labels of a resource that name the writer.
const LABELS: [&str; 5] = ["service_name", "container_name", "function_name", "module_id", "instance_group_name"];

impl Format for CloudLogging {
    fn name(&self) -> &'static str {
        "Cloud Logging"
    }

    fn object<'a>(&self, object: &'a Object<'a>) -> Option<Parsed<'a>> {
        let resource = object.get("resource").and_then(Json::object)?;
        let time = object.text("timestamp").or_else(|| object.text("receiveTimestamp")).and_then(time::whole);
        let is_balancer = resource.text("type") == Some("http_load_balancer");
        let (writer, text) = if is_balancer {
            balanced(object)
        } else {
            let labels = resource.get("labels").and_then(Json::object);
            let name = LABELS.iter().find_map(|label| labels?.text(label)).filter(|name| !name.is_empty());
            let is_audited = object.get("protoPayload").is_some();
            // The type of a resource that is audited is no name of a service.
            let kind = resource.text("type").filter(|_| !is_audited);
            let name = name.or(kind).unwrap_or_default();
            let platform = object.text("logName").is_some_and(|log| log.contains("requests"));
            let writer = if platform { Writer::Platform(name) } else { Writer::Service(name) };
            if is_audited { (Writer::Platform(name), audited(object)) } else { (writer, text(object)) }
        };
        let request = object.get("httpRequest").and_then(Json::object).and_then(request);
        // A load balancer sees only what reaches it, like every proxy.
        let request = request.map(|request| Asked { platform: !is_balancer, ..request });
        let revision = resource.text("labels.revision_name").map(Cow::Borrowed);
        let payload = object.get("jsonPayload").and_then(Json::object);
        Some(Parsed {
            time: Some(time?),
            writer,
            text,
            severity: severity(object),
            revision: revision.clone().filter(|_| request.is_none()),
            request: request.map(|request| Asked { revision, ..request }),
            trace: object.text("trace").and_then(|trace| trace.rsplit('/').next()).map(Cow::Borrowed),
            request_id: payload.and_then(|payload| payload.first(&keys().request_id, Json::text)).map(Cow::Borrowed),
            logger: payload.and_then(|payload| payload.first(&keys().logger, Json::text)).map(Cow::Borrowed),
            change: Change::of(object),
            is_carried: false,
        })
    }
}

fn text<'a>(object: &'a Object<'a>) -> Cow<'a, str> {
    let plain = object.text("textPayload").map(Cow::Borrowed);
    let payload = || object.get("jsonPayload").and_then(Json::object).and_then(super::json_lines::message);
    plain.or_else(payload).or_else(|| health(object)).unwrap_or_default()
}

/// Returns what the health check of a load balancer found.
fn health<'a>(object: &'a Object<'a>) -> Option<Cow<'a, str>> {
    let result = object.get("jsonPayload.healthCheckProbeResult").and_then(Json::object)?;
    let (state, why) = (result.text("healthState")?, result.text("probeResultText").unwrap_or_default());
    Some(Cow::Owned(format!("health check: {state}: {why}")))
}

/// Returns what an audit log entry says: the method, and the error if there is one.
fn audited<'a>(object: &'a Object<'a>) -> Cow<'a, str> {
    let method = object.text("protoPayload.methodName").unwrap_or_default();
    match object.text("protoPayload.status.message") {
        Some(error) => Cow::Owned(format!("{method}: {error}")),
        None => Cow::Borrowed(method),
    }
}

/// Reads a load balancer's entry: `statusDetails`, and the enforced security policy (Cloud Armor).
fn balanced<'a>(object: &'a Object<'a>) -> (Writer<'a>, Cow<'a, str>) {
    let url = object.text("httpRequest.requestUrl").unwrap_or_default();
    let Some(details) = object.text("jsonPayload.statusDetails") else { return (Writer::Nobody, Cow::default()) };
    let policy = object.text("jsonPayload.enforcedSecurityPolicy.name");
    let text = policy.map_or(Cow::Borrowed(details), |policy| Cow::Owned(format!("{details}, policy {policy}")));
    (Writer::LoadBalancer(url), text)
}

fn severity(object: &Object<'_>) -> Option<Severity> {
    let word = |path: &str| object.text(path).and_then(Severity::of);
    word("severity").or_else(|| word("jsonPayload.severity")).or_else(|| word("jsonPayload.level"))
}

fn request<'a>(request: &'a Object<'a>) -> Option<Asked<'a>> {
    let text = |key: &str| Cow::Borrowed(request.text(key).unwrap_or_default());
    Some(Asked {
        method: text("requestMethod"),
        url: text("requestUrl"),
        status: request.get("status").and_then(Json::integer).and_then(|status| u16::try_from(status).ok())?,
        user_agent: text("userAgent"),
        revision: None,
        latency_ms: request.text("latency").and_then(milliseconds),
        platform: true,
    })
}

/// Reads a duration as Protocol Buffers write it in JSON: `0.013s`.
fn milliseconds(text: &str) -> Option<u32> {
    let seconds: f64 = text.strip_suffix('s')?.parse().ok()?;
    duration::whole(seconds * 1000.0)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("0.013482s", Some(13))]
    #[case("15s", Some(15_000))]
    #[case("-1s", None)]
    #[case("NaNs", None)]
    #[case("", None)]
    fn a_latency_is_read_in_milliseconds(#[case] text: &str, #[case] ms: Option<u32>) {
        assert_eq!(milliseconds(text), ms);
    }
}
