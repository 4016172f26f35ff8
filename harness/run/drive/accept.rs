//! What a response lacks of the `accept` rule of its endpoint, in words.

use serde_json::Value;

use crate::config::{Accept, Endpoint};
use crate::document::pattern_fits;
use crate::probe::Exchange;
use crate::run::drive::expect;

/// Returns the first condition that a complete response does not fulfil.
pub(super) fn lacks(endpoint: &Endpoint, exchange: &Exchange) -> Option<String> {
    let Accept { json, text, headers, schema, .. } = &endpoint.accept;
    if exchange.error.is_some() || endpoint.kind.is_upgrade() {
        return None;
    }
    let body: Option<Value> = serde_json::from_str(&exchange.body.text).ok();
    let wants_json = !json.is_empty() || schema.is_some();
    let no_json = (wants_json && body.is_none()).then(|| "the body is no JSON".to_owned());
    let of_json = || expect::json(json, exchange).into_iter().next();
    let of_text =
        || text.iter().find(|one| !exchange.body.text.contains(*one)).map(|one| format!("expected the text {one:?}"));
    let of_headers = || {
        let fits =
            |(name, pattern): &&(String, String)| exchange.fields(name).any(|value| pattern_fits(pattern, value));
        headers.iter().find(|one| !fits(one)).map(|(name, pattern)| format!("expected header {name}: {pattern}"))
    };
    let of_schema = || schema.as_ref()?.flaw(body.as_ref()?);
    let flaw = no_json.or_else(of_json).or_else(of_text).or_else(of_headers).or_else(of_schema)?;
    Some(format!("`accept` of {}: {flaw}", endpoint.id))
}

/// Returns where the response of an issuer has no token, although the target says so.
pub(super) fn lacks_token(endpoint: &Endpoint) -> Option<String> {
    let id = &endpoint.id;
    match (&endpoint.form.issued_cookie, &endpoint.issued_token) {
        (Some(cookie), _) => Some(format!("`issued_cookie` of {id}: the response set no cookie `{cookie}`")),
        (None, Some(place)) => Some(format!("`issued_token` of {id}: the response has no token at {place}")),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json_path::JsonPath;

    use super::*;
    use crate::document::JsonMatch;
    use crate::fixtures::{endpoint, exchange};
    use crate::terms::TokenKind;

    fn answered(accept: Accept, body: &str) -> Option<String> {
        let on = "backend.threads";
        let sent = exchange(on, TokenKind::Valid).answered(200, "application/json", body);
        lacks(&Endpoint { accept, ..endpoint(on) }, &sent)
    }

    #[rstest]
    #[case::as_it_says(r#"{"status":"ok"}"#, None)]
    #[case::another_value(
        r#"{"status":"down"}"#,
        Some("`accept` of backend.threads: expected \"ok\" at $.status, got \"down\"")
    )]
    #[case::no_json("<p>", Some("`accept` of backend.threads: the body is no JSON"))]
    fn the_first_condition_that_does_not_hold_is_said(#[case] body: &str, #[case] says: Option<&str>) {
        let path = JsonPath::parse("$.status").expect("a path");
        let accept = Accept { json: vec![JsonMatch { path, any_of: vec!["ok".into()] }], ..Accept::default() };
        assert_eq!(answered(accept, body).as_deref(), says);
    }

    #[rstest]
    #[case::text(Accept { text: vec!["Welcome".to_owned()], ..Accept::default() }, "expected the text \"Welcome\"")]
    #[case::header(Accept { headers: vec![("x-a".to_owned(), "*".to_owned())], ..Accept::default() }, "expected header x-a: *")]
    fn texts_and_headers_are_said(#[case] accept: Accept, #[case] says: &str) {
        assert!(answered(accept, "{}").is_some_and(|line| line.ends_with(says)));
    }

    #[cfg(feature = "json-schema")]
    #[test]
    fn a_schema_says_what_does_not_fit_and_where() {
        let schema = serde_json::json!({ "properties": { "amount": { "type": "number" } } });
        let schema = Some(crate::config::JsonSchema::compile(&schema).expect("a schema"));
        let line = answered(Accept { schema, ..Accept::default() }, r#"{"amount":"12"}"#);
        let says = "`accept` of backend.threads: \"12\" is not of type \"number\", at `/amount`";
        assert_eq!(line.as_deref(), Some(says));
    }
}
