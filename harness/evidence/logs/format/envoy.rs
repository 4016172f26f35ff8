//! Envoy's and Istio's default access log. The text keeps the response flags: `UF`, `UH`, `NR` say why a call failed.

use std::sync::LazyLock;

use regex::Regex;

use super::{Asked, Format, Parsed, request_line};
use crate::evidence::logs::values::Writer;
use crate::evidence::logs::values::time;

pub(super) struct Envoy;

/// The flags stand behind the status. Istio puts the details and the reason of the upstream before the numbers.
static LINE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"^\[(\d{4}-\d\d-\d\dT[\d:.]+Z)\] "([^"]*)" (\d{1,3}) (\S+) (?:\S+ (?:"[^"]*"|\S+) "[^"]*" )?\d+ \d+ \d+ \S+ "[^"]*" "([^"]*)" "([^"]*)""#)
        .expect("a constant pattern")
});

impl Format for Envoy {
    fn name(&self) -> &'static str {
        "Envoy access log"
    }

    fn line<'a>(&self, line: &'a str) -> Option<Parsed<'a>> {
        if !line.starts_with("[2") {
            return None;
        }
        let found = LINE.captures(line)?;
        let part = |at: usize| found.get(at).map(|part| part.as_str());
        let status = part(3)?.parse().ok()?;
        let request = part(2).and_then(request_line).map(|(method, url)| Asked {
            method: method.into(),
            url: url.into(),
            status,
            user_agent: part(5).unwrap_or_default().into(),
            ..Asked::default()
        });
        Some(Parsed {
            time: part(1).and_then(time::whole),
            writer: Writer::Edge,
            text: line.into(),
            request,
            request_id: part(6).filter(|id| *id != "-").map(Into::into),
            ..Parsed::default()
        })
    }
}
