//! The error logs of web servers.
//!
//! - nginx: `2026/11/22 03:00:00 [error] 31#31: *42 connect() failed … while connecting to upstream, client: …`
//! - Apache httpd 2.4: `[Sun Nov 22 03:00:00.123456 2026] [proxy:error] [pid 14:tid 15] [client …] AH01114: …`

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::{Format, Parsed};
use crate::evidence::logs::values::Severity;
use crate::evidence::logs::values::Writer;
use crate::evidence::logs::values::time;

pub(super) struct ErrorLog;

impl Format for ErrorLog {
    fn name(&self) -> &'static str {
        "error log of nginx or Apache"
    }

    fn line<'a>(&self, line: &'a str) -> Option<Parsed<'a>> {
        let (time, severity) = if line.starts_with('[') { of_apache(line)? } else { of_nginx(line)? };
        let (time, severity) = (Some(time), Some(severity));
        Some(Parsed { time, writer: Writer::Edge, text: line.into(), severity, ..Parsed::default() })
    }
}

fn of_nginx(line: &str) -> Option<(Timestamp, Severity)> {
    if line.as_bytes().get(4) != Some(&b'/') {
        return None;
    }
    let (time, rest) = time::leading(line)?;
    let (level, rest) = rest.strip_prefix(" [")?.split_once("] ")?;
    // The ids of the process and the thread.
    let (process, rest) = rest.split_once('#')?;
    let is_id = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (thread, _) = rest.split_once(':')?;
    (is_id(process) && is_id(thread)).then(|| Some((time, Severity::of(level)?)))?
}

/// The time has no zone, as in nginx's log: it is taken for UTC.
fn of_apache(line: &str) -> Option<(Timestamp, Severity)> {
    let (time, rest) = line.strip_prefix('[')?.split_once("] [")?;
    let (level, rest) = rest.split_once("] [")?;
    // `proxy:error`, or `error` before Apache 2.4. The other module logs, such as `trace3`, tell nothing here.
    let level = level.rsplit(':').next()?;
    rest.starts_with("pid ").then_some(())?;
    let time = DateTime::strptime("%a %b %d %H:%M:%S%.f %Y", time).ok()?;
    let time = time.to_zoned(TimeZone::UTC).ok()?.timestamp();
    Some((time, Severity::of(level)?))
}
