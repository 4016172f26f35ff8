//! What a tool puts before each line of a log: `kubectl logs --prefix --timestamps`, `docker logs -t`, `docker compose
//! logs`, a container runtime.

use std::sync::LazyLock;

use jiff::Timestamp;
use regex::Regex;

use super::values::time;

/// `kubectl logs --prefix`: `[pod/NAME/CONTAINER] `.
static POD: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^\[pod/([\w.-]+)/([\w.-]+)\] ").expect("a constant pattern"));

/// `docker compose logs`: `backend-1  | `.
static COMPOSE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^([A-Za-z][\w.-]{0,80}) +\| ?").expect("a constant pattern"));

/// A container runtime: `stdout F `.
static RUNTIME: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^ std(?:out|err) [FP] ").expect("a constant pattern"));

/// The longest name of a level: a line that begins `INFO | ` has no prefix.
const LEVELS: [&str; 8] = ["TRACE", "DEBUG", "INFO", "WARN", "WARNING", "ERROR", "CRITICAL", "FATAL"];

/// A line without its prefix.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Stripped<'a> {
    /// When the tool received the line.
    pub(super) time: Option<Timestamp>,
    /// The container or the service, and the pod.
    pub(super) names: [Option<&'a str>; 2],
    /// The line as its writer wrote it.
    pub(super) rest: &'a str,
}

/// Takes the prefix off a line.
pub(super) fn strip(line: &str) -> Stripped<'_> {
    let (names, rest) = named(line);
    let (time, rest) = timed(rest).map_or((None, rest), |(time, rest)| (Some(time), rest));
    Stripped { time, names, rest }
}

fn named(line: &str) -> ([Option<&str>; 2], &str) {
    if line.starts_with("[pod/")
        && let Some(found) = POD.captures(line)
    {
        let name = |at: usize| found.get(at).map(|name| name.as_str());
        return ([name(2), name(1)], &line[found[0].len()..]);
    }
    let head = &line.as_bytes()[..line.len().min(96)];
    if head.contains(&b'|')
        && let Some(found) = COMPOSE.captures(line)
        && !LEVELS.contains(&&found[1])
    {
        return ([found.get(1).map(|name| name.as_str()), None], &line[found[0].len()..]);
    }
    ([None, None], line)
}

/// Takes off the time that a tool put before a line. A writer's own time has less than nine digits after the point, or
/// a space between day and time.
fn timed(line: &str) -> Option<(Timestamp, &str)> {
    if line.as_bytes().get(10) != Some(&b'T') {
        return None;
    }
    let (time, rest) = time::leading(line)?;
    if let Some(found) = RUNTIME.find(rest) {
        return Some((time, &rest[found.end()..]));
    }
    let digits = line.as_bytes().get(20..)?.iter().take_while(|byte| byte.is_ascii_digit()).count();
    (digits == 9).then(|| (time, rest.strip_prefix(' ').unwrap_or(rest)))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::kubectl("2026-11-22T03:00:00.123456789Z INFO: x", true, None, "INFO: x")]
    #[case::kubectl_prefix("[pod/backend-7d9f-x2/app] ERROR x", false, Some("app"), "ERROR x")]
    #[case::both("[pod/backend-7d9f-x2/app] 2026-11-22T03:00:00.123456789Z ERROR x", true, Some("app"), "ERROR x")]
    #[case::compose("backend-1  | INFO: x", false, Some("backend-1"), "INFO: x")]
    #[case::compose_timed("auth | 2026-11-22T03:00:00.123456789Z   File x", true, Some("auth"), "  File x")]
    #[case::runtime("2026-11-22T03:00:00.1Z stderr F panic: x", true, None, "panic: x")]
    #[case::own_time("2026-11-22T03:00:00.123Z INFO x", false, None, "2026-11-22T03:00:00.123Z INFO x")]
    #[case::level("INFO  | x", false, None, "INFO  | x")]
    #[case::none("plain", false, None, "plain")]
    fn the_prefix_of_a_tool_is_taken_off(
        #[case] line: &str,
        #[case] timed: bool,
        #[case] name: Option<&str>,
        #[case] rest: &str,
    ) {
        let stripped = strip(line);
        assert_eq!((stripped.time.is_some(), stripped.names[0], stripped.rest), (timed, name, rest));
    }
}
