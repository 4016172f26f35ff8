//! Finds placeholders `{name}` that no earlier step captures.

use std::collections::BTreeSet;
use std::ops::Range;

use serde_json::Value;

use super::ScenarioError;
use super::written::StepText;
use crate::document::placeholder::{placeholders, strings};
use crate::document::{Match, Source, nearest_or_all};

/// The placeholders that the run and the probe fill in themselves, in what a step sends.
const SENT: [&str; 6] = ["token", "email", "sub", "secret", "csrf", "marker"];
/// Those of them in what a step expects. A report shows what was expected, so the others are secrets there.
const EXPECTED: [&str; 3] = ["email", "sub", "marker"];

/// Checks every text that a step sends, expects or looks for.
pub(super) fn mistakes<'a>(steps: impl Iterator<Item = &'a StepText>, shown: &Source) -> Vec<ScenarioError> {
    let (mut captured, mut mistakes) = (BTreeSet::new(), Vec::new());
    for step in steps {
        let of =
            |(text, span): Placed, filled_in: &[&str], captured: &_| unknown(&text, filled_in, captured, shown, span);
        mistakes.extend(sent(step).into_iter().filter_map(|text| of(text, &SENT, &captured)));
        mistakes.extend(places(step).into_iter().filter_map(|text| of(text, &EXPECTED, &captured)));
        captured.extend(step.capture.0.iter().map(|entry| entry.name.clone()));
        mistakes.extend(expected(step).into_iter().filter_map(|text| of(text, &EXPECTED, &captured)));
    }
    mistakes
}

/// Returns the mistake about the first placeholder that nothing fills in.
fn unknown(
    text: &str,
    filled_in: &[&str],
    captured: &BTreeSet<String>,
    shown: &Source,
    span: Range<usize>,
) -> Option<ScenarioError> {
    let names = placeholders(text).into_iter().map(|(_, name)| name.split_once(':').map_or(name, |(name, _)| name));
    let name = names.into_iter().find(|name| !filled_in.contains(name) && !captured.contains(*name))?;
    if SENT.contains(&name) {
        let message = format!("an expectation cannot name `{{{name}}}`: the report would show it");
        return Some(ScenarioError::new(message).at(shown, span).help(format!(
            "an expectation can name {{{}}}, and what an earlier step captured",
            EXPECTED.join("}, {")
        )));
    }
    let known: Vec<&str> = captured.iter().map(String::as_str).chain(filled_in.iter().copied()).collect();
    let mistake = ScenarioError::new(format!("no earlier step captures `{name}`")).at(shown, span);
    Some(mistake.help(nearest_or_all(name, &known)))
}

type Placed = (String, Range<usize>);

fn sent(step: &StepText) -> Vec<Placed> {
    let path = step.path.iter().map(|path| (path.get_ref().0.clone(), path.span()));
    let query = step.query.0.iter().map(|entry| (entry.value.clone(), entry.span.clone()));
    let body = step.body.iter().flat_map(|body| of_json(&body.get_ref().0, body.span()));
    let messages = step.send.iter();
    let messages = messages.flat_map(|send| send.get_ref().iter().flat_map(|one| of_json(&one.0, send.span())));
    let tables = step.form.0.iter().chain(&step.multipart.0);
    let tables = tables.flat_map(|entry| of_json(&entry.value.0, entry.span.clone()));
    let text = step.text.iter().map(|text| (text.get_ref().clone(), text.span()));
    path.chain(query).chain(body).chain(tables).chain(text).chain(messages).collect()
}

fn of_json(json: &Value, span: Range<usize>) -> Vec<Placed> {
    strings(json).into_iter().map(|text| (text.to_owned(), span.clone())).collect()
}

fn expected(step: &StepText) -> Vec<Placed> {
    let expect = &step.expect;
    let headers = expect.headers.0.iter().map(|entry| (entry.value.clone(), entry.span.clone()));
    let json = expect.json.iter().flat_map(|json| {
        let texts = json.get_ref().0.iter().flat_map(Match::texts);
        texts.map(|text| (text, json.span())).collect::<Vec<_>>()
    });
    let names = expect.events.iter().chain(&expect.terminal).map(|name| (name.clone(), step.id.span()));
    headers.chain(json).chain(names).collect()
}

fn places(step: &StepText) -> Vec<Placed> {
    step.capture.0.iter().map(|entry| (entry.value.0.to_string(), entry.span.clone())).collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use crate::scenario::Scenario;

    #[rstest]
    #[case::marker("expect.json = { path = \"$.a\", is = \"{marker}\" }", None)]
    #[case::user("expect.json = { path = \"$.a\", is = [\"{email}\", \"{sub}\"] }", None)]
    #[case::capture("expect.json = { path = \"$[?@.id == '{id}']\" }", None)]
    #[case::value("expect.json = { path = \"$.a\", is = \"{idd}\" }", Some("no earlier step captures `idd`"))]
    #[case::place("expect.json = { path = \"$[?@.id == '{idd}']\" }", Some("no earlier step captures `idd`"))]
    #[case::header("expect.headers = { location = \"{idd}\" }", Some("no earlier step captures `idd`"))]
    #[case::event("expect.terminal = \"{idd}\"", Some("no earlier step captures `idd`"))]
    #[case::own("capture = { own = \"$.b\" }\nexpect.json = { path = \"$.a\", is = \"{own}\" }", None)]
    #[case::place_of_a_capture(
        "capture = { b = \"$[?@.a == '{idd}']\" }\nexpect.status = 200",
        Some("no earlier step captures `idd`")
    )]
    #[case::secret(
        "expect.json = { path = \"$.a\", is = \"{secret:password}\" }",
        Some("an expectation cannot name `{secret}`: the report would show it")
    )]
    #[case::no_placeholder("expect.json = { path = \"$.a\", is = \"{ id }\" }", None)]
    fn an_expectation_names_what_is_known(#[case] rest: &str, #[case] says: Option<&str>) {
        let text = format!(
            "title = \"t\"\n[[step]]\nid = \"a\"\ncall = \"backend.x\"\ncapture = {{ id = \"$.id\" }}\nexpect.status = 200\n\
             [[step]]\nid = \"b\"\ncall = \"backend.x\"\n{rest}\n"
        );
        let mistake = Scenario::parse("t.toml", &text).err();
        assert_eq!(mistake.as_ref().map(|mistake| mistake.message()), says);
    }
}
