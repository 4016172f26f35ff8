//! Whether the backend began to serve, by its own log.

use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;

use crate::diagnose::logs::attribution::Logbook;
use crate::evidence::LogEntry;
use crate::terms::Hop;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LifeFile {
    /// Where the sentences come from.
    #[expect(dead_code, reason = "kept in the data for its readers")]
    source: String,
    began: String,
    ended: String,
}

struct Life {
    began: Regex,
    ended: Regex,
}

static LIFE: LazyLock<Life> = LazyLock::new(|| {
    let file: LifeFile = toml::from_str(include_str!("started.toml")).expect("checked by a test");
    let compiled = |pattern: &str| Regex::new(&format!("(?i){pattern}")).expect("checked by a test");
    Life { began: compiled(&file.began), ended: compiled(&file.ended) }
});

impl Logbook<'_> {
    /// Reports whether the last thing that the backend logged about itself is that it listens.
    pub(crate) fn backend_started(&self) -> bool {
        let tells = |entry: &LogEntry| {
            let is_own = entry.is_own_line_of(Hop::Backend) && entry.request.is_none();
            is_own && (LIFE.ended.is_match(&entry.text) || LIFE.began.is_match(&entry.text))
        };
        self.passing("the backend began or ended", tells).last().is_some_and(|last| !LIFE.ended.is_match(&last.text))
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::diagnose::readings::input::SentProbe;
    use crate::evidence::Evidence;

    fn started(lines: &[&str]) -> bool {
        let log = lines.iter().map(|line| LogEntry::new(jiff::Timestamp::UNIX_EPOCH, Hop::Backend, *line)).collect();
        let evidence = Evidence { log, ..Evidence::default() };
        let sent: &[SentProbe] = &[];
        Logbook::new(&evidence, &[], &[], sent).backend_started()
    }

    #[rstest]
    #[case::fastify("Server listening at http://127.0.0.1:8080")]
    #[case::uvicorn("Uvicorn running on http://0.0.0.0:8080 (Press CTRL+C to quit)")]
    #[case::gunicorn("[INFO] Listening at: http://0.0.0.0:8000 (1)")]
    #[case::spring("Tomcat started on port 8080 (http) with context path '/'")]
    #[case::waitress("INFO waitress: Serving on http://127.0.0.1:8080")]
    #[case::kestrel("Now listening on: http://[::]:8080")]
    #[case::express("API listening on port 3000")]
    fn a_server_that_listens_has_started(#[case] line: &str) {
        assert!(started(&[line, "a line of a request"]));
        assert!(!started(&[line, "received SIGTERM, shutting down"]));
    }

    #[rstest]
    #[case::nothing("")]
    #[case::a_crash("panic: missing SERVICE_SECRET")]
    #[case::a_port_that_is_taken("listen tcp :8080: bind: address already in use")]
    fn other_lines_show_no_start(#[case] line: &str) {
        assert!(!started(&[line]));
    }
}
