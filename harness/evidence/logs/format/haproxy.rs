//! HAProxy's HTTP log (`option httplog`). The text keeps the termination state: `SC--` says that the server refused.

use std::sync::LazyLock;

use regex::Regex;

use super::{Asked, Format, Parsed, request_line};
use crate::evidence::logs::values::Writer;
use crate::evidence::logs::values::time;

pub(super) struct HaProxy;

static LINE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"^[\d.:a-fA-F]+:\d+ \[([^\]]{20,30})\] \S+ \S+/\S+ [-+\d/]+ (-?\d+) \+?\d+ .*"([A-Z]{3,8} [^"]*)"?$"#)
        .expect("a constant pattern")
});

impl Format for HaProxy {
    fn name(&self) -> &'static str {
        "HAProxy log"
    }

    fn line<'a>(&self, line: &'a str) -> Option<Parsed<'a>> {
        if !line.contains('[') || !line.contains('"') {
            return None;
        }
        let found = LINE.captures(line)?;
        let part = |at: usize| found.get(at).map(|part| part.as_str());
        let time = time::leading(part(1)?)?.0;
        // A request without an answer has the status -1.
        let status = part(2)?.parse().unwrap_or_default();
        let request = part(3).and_then(request_line).map(|(method, url)| Asked {
            method: method.into(),
            url: url.into(),
            status,
            ..Asked::default()
        });
        Some(Parsed { time: Some(time), writer: Writer::Edge, text: line.into(), request, ..Parsed::default() })
    }
}
