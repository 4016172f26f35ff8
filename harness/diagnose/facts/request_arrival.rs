//! Facts about failing calls in request logs.
//!
//! A call in the platform's request log reached this system. A call in the backend's own log passed everything before
//! the backend.

use std::collections::BTreeSet;

use crate::config::Target;
use crate::diagnose::facts::auth_calls::is_ours;
use crate::diagnose::logs::attribution::Logbook;
use crate::diagnose::model::fact::Fact;
use crate::evidence::LogEntry;
use crate::terms::{Hop, Service};

impl Logbook<'_> {
    /// Returns the fact that the platform logged a failing call: then the configured address leads to this system.
    /// A missing entry yields no fact, since few logs are complete.
    pub(crate) fn entries_at_the_edge(&self, target: &Target) -> Option<Fact> {
        let ours = |entry: &&LogEntry| {
            let of = self.failing().find(|window| self.is_in(entry, window));
            let path = of.and_then(|window| window.path(target));
            let is_it = |asked: &str| path.is_some_and(|path| asked.split('?').next() == Some(path));
            is_ours(entry)
                && entry.platform_request().is_some_and(|one| one.service == Service::Backend && is_it(&one.path))
        };
        let seen = self.of_probes().find(ours)?;
        let (at, request) = (seen.at.strftime("%H:%M:%S%.3fZ"), seen.platform_request()?);
        let says =
            format!("the platform's request log at {at} has the failing call: {} {}", request.method, request.path);
        Some(Fact { key: "edge-saw", value: "yes", anomaly: false, says, exchange: None })
    }

    /// Returns the fact that the backend logged a failing call.
    /// A missing line yields no fact: a service may write no access lines, or write them at the end of a call.
    pub(crate) fn arrivals(&self, target: &Target) -> Option<Fact> {
        let paths: BTreeSet<&str> = self.failing().filter_map(|window| window.path(target)).collect();
        let is_one =
            |entry: &&LogEntry| entry.is_own_line_of(Hop::Backend) && paths.iter().any(|path| names(&entry.text, path));
        let first = self.of_probes().find(is_one)?;
        let lines: Vec<&LogEntry> = self.entries.iter().filter(is_one).collect();
        let line: String = first.text.lines().next().unwrap_or_default().chars().take(120).collect();
        let says = format!("the backend's log at {} has the failing call: {line}", first.at.strftime("%H:%M:%S%.3fZ"));
        let fact = Fact { key: "backend-saw", value: "yes", anomaly: false, says, exchange: None };
        self.are_of_failures_through_the_edge(&lines).then_some(fact)
    }
}

/// Reports whether a line names this whole path, not a longer path that contains it.
fn names(text: &str, path: &str) -> bool {
    let part = |sign: char| sign.is_alphanumeric() || matches!(sign, '/' | '-' | '_' | '.');
    text.match_indices(path).any(|(at, _)| {
        let before = text[..at].chars().next_back().is_some_and(part);
        let after = text[at + path.len()..].chars().next().is_some_and(part);
        !before && !after
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::names;

    #[rstest]
    #[case("Request: POST /api/chat/stream | Status: 403", true)]
    #[case(r#"10.0.0.1 - "POST /api/chat/stream HTTP/1.1" 403 Forbidden"#, true)]
    #[case("GET /api/chat/stream?x=1", true)]
    #[case("GET /api/chat/stream/7", false)]
    #[case("GET /v2/api/chat/stream", false)]
    #[case("GET /health", false)]
    fn a_line_must_name_the_whole_path(#[case] text: &str, #[case] named: bool) {
        assert_eq!(names(text, "/api/chat/stream"), named);
    }
}
