//! Whether the backend's own log shows our failing calls: then they came through whatever stands before it. Sits in `diagnose`.

use std::collections::BTreeSet;

use super::fact::Fact;
use super::logbook::Logbook;
use crate::evidence::LogEntry;
use crate::observe::Hop;
use crate::target::Target;

impl Logbook<'_> {
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
        self.are_of_the_front_door(&lines).then_some(fact)
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
