//! systemd's journal as JSON: `journalctl -o json`.

use super::{Format, Parsed, carried};
use crate::evidence::logs::values::Severity;
use crate::evidence::logs::values::Writer;
use crate::evidence::logs::values::json::{Json, Object};

pub(super) struct Journald;

/// The fields that name the writer, the best first. A unit ends in `.service`.
const NAMES: [&str; 4] = ["CONTAINER_NAME", "_SYSTEMD_UNIT", "SYSLOG_IDENTIFIER", "_COMM"];

impl Format for Journald {
    fn name(&self) -> &'static str {
        "journald"
    }

    fn object<'a>(&self, object: &'a Object<'a>) -> Option<Parsed<'a>> {
        let time = object.get("__REALTIME_TIMESTAMP").and_then(Json::integer)?;
        let severity = object.get("PRIORITY").and_then(Json::integer).and_then(of_priority);
        let writer =
            NAMES.iter().find_map(|name| object.text(name)).map_or(Writer::Unknown, |name| Writer::Named(name.into()));
        let time = jiff::Timestamp::from_microsecond(time).ok();
        Some(carried(
            Parsed { time, writer, severity, ..Parsed::default() },
            object.text("MESSAGE").unwrap_or_default(),
        ))
    }
}

/// Returns the severity of a syslog priority: 0 is the worst.
pub(super) const fn of_priority(priority: i64) -> Option<Severity> {
    match priority {
        0..=3 => Some(Severity::Error),
        4 => Some(Severity::Warning),
        5..=7 => Some(Severity::Info),
        _ => None,
    }
}
