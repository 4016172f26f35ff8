//! Log entries as `gcloud logging read --format=json` prints them: an array, NDJSON or one object.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Manifest, Severity, SourceError};
use crate::config::Target;
use crate::terms::{Hop, Service};

/// The maximum number of characters kept of one entry's text.
const TEXT: usize = 2000;

/// One log entry, redacted. Its fields follow Cloud Logging's `LogEntry`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LogEntry {
    /// The time of the entry, by the server's clock.
    pub at: jiff::Timestamp,
    /// The hop that wrote it: a service, or the edge for entries of the platform.
    pub by: Hop,
    /// The text: `textPayload` or `jsonPayload.message`.
    pub text: String,
    /// How bad it is: `severity`, or else `jsonPayload.level`. Absent if neither says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// The request, for an entry of the platform's request log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<LoggedRequest>,
    /// The trace id, 32 hex digits: the last part of `trace`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<String>,
    /// The revision that wrote it: `resource.labels.revision_name`. A request has its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
}

impl LogEntry {
    /// Reports whether a component wrote it in its own log. The platform's request log is none.
    pub(crate) fn is_own_line_of(&self, hop: Hop) -> bool {
        self.by == hop && self.request.is_none()
    }

    /// Returns the revision that wrote the entry or served its request.
    pub(crate) fn revision(&self) -> Option<&str> {
        let served = self.request.as_ref().and_then(|request| request.revision.as_deref());
        served.or(self.revision.as_deref())
    }
}

/// One line of a request log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LoggedRequest {
    /// The service that was called.
    pub service: Service,
    /// The HTTP method.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The HTTP status.
    pub status: u16,
    /// The `User-Agent` header of the request.
    pub user_agent: String,
    /// The revision that served it: `resource.labels.revision_name`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
    /// How long it took, in milliseconds: `httpRequest.latency`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency_ms: Option<u32>,
}

/// How the `User-Agent` of the requests of fivewhys begins.
const OWN_AGENT: &str = "fivewhys/";

impl LoggedRequest {
    /// Reports whether fivewhys itself sent the request.
    pub(crate) fn is_ours(&self) -> bool {
        self.user_agent.starts_with(OWN_AGENT)
    }
}

/// The deployed names of the services, which tell the writer of an entry, and the hosts that load balancer entries must
/// name.
pub(super) struct ServiceNames {
    named: Vec<(String, Service)>,
    origins: Vec<url::Origin>,
}

impl ServiceNames {
    pub(super) fn of(target: &Target, manifests: &BTreeMap<Service, Manifest>) -> Self {
        let named = [(&target.names.backend, Service::Backend), (&target.names.auth, Service::Auth)];
        let named = named.into_iter().filter_map(|(name, service)| Some((name.clone()?, service)));
        let manifests = manifests.iter().map(|(service, manifest)| (manifest.name.clone(), *service));
        let origins = vec![target.backend.origin(), target.auth.origin()];
        Self { named: named.chain(manifests).collect(), origins }
    }

    fn is_ours(&self, url: &str) -> bool {
        url::Url::parse(url).is_ok_and(|url| self.origins.contains(&url.origin()))
    }

    fn service(&self, name: &str) -> Option<Service> {
        self.named.iter().find(|(known, _)| known == name).map(|(_, service)| *service)
    }
}

/// Reads the entries of the target's services. Skips entries of other services.
pub(super) fn parse(
    text: &str,
    names: &ServiceNames,
    clean: &dyn Fn(&str) -> String,
) -> Result<Vec<LogEntry>, SourceError> {
    let format = |why: String| SourceError::Format { expected: "log entries in JSON", why };
    Ok(entries(&values(text).map_err(|error| format(error.to_string()))?, names, clean))
}

/// Returns the entries of the target's services.
pub(super) fn entries(values: &[Value], names: &ServiceNames, clean: &dyn Fn(&str) -> String) -> Vec<LogEntry> {
    values.iter().filter_map(|value| entry(value, names, clean)).collect()
}

/// Reads a sequence of JSON values. A list stands for its items.
pub(super) fn values(text: &str) -> Result<Vec<Value>, serde_json::Error> {
    let read: Result<Vec<Value>, _> = serde_json::Deserializer::from_str(text).into_iter::<Value>().collect();
    Ok(read?.into_iter().flat_map(|value| if let Value::Array(list) = value { list } else { vec![value] }).collect())
}

fn entry(value: &Value, names: &ServiceNames, clean: &dyn Fn(&str) -> String) -> Option<LogEntry> {
    if value.pointer("/resource/type").and_then(Value::as_str) == Some("http_load_balancer") {
        return of_a_load_balancer(value, names, clean);
    }
    let service = names.service(value.pointer("/resource/labels/service_name")?.as_str()?)?;
    let request = value.get("httpRequest").and_then(|request| logged_request(request, service, clean));
    let revision = value.pointer("/resource/labels/revision_name").and_then(Value::as_str).map(str::to_owned);
    let (served_by, written_by) = if request.is_some() { (revision, None) } else { (None, revision) };
    let request = request.map(|request| LoggedRequest { revision: served_by, ..request });
    let payload = value.get("textPayload").or_else(|| value.pointer("/jsonPayload/message")).and_then(Value::as_str);
    let platform = value.get("logName").and_then(Value::as_str).is_some_and(|name| name.contains("requests"));
    let text: String = payload.unwrap_or_default().chars().take(TEXT).collect();
    Some(LogEntry {
        at: value.get("timestamp")?.as_str()?.parse().ok()?,
        by: if platform { Hop::Edge } else { service.into() },
        text: clean(&text),
        severity: severity(value),
        request,
        trace: trace(value),
        revision: written_by,
    })
}

fn severity(value: &Value) -> Option<Severity> {
    let word = |pointer: &str| value.pointer(pointer).and_then(Value::as_str).and_then(Severity::of);
    word("/severity").or_else(|| word("/jsonPayload/severity")).or_else(|| word("/jsonPayload/level"))
}

fn trace(value: &Value) -> Option<String> {
    value.get("trace")?.as_str()?.rsplit('/').next().map(str::to_owned)
}

/// Reads a load balancer's entry for a request to one of the target's hosts: `statusDetails`, and the enforced security
/// policy (Cloud Armor).
fn of_a_load_balancer(value: &Value, names: &ServiceNames, clean: &dyn Fn(&str) -> String) -> Option<LogEntry> {
    let text = |pointer: &str| value.pointer(pointer).and_then(Value::as_str);
    names.is_ours(text("/httpRequest/requestUrl")?).then_some(())?;
    let details = text("/jsonPayload/statusDetails")?;
    let policy = text("/jsonPayload/enforcedSecurityPolicy/name").map(|name| format!(", policy {name}"));
    let said: String = format!("{details}{}", policy.unwrap_or_default()).chars().take(TEXT).collect();
    Some(LogEntry {
        at: text("/timestamp")?.parse().ok()?,
        by: Hop::Edge,
        text: clean(&said),
        severity: severity(value),
        request: None,
        trace: trace(value),
        revision: None,
    })
}

/// Reads a request. A client may have sent a secret in any part of it.
fn logged_request(request: &Value, service: Service, clean: &dyn Fn(&str) -> String) -> Option<LoggedRequest> {
    let text = |key: &str| request.get(key).and_then(Value::as_str).unwrap_or_default();
    let url = text("requestUrl");
    let path = url::Url::parse(url)
        .map_or_else(|_| url.split('?').next().unwrap_or(url).to_owned(), |url| url.path().to_owned());
    let status = request.get("status")?.as_u64().and_then(|status| u16::try_from(status).ok())?;
    Some(LoggedRequest {
        service,
        method: clean(text("requestMethod")),
        path: clean(&path),
        status,
        user_agent: clean(text("userAgent")),
        revision: None,
        latency_ms: milliseconds(text("latency")),
    })
}

/// Reads a duration as Protocol Buffers write it in JSON: `0.013s`.
fn milliseconds(text: &str) -> Option<u32> {
    let seconds: f64 = text.strip_suffix('s')?.parse().ok()?;
    let ms = (seconds * 1000.0).round();
    (0.0..=f64::from(u32::MAX)).contains(&ms).then_some(ms as u32)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::fixtures::staging;

    fn read(host: &str, payload: &str) -> Vec<LogEntry> {
        let text = format!(
            r#"{{"timestamp":"2026-11-22T03:00:00Z","trace":"projects/p/traces/0af7651916cd43dd8448eb211c80319c",
            "resource":{{"type":"http_load_balancer","labels":{{}}}},
            "httpRequest":{{"requestUrl":"https://{host}/health","status":403}},"jsonPayload":{payload}}}"#
        );
        parse(&text, &ServiceNames::of(&staging(), &BTreeMap::new()), &str::to_owned).expect("entries")
    }

    #[rstest]
    #[case::ours("api.staging.netrasystems.ai", Some("denied_by_security_policy, policy blunt"))]
    #[case::of_another_system("shop.example.test", None)]
    fn load_balancer_entries_of_our_hosts_are_read(#[case] host: &str, #[case] says: Option<&str>) {
        let payload = r#"{"statusDetails":"denied_by_security_policy","enforcedSecurityPolicy":{"name":"blunt"}}"#;
        let entries = read(host, payload);
        assert_eq!(entries.first().map(|entry| (entry.by, entry.text.as_str())), says.map(|says| (Hop::Edge, says)));
    }

    fn one(entry: &str) -> LogEntry {
        let labels = r#""resource":{"labels":{"service_name":"netra-backend-staging"}}"#;
        let text = format!(r#"{{"timestamp":"2026-11-22T03:00:00Z",{labels},{entry}}}"#);
        let clean = |text: &str| text.replace("canary", "<secret>");
        parse(&text, &ServiceNames::of(&staging(), &BTreeMap::new()), &clean).expect("entries").remove(0)
    }

    #[rstest]
    #[case::of_the_platform(r#""severity":"CRITICAL","textPayload":"x""#, Some(Severity::Error))]
    #[case::of_the_writer(
        r#""severity":"DEFAULT","jsonPayload":{"message":"x","level":"warn"}"#,
        Some(Severity::Warning)
    )]
    #[case::not_given(r#""textPayload":"ERROR x""#, None)]
    fn an_entry_has_the_severity_that_it_is_given(#[case] entry: &str, #[case] severity: Option<Severity>) {
        assert_eq!(one(entry).severity, severity);
    }

    #[test]
    fn no_part_of_a_request_keeps_a_secret() {
        let url = "https://api.example.test/reset/canary?x=canary";
        let agent = "curl canary";
        let request = format!(
            r#""httpRequest":{{"requestUrl":"{url}","status":403,"requestMethod":"canary","userAgent":"{agent}"}}"#
        );
        let request = one(&request).request.expect("a request");
        assert_eq!(
            (&*request.method, &*request.path, &*request.user_agent),
            ("<secret>", "/reset/<secret>", "curl <secret>")
        );
    }

    #[rstest]
    #[case("0.013482s", Some(13))]
    #[case("15s", Some(15_000))]
    #[case("-1s", None)]
    #[case("NaNs", None)]
    #[case("", None)]
    fn a_latency_is_read_in_milliseconds(#[case] text: &str, #[case] ms: Option<u32>) {
        assert_eq!(milliseconds(text), ms);
    }

    #[rstest]
    #[case::line(r#""textPayload":"x""#)]
    #[case::request(r#""httpRequest":{"requestUrl":"https://api.example.test/","status":200}"#)]
    fn an_entry_names_its_revision(#[case] entry: &str) {
        let text = format!(
            r#"{{"timestamp":"2026-11-22T03:00:00Z","resource":{{"labels":{{"service_name":"netra-backend-staging","revision_name":"b-00002-xyz"}}}},{entry}}}"#
        );
        let entries = parse(&text, &ServiceNames::of(&staging(), &BTreeMap::new()), &str::to_owned).expect("entries");
        assert_eq!(entries[0].revision(), Some("b-00002-xyz"));
    }

    #[test]
    fn a_load_balancer_entry_without_details_is_skipped() {
        assert!(read("api.staging.netrasystems.ai", "{}").is_empty());
    }
}
