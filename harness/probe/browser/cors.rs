//! The CORS protocol of the Fetch standard: whether a browser lets a page read a response.

use hyper::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, HeaderName,
};
use hyper::{HeaderMap, StatusCode};

use super::page::{Asked, Page};
use crate::probe::{BlockReason, Blocked};

/// Methods that a server need not allow by name.
const SAFE_METHODS: [&str; 3] = ["GET", "HEAD", "POST"];

/// Checks a response by "CORS check" of the Fetch standard.
pub(crate) fn check(headers: &HeaderMap, page: &Page<'_>) -> Result<(), Blocked> {
    let allowed = values(headers, &ACCESS_CONTROL_ALLOW_ORIGIN);
    let blocked = |by, detail: String| Err(Blocked { by, detail });
    match allowed.as_slice() {
        [] => blocked(BlockReason::Origin, "the response has no Access-Control-Allow-Origin".into()),
        [one] if one == "*" && !page.credentials => Ok(()),
        [one] if one == "*" => blocked(
            BlockReason::Credentials,
            "Access-Control-Allow-Origin is `*`, but the page sends credentials".into(),
        ),
        [one] if one != page.origin => blocked(
            BlockReason::Origin,
            format!("Access-Control-Allow-Origin is `{}`, not the page's origin {}", short(one), page.origin),
        ),
        [_] if page.credentials && values(headers, &ACCESS_CONTROL_ALLOW_CREDENTIALS) != ["true"] => blocked(
            BlockReason::Credentials,
            "the page sends credentials, and Access-Control-Allow-Credentials is not `true`".into(),
        ),
        [_] => Ok(()),
        several => {
            blocked(BlockReason::Twice, format!("the response has Access-Control-Allow-Origin {} times", several.len()))
        }
    }
}

/// Checks the response to a preflight by "CORS-preflight fetch" of the Fetch standard.
pub(crate) fn check_preflight(
    status: StatusCode,
    headers: &HeaderMap,
    asked: &Asked,
    page: &Page<'_>,
) -> Result<(), Blocked> {
    if !status.is_success() {
        let what = if status.is_redirection() { "a redirect, which no preflight follows" } else { "no success" };
        let detail = format!("the preflight (OPTIONS) was answered {}: {what}", status.as_u16());
        return Err(Blocked { by: BlockReason::Preflight, detail });
    }
    let of_preflight =
        |blocked: Blocked| Blocked { detail: format!("on the preflight (OPTIONS), {}", blocked.detail), ..blocked };
    check(headers, page).map_err(of_preflight)?;
    let refused = |detail: String| Err(Blocked { by: BlockReason::Request, detail });
    let methods = list(headers, &ACCESS_CONTROL_ALLOW_METHODS);
    let any = |listed: &[String]| !page.credentials && listed.iter().any(|one| one == "*");
    let is_safe = SAFE_METHODS.contains(&asked.method.as_str());
    if !is_safe && !methods.contains(&asked.method) && !any(&methods) {
        return refused(format!("the preflight does not allow the method {}", asked.method));
    }
    let names: Vec<String> =
        list(headers, &ACCESS_CONTROL_ALLOW_HEADERS).iter().map(|name| name.to_ascii_lowercase()).collect();
    // `*` does not mean Authorization.
    let allows = |name: &&String| names.contains(name) || (any(&names) && *name != "authorization");
    match asked.headers.iter().find(|name| !allows(name)) {
        Some(name) => refused(format!("the preflight does not allow the header {name}")),
        None => Ok(()),
    }
}

fn values(headers: &HeaderMap, name: &HeaderName) -> Vec<String> {
    let values = headers.get_all(name).iter();
    values.map(|value| String::from_utf8_lossy(value.as_bytes()).trim().to_owned()).collect()
}

fn list(headers: &HeaderMap, name: &HeaderName) -> Vec<String> {
    let values = values(headers, name);
    values.iter().flat_map(|value| value.split(',')).map(|item| item.trim().to_owned()).collect()
}

/// A server may send a header of any length.
fn short(value: &str) -> String {
    value.chars().take(100).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;
    use crate::config::Browser;
    use crate::fixtures::{endpoint, staging};

    const PAGE: &str = "https://app.example";

    fn on_the_page<T>(credentials: bool, act: impl FnOnce(&Page<'_>) -> T) -> T {
        let mut target = staging();
        target.browser = Some(Browser::at(PAGE.into(), credentials, None));
        act(&Page::of(&target, &endpoint("backend.threads"), false).expect("a page"))
    }

    fn map(headers: &[(&str, &str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let name: HeaderName = format!("access-control-allow-{name}").parse().expect("a name");
            map.append(name, value.parse().expect("a value"));
        }
        map
    }

    #[rstest]
    #[case::allowed(&[("origin", PAGE)], false, None)]
    #[case::any(&[("origin", "*")], false, None)]
    #[case::none(&[], false, Some(BlockReason::Origin))]
    #[case::another(&[("origin", "https://other.example")], false, Some(BlockReason::Origin))]
    #[case::null(&[("origin", "null")], false, Some(BlockReason::Origin))]
    #[case::two_in_one(&[("origin", "https://app.example, https://b.example")], false, Some(BlockReason::Origin))]
    #[case::twice(&[("origin", PAGE), ("origin", PAGE)], false, Some(BlockReason::Twice))]
    #[case::any_with_credentials(&[("origin", "*"), ("credentials", "true")], true, Some(BlockReason::Credentials))]
    #[case::without_credentials(&[("origin", PAGE)], true, Some(BlockReason::Credentials))]
    #[case::not_true(&[("origin", PAGE), ("credentials", "True")], true, Some(BlockReason::Credentials))]
    #[case::with_credentials(&[("origin", PAGE), ("credentials", "true")], true, None)]
    fn a_response_is_checked(
        #[case] headers: &[(&str, &str)],
        #[case] credentials: bool,
        #[case] blocked: Option<BlockReason>,
    ) {
        let checked = on_the_page(credentials, |page| check(&map(headers), page));
        assert_eq!(checked.err().map(|blocked| blocked.by), blocked);
    }

    #[rstest]
    #[case::allowed(204, &[("origin", PAGE), ("methods", "GET, DELETE"), ("headers", "Authorization, X-A")], false, None)]
    #[case::any(204, &[("origin", "*"), ("methods", "*"), ("headers", "authorization, *")], false, None)]
    #[case::any_header(204, &[("origin", "*"), ("methods", "*"), ("headers", "*")], false, Some(BlockReason::Request))]
    #[case::any_with_credentials(204, &[("origin", PAGE), ("credentials", "true"), ("methods", "*"), ("headers", "authorization, x-a")], true, Some(BlockReason::Request))]
    #[case::method(200, &[("origin", PAGE), ("methods", "GET"), ("headers", "authorization, x-a")], false, Some(BlockReason::Request))]
    #[case::header(200, &[("origin", PAGE), ("methods", "DELETE"), ("headers", "authorization")], false, Some(BlockReason::Request))]
    #[case::unauthorized(401, &[("origin", PAGE)], false, Some(BlockReason::Preflight))]
    #[case::redirect(308, &[("origin", PAGE)], false, Some(BlockReason::Preflight))]
    #[case::failed(500, &[], false, Some(BlockReason::Preflight))]
    #[case::no_origin(204, &[("methods", "DELETE")], false, Some(BlockReason::Origin))]
    fn a_preflight_is_checked(
        #[case] status: u16,
        #[case] headers: &[(&str, &str)],
        #[case] credentials: bool,
        #[case] blocked: Option<BlockReason>,
    ) {
        let asked = Asked { method: "DELETE".into(), headers: vec!["authorization".into(), "x-a".into()] };
        let status = StatusCode::from_u16(status).expect("a status");
        let checked = on_the_page(credentials, |page| check_preflight(status, &map(headers), &asked, page));
        assert_eq!(checked.err().map(|blocked| blocked.by), blocked);
    }

    proptest! {
        #[test]
        fn only_the_own_origin_and_any_origin_are_allowed(value in "[!-~ ]{0,40}") {
            let Ok(parsed) = value.parse() else { return Ok(()) };
            let mut headers = HeaderMap::new();
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, parsed);
            let allowed = on_the_page(false, |page| check(&headers, page)).is_ok();
            prop_assert_eq!(allowed, value.trim() == "*" || value.trim() == PAGE);
        }
    }
}
