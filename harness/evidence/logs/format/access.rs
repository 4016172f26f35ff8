//! Access logs in the common and the combined format: nginx, Apache, Traefik, and what imitates them.

use std::sync::LazyLock;

use regex::Regex;

use super::{Asked, Format, Parsed, request_line};
use crate::evidence::logs::values::Writer;
use crate::evidence::logs::values::time;

pub(super) struct Access;

static LINE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"^(?:\S+ )?[\w.:*-]+ \S+ .{1,60}? \[([^\]]{20,36})\] "((?:[^"\\]|\\.)*)" (\d{3}) (?:\d+|-)(?: "(?:[^"\\]|\\.)*" "((?:[^"\\]|\\.)*)")?"#)
        .expect("a constant pattern")
});

impl Format for Access {
    fn name(&self) -> &'static str {
        "access log"
    }

    fn line<'a>(&self, line: &'a str) -> Option<Parsed<'a>> {
        // A cheap test: most lines of other formats have no such bracket.
        let bracket = line.find(" [")?;
        if !line[bracket + 2..].starts_with(|first: char| first.is_ascii_digit()) {
            return None;
        }
        let found = LINE.captures(line)?;
        let part = |at: usize| found.get(at).map(|part| part.as_str());
        let time = time::leading(part(1)?)?.0;
        let status = part(3)?.parse().ok()?;
        let request = part(2).and_then(request_line).map(|(method, url)| Asked {
            method: method.into(),
            url: url.into(),
            status,
            user_agent: part(4).unwrap_or_default().into(),
            ..Asked::default()
        });
        Some(Parsed { time: Some(time), writer: Writer::Edge, text: line.into(), request, ..Parsed::default() })
    }
}
