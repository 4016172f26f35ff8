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

/// A request that a line of a log names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Access<'a> {
    method: &'a str,
    path: &'a str,
}

/// Returns the request that a line names. `None`: it is no access line.
pub(super) fn access(line: &str) -> Option<Access<'_>> {
    let (_, [method, path]) = ACCESS.captures(line)?.extract();
    Some(Access { method, path })
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
