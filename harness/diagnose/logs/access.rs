//! The access lines that a service writes in its own log.

use std::sync::LazyLock;

use regex::Regex;

use crate::config::Target;
use crate::statements::Meaning;

/// The method and the path of an access line: `"GET /a HTTP/1.1" 404`, `GET /a 404 1.2 ms`, `| GET "/a"`.
static ACCESS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"\b(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\b[\s:]+"?(?:https?://[^/\s"]+)?(/[^\s"'?|]*)"#)
        .expect("a constant pattern")
});

/// The status after the path: `HTTP/1.1" 404`, ` 404`, ` - 404`.
static STATUS_AFTER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"^[^\s"']*["']?(?:\s+HTTP/[\d.]+["']?)?(?:[\s:>=|-]|status\w*)*?\s([1-5]\d\d)(?:[\s,;"|]|$)"#)
        .expect("a constant pattern")
});

/// The dash in place of the status of a request without an answer: `HTTP/1.1" -`.
static NO_STATUS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"^[^\s"']*\s+HTTP/[\d.]+["']\s+-(?:\s|$)"#).expect("a constant pattern"));

/// The status before the method: `| 404 | 1.2ms | ::1 | GET "/a"`.
static STATUS_BEFORE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\|\s*([1-5]\d\d)\s*\|[^|]*\|[^|]*\|\s*$").expect("a constant pattern"));

/// A request that a line of a log names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Access<'a> {
    pub(super) method: &'a str,
    /// The path, without the query.
    pub(super) path: &'a str,
    pub(super) answer: Answer,
}

/// How a request was answered, as its line tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Status(u16),
    /// The client left before.
    None,
    /// The line does not tell.
    Untold,
}

/// Returns the request that a line names. `None`: it is no access line.
pub(super) fn access(line: &str) -> Option<Access<'_>> {
    let found = ACCESS.captures(line)?;
    let (method, path) = (found.get(1)?, found.get(2)?);
    Some(Access { method: method.as_str(), path: path.as_str(), answer: answer(line, method.start(), path.end()) })
}

fn answer(line: &str, method: usize, path: usize) -> Answer {
    let after = line.get(path..).and_then(|rest| STATUS_AFTER.captures(rest));
    let found = after.or_else(|| line.get(..method).and_then(|start| STATUS_BEFORE.captures(start)));
    let status = found.and_then(|found| found.get(1)?.as_str().parse().ok());
    let is_left = || line.get(path..).is_some_and(|rest| NO_STATUS.is_match(rest));
    match status {
        Some(status) => Answer::Status(status),
        None if is_left() => Answer::None,
        None => Answer::Untold,
    }
}

impl Access<'_> {
    /// Returns what the line says about a request for this endpoint: it came with the path that was asked for, or with a
    /// path that no endpoint has. `None`: it is another request.
    pub(super) fn route(&self, endpoint: &str, target: &Target) -> Option<Meaning> {
        let asked = target.endpoints.get(endpoint)?;
        let is_path = |path: &str| path.split('?').next() == Some(self.path);
        if self.method != asked.method.as_str() {
            return None;
        }
        if is_path(&asked.path) {
            return Some(Meaning::AskedRoute);
        }
        let is_known = target.endpoints.values().any(|endpoint| is_path(&endpoint.path));
        (!is_known).then_some(Meaning::OtherRoute)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::fixtures::staging;

    #[rstest]
    #[case::uvicorn(r#"INFO: 10.0.0.1:52 - "POST /chat HTTP/1.1" 404 Not Found"#, Some(("POST", "/chat")))]
    #[case::combined(r#"::1 - - [29/Nov/2026] "GET /a?b=c HTTP/1.1" 404 153 "-" "curl""#, Some(("GET", "/a")))]
    #[case::morgan("GET /a/b 404 1.204 ms - 19", Some(("GET", "/a/b")))]
    #[case::gin(r#"[GIN] | 404 | 1.2ms | ::1 | GET      "/v1/x""#, Some(("GET", "/v1/x")))]
    #[case::kestrel("Request starting HTTP/1.1 GET http://orders.test/v1 - -", Some(("GET", "/v1")))]
    #[case::prose("the user could not GET any data", None)]
    fn an_access_line_names_a_request(#[case] line: &str, #[case] named: Option<(&str, &str)>) {
        assert_eq!(access(line).map(|one| (one.method, one.path)), named);
    }

    #[rstest]
    #[case::uvicorn(r#"INFO: 10.0.0.1:52 - "POST /chat HTTP/1.1" 404 Not Found"#, Answer::Status(404))]
    #[case::combined(r#"::1 - - [29/Nov/2026] "GET /a?b=c HTTP/1.1" 200 153 "-" "curl""#, Answer::Status(200))]
    #[case::morgan_left(r#"::1 - - [29/Nov/2026] "POST /a HTTP/1.1" - - "-" "node""#, Answer::None)]
    #[case::morgan("GET /a/b 404 1.204 ms - 19", Answer::Status(404))]
    #[case::gin(r#"[GIN] | 404 | 1.2ms | ::1 | GET      "/v1/x""#, Answer::Status(404))]
    #[case::plain("INFO accounts: GET /status 200", Answer::Status(200))]
    #[case::kestrel("Request finished HTTP/1.1 GET http://orders.test/v1 - 503 0 - 1.2ms", Answer::Status(503))]
    #[case::arrow("POST /token -> 401", Answer::Status(401))]
    #[case::begun("Started GET /orders for 10.0.0.1 at 12:00:00", Answer::Untold)]
    fn an_access_line_tells_the_answer(#[case] line: &str, #[case] told: Answer) {
        assert_eq!(access(line).map(|one| one.answer), Some(told));
    }

    #[rstest]
    #[case::as_asked("GET /api/chat/messages 404", Some(Meaning::AskedRoute))]
    #[case::cut("GET /chat/messages 404", Some(Meaning::OtherRoute))]
    #[case::of_another_endpoint("GET /health 200", None)]
    #[case::another_method("DELETE /chat/messages 404", None)]
    fn the_path_of_a_line_is_compared_with_the_one_that_was_asked_for(
        #[case] line: &str,
        #[case] means: Option<Meaning>,
    ) {
        let access = access(line).expect("an access line");
        assert_eq!(access.route("backend.chat-messages", &staging()), means);
    }
}
