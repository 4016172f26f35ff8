//! Findings of the probes that name a foreign page as their origin.

use crate::config::Target;
use crate::diagnose::verdict::cause::Finding;
use crate::diagnose::wording::proof::Proof;
use crate::diagnose::wording::readings;
use crate::probe::Exchange;

/// Ids and titles of the findings.
pub(crate) const KINDS: [(&str, &str); 3] = [
    ("browser.foreign-origin-allowed", "CORS allows every page to read responses: the Origin is reflected"),
    (
        "browser.wildcard-with-credentials",
        "CORS allows every origin and credentials at once, which no browser accepts (Fetch standard, CORS check)",
    ),
    (
        "browser.socket-hijacking",
        "A page of another site can open the WebSocket with the user's cookie (OWASP WSTG-CLNT-10)",
    ),
];

/// Returns the finding of a call that named a foreign page, if the system trusts that page.
#[must_use]
pub fn trusts_a_foreign_page(target: &Target, exchange: &Exchange) -> Option<Finding> {
    let page = exchange.browser.as_ref().filter(|page| page.foreign)?;
    let call = readings::call(&exchange.probe.endpoint, target);
    let (which, shown) = if exchange.status() == Some(101) {
        (2, is_by_cookie(exchange).then(|| "accepted, with a cookie as the only credential".to_owned())?)
    } else {
        by_cors(exchange, &page.origin)?
    };
    let says = format!("{call} from the page {}: {shown}", page.origin);
    let (id, title) = KINDS[which];
    let evidence = vec![Proof::new(says, Some(exchange.id))];
    Some(Finding { id: id.into(), title: title.into(), evidence, fails: false })
}

fn by_cors(exchange: &Exchange, origin: &str) -> Option<(usize, String)> {
    let credentials = exchange.header("access-control-allow-credentials") == Some("true");
    match exchange.header("access-control-allow-origin")? {
        one if one == origin => {
            let with = if credentials { "with credentials" } else { "without credentials" };
            Some((0, format!("Access-Control-Allow-Origin is {origin}, {with}")))
        }
        "*" if credentials => {
            Some((1, "Access-Control-Allow-Origin is *, and Access-Control-Allow-Credentials is true".to_owned()))
        }
        _ => None,
    }
}

/// Reports whether a cookie is the only credential of a request. A page of another site can send no other.
fn is_by_cookie(exchange: &Exchange) -> bool {
    let request = &exchange.request;
    let is_cookie = |name: &str| name.eq_ignore_ascii_case("cookie");
    let elsewhere = request.headers.iter().any(|(name, value)| !is_cookie(name) && value.contains("<token:"));
    request.headers.iter().any(|(name, _)| is_cookie(name)) && !elsewhere && !request.url.contains("<token:")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::fixtures::{exchange, staging};
    use crate::probe::AsBrowser;
    use crate::terms::TokenKind;

    const FOREIGN: &str = "https://foreign.invalid";

    fn from_a_foreign_page(endpoint: &str) -> Exchange {
        let page = AsBrowser { origin: FOREIGN.into(), foreign: true, preflight: None };
        Exchange { browser: Some(page), ..exchange(endpoint, TokenKind::Valid) }
    }

    #[rstest]
    #[case::reflected(FOREIGN, "", Some("browser.foreign-origin-allowed"))]
    #[case::reflected_with_credentials(FOREIGN, "true", Some("browser.foreign-origin-allowed"))]
    #[case::any_with_credentials("*", "true", Some("browser.wildcard-with-credentials"))]
    #[case::any("*", "", None)]
    #[case::the_page("https://app.example", "true", None)]
    fn a_reflected_origin_is_a_finding(#[case] origin: &str, #[case] credentials: &str, #[case] id: Option<&str>) {
        let answered = from_a_foreign_page("backend.threads").answered(200, "application/json", "[]");
        let answered = answered.with_header("access-control-allow-origin", origin);
        let answered = answered.with_header("access-control-allow-credentials", credentials);
        assert_eq!(trusts_a_foreign_page(&staging(), &answered).map(|finding| finding.id).as_deref(), id);
    }

    #[rstest]
    #[case::by_cookie(&[("Cookie", "session=<cookie>")], 101, true)]
    #[case::refused(&[("Cookie", "session=<cookie>")], 403, false)]
    #[case::by_header(&[("Cookie", "lb=<cookie>"), ("Authorization", "Bearer <token:valid>")], 101, false)]
    #[case::without_cookie(&[], 101, false)]
    fn a_socket_that_a_cookie_opens_is_a_finding(
        #[case] headers: &[(&str, &str)],
        #[case] status: u16,
        #[case] is_found: bool,
    ) {
        let mut answered = from_a_foreign_page("backend.websocket").answered(status, "", "");
        answered.request.headers =
            headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        assert_eq!(trusts_a_foreign_page(&staging(), &answered).is_some(), is_found);
    }

    #[test]
    fn the_own_page_is_never_a_finding() {
        let mut answered = from_a_foreign_page("backend.threads").answered(200, "application/json", "[]");
        answered = answered.with_header("access-control-allow-origin", FOREIGN);
        answered.browser.as_mut().expect("a page").foreign = false;
        assert_eq!(trusts_a_foreign_page(&staging(), &answered), None);
    }
}
