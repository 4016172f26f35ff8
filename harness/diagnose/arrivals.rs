//! Whose logs show our failing calls: the edge's, so that they came to this system at all, or the backend's own, so that they came through
//! whatever stands before it. Sits in `diagnose`.

use std::collections::BTreeSet;

use super::calls::is_ours;
use super::fact::Fact;
use super::logbook::Logbook;
use crate::config::Target;
use crate::evidence::LogEntry;
use crate::terms::{Hop, Service};

impl Logbook<'_> {
    /// That the platform logged one of them: then our address leads here. That it did not is no fact, since few logs are complete.
    pub(super) fn entries_at_the_edge(&self, target: &Target) -> Option<Fact> {
        let ours = |entry: &&LogEntry| {
            let of = self.failing().find(|window| self.is_in(entry, window));
            let path = of.and_then(|window| window.path(target));
            let is_it = |asked: &str| path.is_some_and(|path| asked.split('?').next() == Some(path));
            is_ours(entry)
                && entry.request.as_ref().is_some_and(|one| one.service == Service::Backend && is_it(&one.path))
        };
        let seen = self.entries.iter().find(ours)?;
        let (at, request) = (seen.at.strftime("%H:%M:%S%.3fZ"), seen.request.as_ref()?);
        let says = format!("the platform's request log at {at} has our call: {} {}", request.method, request.path);
        Some(Fact { key: "edge-saw", value: "yes", anomaly: false, says, exchange: None })
    }

    /// Only that it saw them: a service that writes no access lines, or writes them at the end of a call, says nothing.
    pub(super) fn arrivals(&self, target: &Target) -> Option<Fact> {
        let paths: BTreeSet<&str> = self.failing().filter_map(|window| window.path(target)).collect();
        let own = |entry: &&LogEntry| entry.by == Hop::Backend && entry.request.is_none();
        let lines: Vec<&LogEntry> =
            self.entries.iter().filter(own).filter(|entry| paths.iter().any(|path| names(&entry.text, path))).collect();
        let first = lines.iter().find(|entry| self.window_of(entry).is_some())?;
        let line: String = first.text.lines().next().unwrap_or_default().chars().take(120).collect();
        let says = format!("the backend's log at {} has our call: {line}", first.at.strftime("%H:%M:%S%.3fZ"));
        let fact = Fact { key: "backend-saw", value: "yes", anomaly: false, says, exchange: None };
        self.are_of_the_front_evidence_source(&lines).then_some(fact)
    }
}

/// Whether a line names this path, and not merely one that begins or ends like it.
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
    fn a_line_names_a_path_as_a_whole(#[case] text: &str, #[case] named: bool) {
        assert_eq!(names(text, "/api/chat/stream"), named);
    }
}
