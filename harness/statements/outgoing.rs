//! What a line of a log says about a call that its writer made, and that was no success.

use std::sync::LazyLock;

use regex::{Regex, RegexSet};
use serde::Deserialize;

use super::Meaning;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClientFile {
    /// Where the sentences come from.
    #[expect(dead_code, reason = "kept in the data for its readers")]
    source: String,
    /// Patterns whose first group is a status code.
    status: Vec<String>,
    /// A pattern for words that name the auth service.
    auth: String,
}

struct Clients {
    any: RegexSet,
    status: Vec<Regex>,
    auth: Regex,
}

static CLIENTS: LazyLock<Clients> = LazyLock::new(|| {
    let file: ClientFile = toml::from_str(include_str!("products/http-clients.toml")).expect("checked by a test");
    let status: Vec<String> = file.status.iter().map(|pattern| format!("(?i){pattern}")).collect();
    Clients {
        any: RegexSet::new(&status).expect("checked by a test"),
        status: status.iter().map(|pattern| Regex::new(pattern).expect("checked by a test")).collect(),
        auth: Regex::new(&format!("(?i){}", file.auth)).expect("checked by a test"),
    }
});

/// Returns what a line says about a call to the auth service: how the service answered it. `None`: the line names no
/// status of a failed call, or `is_auth` and the words of the line do not name the auth service.
pub(crate) fn answered_by_auth(line: &str, is_auth: impl Fn(&str) -> bool) -> Option<Meaning> {
    let means = match failed_status(line)? {
        404 | 405 | 410 => Meaning::CallNotFound,
        429 => Meaning::CallThrottled,
        400..=499 => Meaning::CallDenied,
        _ => Meaning::CallFailed,
    };
    (is_auth(line) || CLIENTS.auth.is_match(line)).then_some(means)
}

/// Returns the first status of a failure that the line names.
fn failed_status(line: &str) -> Option<u16> {
    let of = |at: usize| {
        let found = CLIENTS.status[at].captures(line)?.get(1)?;
        let status: u16 = found.as_str().parse().ok()?;
        (400..600).contains(&status).then_some((found.start(), status))
    };
    CLIENTS.any.matches(line).into_iter().filter_map(of).min().map(|(_, status)| status)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::requests("401 Client Error: Unauthorized for url: http://auth:8080/introspect", Meaning::CallDenied)]
    #[case::httpx("Client error '403 Forbidden' for url 'http://auth/validate'", Meaning::CallDenied)]
    #[case::aiohttp(
        "token check: ClientResponseError(RequestInfo(url=URL('http://x/y')), (), status=404, message='Not Found')",
        Meaning::CallNotFound
    )]
    #[case::axios("introspection: AxiosError: Request failed with status code 401", Meaning::CallDenied)]
    #[case::got("HTTPError: Response code 403 (Forbidden) from the identity service", Meaning::CallDenied)]
    #[case::ofetch(r#"FetchError: [POST] "http://auth/token": 401 Unauthorized"#, Meaning::CallDenied)]
    #[case::oauth2("oauth2: cannot fetch token: 401 Unauthorized", Meaning::CallDenied)]
    #[case::reqwest("HTTP status server error (503 Service Unavailable) for url (http://auth/v1)", Meaning::CallFailed)]
    #[case::web_client("401 Unauthorized from POST http://sso/introspect", Meaning::CallDenied)]
    #[case::dot_net(
        "Response status code does not indicate success: 401 (Unauthorized). calling the identity API",
        Meaning::CallDenied
    )]
    #[case::guzzle("`POST http://auth/token` resulted in a `400 Bad Request` response", Meaning::CallDenied)]
    #[case::prose("accounts answered 401 to the client credentials", Meaning::CallDenied)]
    #[case::limited("auth returned HTTP 429", Meaning::CallThrottled)]
    fn the_status_of_a_call_is_read(#[case] line: &str, #[case] means: Meaning) {
        assert_eq!(answered_by_auth(line, |_| false), Some(means));
    }

    #[rstest]
    #[case::a_success("auth answered 200")]
    #[case::no_status("auth is down")]
    #[case::a_number("token 401k is not for auth")]
    #[case::another_service("billing answered 503")]
    fn a_line_without_a_failed_call_to_auth_says_nothing(#[case] line: &str) {
        assert_eq!(answered_by_auth(line, |_| false), None);
    }

    #[test]
    fn the_target_names_the_auth_service() {
        assert_eq!(answered_by_auth("dory answered 503", |line| line.contains("dory")), Some(Meaning::CallFailed));
    }
}
