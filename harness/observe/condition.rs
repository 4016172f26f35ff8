//! Conditions of the target file on a response: on its status, its headers and its text.

use crate::config::{Accept, Endpoint, Refusal};
use crate::document::pattern_fits;
use crate::observe::outcome::{body_json, json_holds};
use crate::probe::Exchange;

/// Reports whether the headers, the text and the schema are as `accept` says.
pub(super) fn content_accepted(accept: &Accept, exchange: &Exchange) -> bool {
    let schema = accept.schema.as_ref();
    headers_fit(&accept.headers, exchange)
        && has_texts(&accept.text, exchange)
        && schema.is_none_or(|schema| body_json(exchange).is_some_and(|json| schema.fits(&json)))
}

/// Reports whether the response is the refusal that the endpoint describes.
pub(super) fn is_refusal(exchange: &Exchange, endpoint: &Endpoint) -> bool {
    let Some(Refusal { status, headers, text, json }) = &endpoint.form.refusal else { return false };
    let has_status = exchange.status().is_some_and(|own| status.is_empty() || status.contains(&own));
    has_status && headers_fit(headers, exchange) && has_texts(text, exchange) && json_holds(json, exchange)
}

fn headers_fit(wanted: &[(String, String)], exchange: &Exchange) -> bool {
    let fits = |(name, pattern): &(String, String)| exchange.fields(name).any(|value| pattern_fits(pattern, value));
    wanted.iter().all(fits)
}

fn has_texts(wanted: &[String], exchange: &Exchange) -> bool {
    wanted.iter().all(|text| exchange.body.text.contains(text))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::document::JsonMatch;
    use crate::fixtures::{endpoint, exchange};
    use crate::observe::{Outcome, observe};
    use crate::terms::{Hop, TokenKind};

    #[rstest]
    #[case::text(&["Welcome"], &[], true)]
    #[case::missing_text(&["Welcome", "Log out"], &[], false)]
    #[case::header(&[], &[("content-type", "text/html*")], true)]
    #[case::another_header(&[], &[("content-type", "application/*")], false)]
    #[case::missing_header(&[], &[("x-a", "*")], false)]
    fn every_condition_must_hold(#[case] text: &[&str], #[case] headers: &[(&str, &str)], #[case] holds: bool) {
        let page =
            exchange("backend.threads", TokenKind::Valid).answered(200, "text/html; charset=utf-8", "<p>Welcome</p>");
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let accept = Accept { text: text.iter().map(|one| (*one).to_owned()).collect(), headers, ..Accept::default() };
        assert_eq!(content_accepted(&accept, &page), holds);
    }

    #[rstest]
    #[case::refused(r#"{"data":null,"errors":[{"extensions":{"code":"UNAUTHENTICATED"}}]}"#, Outcome::Denied)]
    #[case::another_error(r#"{"data":null,"errors":[{"extensions":{"code":"BAD_USER_INPUT"}}]}"#, Outcome::Failed)]
    #[case::data(r#"{"data":{"order":{"id":"7"}}}"#, Outcome::Ok)]
    fn an_error_in_json_with_status_200_may_be_a_refusal(#[case] body: &str, #[case] result: Outcome) {
        let place = |path: &str| serde_json_path::JsonPath::parse(path).expect("a path");
        let mut order = endpoint("backend.threads");
        order.accept = Accept {
            json: vec![JsonMatch { path: place("$.data.order.id"), any_of: Vec::new() }],
            ..Accept::default()
        };
        let code = JsonMatch { path: place("$.errors[0].extensions.code"), any_of: vec!["UNAUTHENTICATED".into()] };
        order.form.refusal = Some(Refusal { json: vec![code], ..Refusal::default() });
        let answered = exchange("backend.threads", TokenKind::Malformed).answered(200, "application/json", body);
        assert_eq!(observe(&answered, &order, "").map(|seen| seen.result), Some(result));
    }

    #[test]
    fn a_redirect_to_the_login_page_is_a_refusal_by_the_application() {
        let mut account = endpoint("backend.threads");
        let refused =
            exchange("backend.threads", TokenKind::Malformed).answered(302, "", "").with_header("location", "/login");
        let without = observe(&refused, &account, "").expect("an observation");
        assert_eq!(without.result, Outcome::WrongService);
        let headers = vec![("location".to_owned(), "*/login*".to_owned())];
        account.form.refusal = Some(Refusal { status: vec![302], headers, ..Refusal::default() });
        let seen = observe(&refused, &account, "").expect("an observation");
        assert_eq!((seen.result, seen.answered_by), (Outcome::Denied, Hop::Backend));
    }
}
