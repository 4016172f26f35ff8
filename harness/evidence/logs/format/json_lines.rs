//! The entries of JSON loggers: pino, bunyan, zap, slog, loguru, structlog, logback and others, and JSON access logs of
//! proxies. What their keys mean is data: `keys.toml`.

use std::borrow::Cow;
use std::sync::LazyLock;

use serde::Deserialize;

use super::{Asked, Format, Parsed};
use crate::evidence::logs::values::Severity;
use crate::evidence::logs::values::Writer;
use crate::evidence::logs::values::duration;
use crate::evidence::logs::values::json::{Json, Object};
use crate::evidence::logs::values::time;

pub(super) struct JsonLines;

/// The keys that hold each part of an entry, the usual ones first.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Keys {
    time: Vec<String>,
    level: Vec<String>,
    message: Vec<String>,
    pub(super) logger: Vec<String>,
    error: Vec<String>,
    pub(super) request_id: Vec<String>,
    trace: Vec<String>,
    service: Vec<String>,
    method: Vec<String>,
    url: Vec<String>,
    status: Vec<String>,
    user_agent: Vec<String>,
    /// How long it took, by the unit of the number.
    took_ms: Vec<String>,
    took_s: Vec<String>,
    took_ns: Vec<String>,
    /// The same, as a text that names its unit.
    took: Vec<String>,
    detail: Vec<String>,
    edge: Vec<String>,
    edge_loggers: Vec<String>,
}

static KEYS: LazyLock<Keys> =
    LazyLock::new(|| toml::from_str(include_str!("keys.toml")).expect("the shipped file is read by a test"));

pub(super) fn keys() -> &'static Keys {
    &KEYS
}

impl Format for JsonLines {
    fn name(&self) -> &'static str {
        "JSON lines"
    }

    fn object<'a>(&self, object: &'a Object<'a>) -> Option<Parsed<'a>> {
        let keys = keys();
        let time = object.first(&keys.time, time::of_json);
        let severity = object.first(&keys.level, level);
        let request = request(object, keys);
        let text = match (message(object), &request) {
            (Some(message), Some(request)) => said_of(object, request, Some(&message)).into(),
            (Some(message), None) => message,
            (None, Some(request)) => said_of(object, request, None).into(),
            (None, None) => return None,
        };
        if time.is_none() && severity.is_none() {
            return None;
        }
        let text_of = |keys: &[String]| object.first(keys, Json::text).map(Cow::Borrowed);
        let logger = text_of(&keys.logger);
        let is_edge = keys.edge.iter().any(|key| object.get(key).is_some())
            || logger.as_deref().is_some_and(|logger| keys.edge_loggers.iter().any(|edge| logger.starts_with(edge)));
        let named = object.first(&keys.service, Json::text).map(|name| Writer::Named(name.into()));
        let writer = if is_edge { Writer::Edge } else { named.unwrap_or_default() };
        let (trace, request_id) = (text_of(&keys.trace), text_of(&keys.request_id));
        Some(Parsed { time, writer, text, severity, request, trace, request_id, logger, ..Parsed::default() })
    }
}

/// Returns the message of an entry, with the error that it names.
pub(super) fn message<'a>(object: &'a Object<'a>) -> Option<Cow<'a, str>> {
    let message = object.first(&KEYS.message, Json::text);
    let error = object.first(&KEYS.error, Json::text).filter(|error| !error.is_empty());
    match (message, error) {
        (Some(message), Some(error)) if !message.contains(error) => Some(Cow::Owned(format!("{message}: {error}"))),
        (message, error) => message.or(error).map(Cow::Borrowed),
    }
}

/// Reads a level: a word, or the number of pino and bunyan.
fn level(value: &Json<'_>) -> Option<Severity> {
    match value {
        Json::Text(word) => Severity::of(word.trim()).or_else(|| of_number(word.trim().parse().ok()?)),
        Json::Integer(number) => of_number(*number),
        _ => None,
    }
}

const fn of_number(number: i64) -> Option<Severity> {
    match number {
        10..40 => Some(Severity::Info),
        40..50 => Some(Severity::Warning),
        50..=60 => Some(Severity::Error),
        _ => None,
    }
}

fn request<'a>(object: &'a Object<'a>, keys: &Keys) -> Option<Asked<'a>> {
    let status = object.first(&keys.status, Json::integer)?;
    let text = |keys: &[String]| object.first(keys, Json::text).map(Cow::Borrowed);
    Some(Asked {
        method: text(&keys.method)?,
        url: text(&keys.url)?,
        status: u16::try_from(status).ok()?,
        user_agent: text(&keys.user_agent).unwrap_or_default(),
        latency_ms: took(object, keys),
        ..Asked::default()
    })
}

fn took(object: &Object<'_>, keys: &Keys) -> Option<u32> {
    let of = |keys: &[String], in_ms: f64| object.first(keys, |value| duration::of_json(value, in_ms));
    let with_unit = |value: &Json<'_>| duration::milliseconds(value.text()?);
    let by_key = of(&keys.took_ms, 1.0).or_else(|| of(&keys.took_s, 1e3)).or_else(|| of(&keys.took_ns, 1e-6));
    by_key.or_else(|| object.first(&keys.took, with_unit))
}

/// Returns the text of an entry of a JSON access log.
fn said_of(object: &Object<'_>, request: &Asked<'_>, message: Option<&str>) -> String {
    let path = request.url.split('?').next().unwrap_or_default();
    let details =
        KEYS.detail.iter().filter_map(|key| object.text(key)).filter(|detail| !detail.is_empty() && *detail != "-");
    let mut said = format!("{} {path} {}", request.method, request.status);
    for part in details.chain(message.filter(|message| !message.is_empty())) {
        said.push_str(": ");
        said.push_str(part);
    }
    said
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::pino(r#""responseTime":7012"#, Some(7012))]
    #[case::echo(r#""latency":7012345678,"latency_human":"7.012345678s""#, Some(7012))]
    #[case::nginx(r#""request_time":"7.012""#, Some(7012))]
    #[case::traefik(r#""Duration":7012345678"#, Some(7012))]
    #[case::without_a_unit(r#""duration":7012"#, None)]
    fn an_entry_says_how_long_its_request_took(#[case] took: &str, #[case] ms: Option<u32>) {
        let entry =
            format!(r#"{{"time":"2026-11-29T10:00:07Z","method":"POST","path":"/introspect","status":200,{took}}}"#);
        let entry: Json<'_> = serde_json::from_str(&entry).expect("JSON");
        let object = entry.object().expect("an object");
        assert_eq!(JsonLines.object(object).and_then(|parsed| parsed.request?.latency_ms), ms);
    }

    #[test]
    fn the_table_of_keys_is_read() {
        assert!(keys().time.len() > 5);
    }
}
