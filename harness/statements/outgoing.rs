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
    /// Patterns whose groups are the scheme, the host and the port of an address.
    address: Vec<String>,
    /// A pattern for words that name the auth service.
    auth: String,
}

struct Clients {
    any: RegexSet,
    status: Vec<Regex>,
    address: Vec<Regex>,
    auth: Regex,
}

/// The address of a service, as a client names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Address<'a> {
    /// `http` or `https`, if the client names it.
    pub(crate) scheme: Option<&'a str>,
    pub(crate) host: &'a str,
    /// Absent in a URL without a port.
    pub(crate) port: Option<u16>,
}

static CLIENTS: LazyLock<Clients> = LazyLock::new(|| {
    let file: ClientFile = toml::from_str(include_str!("products/http-clients.toml")).expect("checked by a test");
    let compiled = |pattern: &String| Regex::new(&format!("(?i){pattern}")).expect("checked by a test");
    Clients {
        any: RegexSet::new(file.status.iter().map(|pattern| format!("(?i){pattern}"))).expect("checked by a test"),
        status: file.status.iter().map(compiled).collect(),
        address: file.address.iter().map(compiled).collect(),
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

/// Reports whether the words of a line name the auth service.
pub(crate) fn speaks_of_auth(line: &str) -> bool {
    CLIENTS.auth.is_match(line)
}

/// Returns the address that a line about a failed call names. `None`: it names none.
pub(crate) fn called_address(line: &str) -> Option<Address<'_>> {
    let found = CLIENTS.address.iter().find_map(|pattern| pattern.captures(line))?;
    let text = |at: usize| found.get(at).map(|group| group.as_str()).filter(|text| !text.is_empty());
    Some(Address { scheme: text(1), host: text(2)?, port: text(3).and_then(|port| port.parse().ok()) })
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

    #[rstest]
    #[case::httpx("lookup at http://10.0.0.3:8081/x failed: ConnectError", (Some("http"), "10.0.0.3", Some(8081)))]
    #[case::node("connect ECONNREFUSED 127.0.0.1:9009", (None, "127.0.0.1", Some(9009)))]
    #[case::go("Post \"https://auth.internal/v1\": dial tcp 10.0.0.3:443: i/o timeout", (Some("https"), "auth.internal", None))]
    #[case::go_alone("dial tcp 10.0.0.3:8443: connect: connection refused", (None, "10.0.0.3", Some(8443)))]
    #[case::urllib3("HTTPConnectionPool(host='auth', port=80): Max retries exceeded", (None, "auth", Some(80)))]
    #[case::asyncio("Connect call failed ('127.0.0.1', 9009)", (None, "127.0.0.1", Some(9009)))]
    #[case::aiohttp("Cannot connect to host auth:9009 ssl:default", (None, "auth", Some(9009)))]
    #[case::java("Connection refused: auth/10.0.0.3:9009", (None, "10.0.0.3", Some(9009)))]
    fn the_address_of_a_call_is_read(#[case] line: &str, #[case] named: (Option<&str>, &str, Option<u16>)) {
        assert_eq!(called_address(line).map(|of| (of.scheme, of.host, of.port)), Some(named));
    }

    #[test]
    fn a_place_in_a_file_is_no_address() {
        assert_eq!(called_address("File app.py:104, in user_of"), None);
    }

    #[test]
    fn the_target_names_the_auth_service() {
        assert_eq!(answered_by_auth("dory answered 503", |line| line.contains("dory")), Some(Meaning::CallFailed));
    }
}
