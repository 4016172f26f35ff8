//! The requests in an application's own log, as uvicorn and hypercorn write them:
//! `INFO:     10.0.0.1:52 - "POST /chat HTTP/1.1" 403 Forbidden`.

use std::sync::LazyLock;

use regex::Regex;

use super::{Asked, Format, Parsed, plain, request_line};

pub(super) struct Uvicorn;

static LINE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"\S+:\d+ - "((?:[^"\\]|\\.)*)" (?:\[([a-z]+)\]|(\d{3})(?: [A-Z][A-Za-z' -]*)?)(?: \d+ms)?$"#)
        .expect("a constant pattern")
});

impl Format for Uvicorn {
    fn name(&self) -> &'static str {
        "uvicorn"
    }

    fn line<'a>(&self, line: &'a str) -> Option<Parsed<'a>> {
        if !line.contains(" - \"") {
            return None;
        }
        let found = LINE.captures(line)?;
        let part = |at: usize| found.get(at).map(|part| part.as_str());
        // A WebSocket: `"WebSocket /ws" [accepted]` or `403`.
        let socket = |line: &'a str| line.strip_prefix("WebSocket ").map(|url| ("GET", url));
        let (method, url) = part(1).and_then(|line| socket(line).or_else(|| request_line(line)))?;
        let status = match part(2) {
            Some("accepted") => 101,
            Some(_) => 403,
            None => part(3)?.parse().ok()?,
        };
        let request = Asked { method: method.into(), url: url.into(), status, ..Asked::default() };
        let outer = plain::read(line).unwrap_or_else(|| Parsed { text: line.into(), ..Parsed::default() });
        Some(Parsed { request: Some(request), ..outer })
    }
}
