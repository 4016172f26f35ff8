//! Compares the auth service's log lines of an exchange: the twin must write every recorded line.

use fivewhys_mocks::Twin;

use super::recording::Probe;
use crate::support::line_of;

/// Lines that quote a part of the token. The twin never writes them.
const QUOTES_A_TOKEN: &str = "Mock token";

/// Returns the recorded lines that the twin does not write.
pub(crate) fn missing(twin: &Twin, probe: &Probe) -> Vec<String> {
    let entries = twin.log_entries();
    let written: Vec<_> = entries.iter().filter_map(line_of).map(without_user).collect();
    let recorded = probe.auth_lines.iter().filter(|line| !line.contains(QUOTES_A_TOKEN));
    let missing = recorded.filter(|line| !written.contains(&without_user(line)));
    missing.map(|line| format!("not logged: {line}")).collect()
}

/// Cuts off the user, who differs.
fn without_user(line: &str) -> &str {
    line.split_once(" for user: ").map_or(line, |(before, _)| before)
}
