//! What a step expects and captures, with every `{name}` replaced.

use std::borrow::Cow;

use serde_json_path::JsonPath;

use crate::config::User;
use crate::document::JsonMatch;
use crate::document::placeholder::strings;
use crate::probe::Exchange;
use crate::run::drive::captures::Captures;
use crate::scenario::{Expect, Step};

/// Returns the step with the values that earlier steps captured, the marker, and `{email}` and `{sub}` of its user, in its
/// expectations and in the places of its captures.
pub(crate) fn filled<'a>(step: &'a Step, captures: &Captures, user: Option<&User>) -> Cow<'a, Step> {
    if !texts(step).iter().any(|text| text.contains('{')) {
        return Cow::Borrowed(step);
    }
    let values = captures.of_user(user);
    let Expect { headers, json, events, terminal, .. } = &step.expect;
    let expect = Expect {
        headers: headers.iter().map(|(name, pattern)| (name.clone(), values.fill(pattern))).collect(),
        json: json.iter().map(|one| json_match(one, &values)).collect(),
        events: events.iter().map(|name| values.fill(name)).collect(),
        terminal: terminal.as_ref().map(|name| values.fill(name)),
        ..step.expect.clone()
    };
    let capture = step.capture.iter().map(|(name, path)| (name.clone(), place(path, &values))).collect();
    let mut filled = step.clone();
    (filled.expect, filled.capture) = (expect, capture);
    Cow::Owned(filled)
}

/// Takes what the step captures from the response. Returns the step with these values in its expectations.
pub(crate) fn after<'a>(
    step: &'a Step,
    captures: &mut Captures,
    user: Option<&User>,
    exchange: &Exchange,
) -> Cow<'a, Step> {
    let asked = filled(step, captures, user);
    captures.take(&asked, exchange);
    filled(step, captures, user)
}

/// Returns every text of the expectations and captures in which a `{name}` is replaced.
pub(super) fn texts(step: &Step) -> Vec<String> {
    let Expect { headers, json, events, terminal, .. } = &step.expect;
    let patterns = headers.iter().map(|(_, pattern)| pattern.clone());
    let conditions = json.iter().flat_map(|one| {
        let values = one.any_of.iter().flat_map(strings).map(str::to_owned);
        std::iter::once(one.path.to_string()).chain(values).collect::<Vec<_>>()
    });
    let places = step.capture.iter().map(|(_, path)| path.to_string());
    patterns.chain(conditions).chain(places).chain(events.iter().chain(terminal).cloned()).collect()
}

fn json_match(one: &JsonMatch, values: &Captures) -> JsonMatch {
    let any_of = one.any_of.iter().map(|value| values.fill_expected(value)).collect();
    JsonMatch { path: place(&one.path, values), any_of }
}

/// Fills in the string literals of a place.
fn place(path: &JsonPath, values: &Captures) -> JsonPath {
    let text = path.to_string();
    if !text.contains('{') {
        return path.clone();
    }
    JsonPath::parse(&values.quoted().fill(&text)).unwrap_or_else(|_| path.clone())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::{Value, json};

    use super::*;
    use crate::fixtures::{exchange, staging};
    use crate::scenario::Scenario;
    use crate::terms::TokenKind;

    fn step(rest: &str) -> Step {
        let text = format!(
            "title = \"t\"\n[[step]]\nid = \"a\"\ncall = \"backend.x\"\ncapture = {{ id = \"$.id\" }}\nexpect.status = 200\n\
             [[step]]\nid = \"b\"\ncall = \"backend.x\"\n{rest}\n"
        );
        Scenario::parse("t.toml", &text).expect("a scenario").steps.remove(1)
    }

    fn captures(id: impl Into<Value>) -> Captures {
        let mut captures = Captures::marked("fwm1");
        captures.set("id", id.into());
        captures
    }

    #[rstest]
    #[case::marker("{marker}", json!("fwm1"))]
    #[case::capture_in_a_text("no. {id}", json!("no. 7"))]
    #[case::capture_with_its_type("{id}", json!(7))]
    #[case::user("{sub} {email}", json!("staging-e2e-user-001 e2e-test-001@staging.netrasystems.ai"))]
    fn an_expected_value_is_filled_in(#[case] written: &str, #[case] wanted: Value) {
        let (step, target) = (step(&format!("expect.json = {{ path = \"$.a\", is = [\"{written}\"] }}")), staging());
        let filled = filled(&step, &captures(7), target.users.first());
        assert_eq!(filled.expect.json[0].any_of, [wanted]);
    }

    #[test]
    fn headers_events_and_places_are_filled_in() {
        let step = step(
            "expect.headers = { location = \"*/{id}\" }\nexpect.events = [\"{marker}\"]\nexpect.terminal = \"end {id}\"\n\
             capture = { other = \"$.list[?@.text == '{marker}'].id\" }",
        );
        let Step { expect, capture, .. } = filled(&step, &captures("7"), None).into_owned();
        assert_eq!(expect.headers, [("location".to_owned(), "*/7".to_owned())]);
        assert_eq!((expect.events, expect.terminal.as_deref()), (vec!["fwm1".to_owned()], Some("end 7")));
        let found = json!({ "list": [{ "text": "x", "id": 1 }, { "text": "fwm1", "id": 2 }] });
        assert_eq!(capture[0].1.query(&found).all(), [&json!(2)]);
    }

    #[rstest]
    fn no_captured_text_leaves_its_literal(#[values("a' || @.n == 'b", "a\" || true", "\\", "\n", "é")] value: &str) {
        let step = step("expect.json = [{ path = \"$[?@.n == '{id}']\" }]");
        let filled = filled(&step, &captures(value), None);
        assert!(filled.expect.json[0].holds(&json!([{ "n": value }])));
        assert!(!filled.expect.json[0].holds(&json!([{ "n": "b" }])));
    }

    #[test]
    fn a_step_may_expect_what_it_captures_itself() {
        let step = step("capture = { own = \"$.id\" }\nexpect.headers = { location = \"/a/{own}\" }");
        let sent = exchange("backend.threads", TokenKind::Valid).answered(201, "application/json", "{\"id\": 9}");
        let filled = after(&step, &mut captures("7"), None, &sent);
        assert_eq!(filled.expect.headers, [("location".to_owned(), "/a/9".to_owned())]);
    }

    #[test]
    fn a_step_without_placeholders_is_not_copied() {
        assert!(matches!(filled(&step("expect.status = 200"), &captures("7"), None), Cow::Borrowed(_)));
    }
}
