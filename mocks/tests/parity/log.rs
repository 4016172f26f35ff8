//! The auth service's log lines of an exchange: every recorded one must be written here too.

use fivewhys_mocks::Twin;

use crate::recording::Probe;
use crate::support::line_of;

/// Lines that quote a part of the token; ours never do.
const QUOTES_A_TOKEN: &str = "Mock token";

/// Recorded lines that the twin does not write.
pub(crate) fn missing(twin: &Twin, probe: &Probe) -> Vec<String> {
    let entries = twin.log_entries();
    let written: Vec<_> = entries.iter().filter_map(line_of).map(without_user).collect();
    let recorded = probe.auth_lines.iter().filter(|line| !line.contains(QUOTES_A_TOKEN));
    let missing = recorded.filter(|line| !written.contains(&without_user(line)));
    missing.map(|line| format!("not logged: {line}")).collect()
}

/// Users differ.
fn without_user(line: &str) -> &str {
    line.split_once(" for user: ").map_or(line, |(before, _)| before)
}
