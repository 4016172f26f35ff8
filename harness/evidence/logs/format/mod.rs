//! The log formats. Each line or JSON object is read by the first format that knows it; a file may mix formats.
//!
//! Start at [`of_line`] and [`of_object`].
//!
//! JSON objects:
//! - `cloud_logging`: entries of Google Cloud Logging
//! - `journald`: `journalctl -o json`
//! - `docker`: the files of Docker's driver `json-file`
//! - `json_lines`: JSON loggers and JSON access logs; their keys are in `keys.toml`
//!
//! Lines of text:
//! - `error_log` (nginx, Apache), `access` (combined and common), `envoy`, `haproxy`: proxies
//! - `uvicorn`: requests in the log of an application
//! - `klog`, `logfmt`, `syslog` (RFC 3164, RFC 5424, `journalctl -o short-iso`)
//! - `plain`: a time or a level, and a text; the loggers it knows are in `plain.toml`
//!
//! Invariant: a format looks at content only, never at the name of a file.

mod access;
mod cloud_logging;
mod docker;
mod envoy;
mod error_log;
mod haproxy;
mod journald;
mod json_lines;
mod klog;
mod logfmt;
mod plain;
mod syslog;
mod uvicorn;

use std::borrow::Cow;

use jiff::Timestamp;

use crate::evidence::logs::values::Change;
use crate::evidence::logs::values::Severity;
use crate::evidence::logs::values::Writer;
use crate::evidence::logs::values::duration;
use crate::evidence::logs::values::json::Object;

/// A format of log entries.
trait Format: Sync {
    /// The name, for people.
    fn name(&self) -> &'static str;

    /// Reads a line of text. `None`: the line has another format.
    fn line<'a>(&self, _line: &'a str) -> Option<Parsed<'a>> {
        None
    }

    /// Reads a JSON object. `None`: the object has another format.
    fn object<'a>(&self, _object: &'a Object<'a>) -> Option<Parsed<'a>> {
        None
    }
}

/// Every format, the most specific first.
const FORMATS: [&dyn Format; 13] = [
    &cloud_logging::CloudLogging,
    &journald::Journald,
    &docker::Docker,
    &json_lines::JsonLines,
    &error_log::ErrorLog,
    &envoy::Envoy,
    &access::Access,
    &syslog::Syslog,
    &haproxy::HaProxy,
    &klog::Klog,
    &uvicorn::Uvicorn,
    &logfmt::Logfmt,
    &plain::Plain,
];

/// What one line or object says.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Parsed<'a> {
    pub(super) time: Option<Timestamp>,
    pub(super) writer: Writer<'a>,
    pub(super) text: Cow<'a, str>,
    pub(super) severity: Option<Severity>,
    pub(super) request: Option<Asked<'a>>,
    pub(super) trace: Option<Cow<'a, str>>,
    pub(super) request_id: Option<Cow<'a, str>>,
    pub(super) logger: Option<Cow<'a, str>>,
    /// The revision that wrote it, for an entry without a request.
    pub(super) revision: Option<Cow<'a, str>>,
    /// What it changes in the deployment, for an entry of an audit log.
    pub(super) change: Option<Change>,
    /// Whether the text is a line that another format carries. It may continue the line before it.
    pub(super) is_carried: bool,
}

impl Parsed<'_> {
    /// Returns the same with this text, and nothing borrowed from elsewhere.
    fn with_text(self, text: &str) -> Parsed<'_> {
        let owned = |part: Option<Cow<'_, str>>| part.map(|part| Cow::Owned(part.into_owned()));
        Parsed {
            time: self.time,
            writer: match self.writer {
                Writer::Named(name) => Writer::Named(Cow::Owned(name.into_owned())),
                Writer::Edge => Writer::Edge,
                _ => Writer::Unknown,
            },
            text: text.into(),
            severity: self.severity,
            request: self.request.map(Asked::into_owned),
            trace: owned(self.trace),
            request_id: owned(self.request_id),
            logger: owned(self.logger),
            revision: owned(self.revision),
            change: self.change,
            is_carried: false,
        }
    }
}

impl Asked<'_> {
    /// Returns the request with texts of its own.
    pub(super) fn into_owned(self) -> Asked<'static> {
        let owned = |part: Cow<'_, str>| Cow::Owned(part.into_owned());
        Asked {
            method: owned(self.method),
            url: owned(self.url),
            status: self.status,
            user_agent: owned(self.user_agent),
            revision: self.revision.map(owned),
            latency_ms: self.latency_ms,
            platform: self.platform,
        }
    }
}

/// The request that an entry names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Asked<'a> {
    pub(super) method: Cow<'a, str>,
    /// The path or the URL.
    pub(super) url: Cow<'a, str>,
    pub(super) status: u16,
    /// Empty if the entry does not have it.
    pub(super) user_agent: Cow<'a, str>,
    pub(super) revision: Option<Cow<'a, str>>,
    pub(super) latency_ms: Option<u32>,
    /// Whether the platform's log has it.
    pub(super) platform: bool,
}

/// Reads a line with the first format that knows it. Returns the name of the format too.
pub(super) fn of_line(line: &str) -> Option<(&'static str, Parsed<'_>)> {
    let (name, mut parsed) = FORMATS.iter().find_map(|format| Some((format.name(), format.line(line)?)))?;
    if let Some(request) = parsed.request.as_mut().filter(|request| request.latency_ms.is_none()) {
        request.latency_ms = duration::milliseconds(line);
    }
    Some((name, parsed))
}

/// Reads a JSON object with the first format that knows it. Returns the name of the format too.
pub(super) fn of_object<'a>(object: &'a Object<'a>) -> Option<(&'static str, Parsed<'a>)> {
    FORMATS.iter().find_map(|format| Some((format.name(), format.object(object)?)))
}

/// Reads a line that another format carries. What the carrier says takes precedence.
fn carried<'a>(carrier: Parsed<'a>, line: &'a str) -> Parsed<'a> {
    let inner = of_line(line).map(|(_, inner)| inner).unwrap_or_default();
    let writer = if carrier.writer == Writer::Unknown { inner.writer } else { carrier.writer };
    Parsed {
        time: carrier.time.or(inner.time),
        writer,
        text: line.into(),
        // An application writes its own level; a carrier calls everything on a stream `info` or `err`.
        severity: inner.severity.or(carrier.severity),
        request: inner.request.or(carrier.request),
        trace: carrier.trace.or(inner.trace),
        request_id: carrier.request_id.or(inner.request_id),
        logger: inner.logger.or(carrier.logger),
        revision: carrier.revision,
        change: carrier.change.or(inner.change),
        is_carried: true,
    }
}

/// Splits `GET /path HTTP/1.1`.
fn request_line(line: &str) -> Option<(&str, &str)> {
    let mut words = line.split(' ');
    let (method, url) = (words.next()?, words.next()?);
    let is_method = (2..=10).contains(&method.len()) && method.bytes().all(|byte| byte.is_ascii_uppercase());
    let is_url = url.starts_with('/') || url == "*" || url.contains("://");
    (is_method && is_url).then_some((method, url))
}
