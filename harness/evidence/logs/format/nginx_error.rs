//! nginx's error log: `2026/11/22 03:00:00 [error] 31#31: *42 connect() failed … while connecting to upstream, client: …`.

use super::{Format, Parsed};
use crate::evidence::logs::values::Severity;
use crate::evidence::logs::values::Writer;
use crate::evidence::logs::values::time;

pub(super) struct NginxError;

impl Format for NginxError {
    fn name(&self) -> &'static str {
        "nginx error log"
    }

    fn line<'a>(&self, line: &'a str) -> Option<Parsed<'a>> {
        if line.as_bytes().get(4) != Some(&b'/') {
            return None;
        }
        let (time, rest) = time::leading(line)?;
        let (level, rest) = rest.strip_prefix(" [")?.split_once("] ")?;
        let severity = Severity::of(level)?;
        // The ids of the process and the thread.
        let (process, rest) = rest.split_once('#')?;
        let is_id = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let (thread, _) = rest.split_once(':')?;
        if !is_id(process) || !is_id(thread) {
            return None;
        }
        let (time, severity) = (Some(time), Some(severity));
        Some(Parsed { time, writer: Writer::Edge, text: line.into(), severity, ..Parsed::default() })
    }
}
