//! Makes a [`Scenario`] of a text, and finds the mistakes that need no target.

use std::collections::BTreeMap;
use std::path::Path;

use toml::Spanned;

use super::every::may_become;
use super::lines::Lines;
use super::model::{Attribution, Behind, Expect, Scenario, Step};
use super::unfold::unfold;
use super::written::{AttributionText, BehindText, ExpectText, ScenarioText, StepText};
use super::{ScenarioError, captures};
use crate::config::OBJECTIVES;
use crate::document::{Match, Reading, Source, nearest_or_all, read_on, source};

impl Scenario {
    /// Parses one scenario file. Its id is the file name in `source_name` without its extension. Errors show
    /// `source_name`.
    ///
    /// # Errors
    /// The first mistake: a syntax error, an unknown key, a step that expects nothing or appears twice, a `{name}` that
    /// no earlier step captures, or an `[[attribution]]` that names no step.
    pub fn parse(source_name: &str, text: &str) -> Result<Self, ScenarioError> {
        let shown = source(source_name, text);
        let written: ScenarioText = toml::from_str(text).map_err(|error| ScenarioError::from_toml(&shown, &error))?;
        let (scenario, mistakes) = Self::of(written, shown, source_name, text);
        mistakes.into_iter().next().map_or(Ok(scenario), Err)
    }

    /// Parses one scenario file to its end. Returns every mistake, and the scenario if there is none.
    pub(crate) fn check_text(source_name: &str, text: &str) -> (Option<Self>, Vec<ScenarioError>) {
        let shown = source(source_name, text);
        let Reading { value, mut mistakes, taken_out } =
            read_on::<ScenarioText>(text, |error| ScenarioError::from_toml(&shown, error));
        let Some(written) = value else { return (None, mistakes) };
        let (scenario, found) = Self::of(written, Source::clone(&shown), source_name, text);
        mistakes.extend(Reading::<ScenarioText>::own(&taken_out, found, &shown));
        mistakes.sort_by_key(ScenarioError::offset);
        (Some(scenario).filter(|_| mistakes.is_empty()), mistakes)
    }

    fn of(written: ScenarioText, shown: Source, source_name: &str, text: &str) -> (Self, Vec<ScenarioError>) {
        let mut mistakes = Vec::new();
        if written.step.is_empty() {
            mistakes.push(ScenarioError::new("the scenario has no step").at(&shown, 0..0));
        }
        let id = Path::new(source_name).file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if id == OBJECTIVES {
            let message = format!("no scenario can be named `{id}`: reports have the objectives of the target there");
            mistakes.push(ScenarioError::new(message).at(&shown, 0..0).help("rename the file"));
        }
        let all = || written.step.iter().chain(&written.finally);
        mistakes.extend(all().filter_map(|step| drives_nothing(step, &shown)));
        mistakes.extend(all().filter_map(|step| of_body(step, &shown)));
        mistakes.extend(captures::mistakes(all(), &shown));
        let lines = Lines::of(text);
        let unfolded = |steps: Vec<StepText>| steps.into_iter().flat_map(|step| unfold(step, &lines)).collect();
        let (steps, finally): (Vec<Step>, Vec<Step>) = (unfolded(written.step), unfolded(written.finally));
        mistakes.extend(of_steps(steps.iter().chain(&finally), &shown));
        let mut rows = Vec::new();
        for row in written.attribution {
            attribution(row, &steps, &shown).map_or_else(|mistake| mistakes.push(mistake), |row| rows.push(row));
        }
        let scenario = Self {
            id,
            title: written.title,
            tags: written.tags,
            source: source_name.to_owned(),
            attribution: rows,
            steps,
            finally,
            text: shown,
        };
        (scenario, mistakes)
    }
}

fn drives_nothing(step: &StepText, shown: &Source) -> Option<ScenarioError> {
    let calls = (step.call.get_ref().0.is_empty(), step.call.span());
    let tokens = step.token.as_ref().map(|tokens| (tokens.get_ref().0.is_empty(), tokens.span()));
    let (_, span) = tokens.into_iter().chain([calls]).find(|(empty, _)| *empty)?;
    Some(ScenarioError::new("an empty list makes no step").at(shown, span))
}

fn of_body(step: &StepText, shown: &Source) -> Option<ScenarioError> {
    let flaw = step.body().err()?;
    let message = format!("the step `{}` {flaw}", step.id.get_ref());
    Some(ScenarioError::new(message).at(shown, step.id.span()))
}

fn of_steps<'a>(steps: impl Iterator<Item = &'a Step>, shown: &Source) -> Vec<ScenarioError> {
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    steps.filter_map(|step| of_step(step, known.insert(&step.id, step.line), shown)).collect()
}

/// Returns the mistake of a step. `twice` is the line of an earlier step with the same id.
fn of_step(step: &Step, twice: Option<usize>, shown: &Source) -> Option<ScenarioError> {
    let error = |message: String| ScenarioError::new(message).at(shown, step.places.id.clone());
    if let Some(line) = twice {
        return Some(error(format!("the step `{}` already exists, at line {line}", step.id)));
    }
    if step.expect.is_empty() {
        let nothing = format!("the step `{}` expects nothing, so every response would pass", step.id);
        return Some(
            error(nothing).help("add `[step.expect]` with `status`, `authn`, `result`, `json`, `events` or `refused`"),
        );
    }
    if step.expect.refused && step.token.should_be_accepted() {
        let message = format!("a token of kind `{}` must be accepted, but `refused` expects a refusal", step.token);
        return Some(ScenarioError::new(message).at(shown, step.places.token.clone()));
    }
    None
}

fn attribution(row: Spanned<AttributionText>, steps: &[Step], shown: &Source) -> Result<Attribution, ScenarioError> {
    let span = row.span();
    let row = row.into_inner();
    let error = |message: String| ScenarioError::new(message).at(shown, span.clone());
    let fails = [row.step.is_some(), row.cause.is_some()];
    let further = [row.status.is_some(), row.made_by.is_some(), row.behind.is_some()];
    if row.passes && fails.into_iter().chain(further).any(|given| given) {
        return Err(error(format!("the row for `{}` has `passes = true`, so it cannot describe a failure", row.fault)));
    }
    if !row.passes && fails.contains(&false) {
        let message = format!("the row for `{}` in `{}` lacks `step` or `cause`", row.fault, row.dialect);
        return Err(error(message).help("give both `step` and `cause`, or `passes = true`"));
    }
    if let Some(step) = &row.step
        && !steps.iter().any(|known| known.id == *step.get_ref() || may_become(known, step.get_ref()))
    {
        let known: Vec<&str> = steps.iter().map(|step| step.id.as_str()).collect();
        let unknown = ScenarioError::new(format!("there is no step `{}`", step.get_ref())).at(shown, step.span());
        return Err(unknown.help(nearest_or_all(step.get_ref(), &known)));
    }
    Ok(Attribution {
        fault: row.fault,
        dialect: row.dialect,
        startup_validation: row.startup_validation,
        step: row.step.map(Spanned::into_inner),
        status: row.status,
        made_by: row.made_by,
        behind: row.behind.map(behind),
        cause: row.cause,
    })
}

fn behind(text: BehindText) -> Behind {
    Behind { path: text.path, status: text.status, accepted: text.accepted, reason: text.reason }
}

impl ExpectText {
    pub(super) fn into_model(self) -> Expect {
        Expect {
            status: self.status.0,
            headers: self.headers.0.into_iter().map(|entry| (entry.name.to_ascii_lowercase(), entry.value)).collect(),
            json: self.json.into_iter().flat_map(|json| json.into_inner().0).map(Match::into_json_match).collect(),
            events: self.events,
            terminal: self.terminal,
            first_event: self.first_event.map(|period| period.0),
            total: self.total.map(|period| period.0),
            answered_by: self.answered_by,
            authn: self.authn.0,
            result: self.result.0,
            refused: self.refused,
        }
    }
}

impl Expect {
    fn is_empty(&self) -> bool {
        let lists = [self.status.is_empty(), self.headers.is_empty(), self.json.is_empty(), self.events.is_empty()];
        let words = [self.authn.is_empty(), self.result.is_empty(), self.terminal.is_none(), !self.refused];
        let limits = [self.first_event.is_none(), self.total.is_none(), self.answered_by.is_none()];
        lists.into_iter().chain(words).chain(limits).all(|nothing| nothing)
    }
}

#[cfg(test)]
mod tests {
    use miette::{GraphicalReportHandler, GraphicalTheme};
    use proptest::prelude::proptest;
    use rstest::{Context, rstest};
    use serde_json::json;

    use super::*;
    use crate::config::{Overrides, TargetFile};
    use crate::observe::Authn;
    use crate::terms::{Caller, Hop, TokenKind};

    const FILE: &str = r#"title = "A message can be read back"

[[step]]
id = "post"
call = "backend.chat-messages-post"
as = "second"
token_location = "header"
capture = { message = "$.message.id" }
[step.expect]
status = [200, 201]
authn = "accepted"

[[step]]
id = "read-back"
call = "backend.chat-message"
path = "/api/chat/messages/{message}"
[step.expect]
status = 200
headers = { Content-Type = "application/json*" }
json = { path = "$.content", is = ["hello", 2026-01-01] }
total = "20s"

[[step]]
id = "refuse"
call = ["backend.chat-messages", "backend.chat-stream"]
token = ["none", "wrong-key"]
[step.expect]
refused = true

[[attribution]]
fault = "backend-auth/service-secret-mismatch"
dialect = "documented"
step = "refuse-chat-stream-none"
status = 403
made_by = "backend"
behind = { path = "/auth/validate", status = 401, accepted = false, reason = "invalid_service_secret" }
cause = "backend-auth/service-secret-mismatch"
"#;

    fn parse(text: &str) -> Result<Scenario, ScenarioError> {
        Scenario::parse("scenarios/chat.toml", text)
    }

    fn check(text: &str) -> Result<(), ScenarioError> {
        let target = TargetFile::embedded()?.resolve(Some("offline"), &Overrides::default())?;
        parse(text)?.check(&target)
    }

    fn plain(error: &ScenarioError) -> String {
        let mut shown = String::new();
        let handler = GraphicalReportHandler::new_themed(GraphicalTheme::none()).with_width(100);
        handler.render_report(&mut shown, error).unwrap();
        shown
    }

    #[test]
    fn a_file_becomes_unfolded_steps_in_order() {
        let scenario = parse(FILE).unwrap();
        let ids: Vec<&str> = scenario.steps.iter().map(|step| step.id.as_str()).collect();
        let refused = ["refuse-chat-messages-none", "refuse-chat-messages-wrong-key"];
        let streamed = ["refuse-chat-stream-none", "refuse-chat-stream-wrong-key"];
        assert_eq!(ids, [&["post", "read-back"], refused.as_slice(), streamed.as_slice()].concat());
        assert_eq!(scenario.steps[5].call, "backend.chat-stream");
        assert_eq!((scenario.id.as_str(), scenario.steps[1].line, scenario.steps[5].line), ("chat", 14, 24));
    }

    #[test]
    fn written_values_arrive_in_the_model() {
        let scenario = parse(FILE).unwrap();
        let [post, read, ..] = scenario.steps.as_slice() else { panic!("no steps") };
        assert_eq!(
            (post.user.as_deref(), post.token, post.expect.status.as_slice()),
            (Some("second"), TokenKind::Valid, [200, 201].as_slice())
        );
        assert_eq!(
            (post.capture[0].0.as_str(), post.expect.authn.as_slice()),
            ("message", [Authn::Accepted].as_slice())
        );
        assert_eq!(read.path.as_deref(), Some("/api/chat/messages/{message}"));
        assert_eq!(read.expect.headers, [("content-type".to_owned(), "application/json*".to_owned())]);
        assert_eq!(read.expect.json[0].any_of, [json!("hello"), json!("2026-01-01")]);
        let row = &scenario.attribution[0];
        assert_eq!((row.status, row.made_by, row.startup_validation), (Some(403), Some(Hop::Backend), true));
        assert_eq!(row.behind.as_ref().unwrap().reason.as_deref(), Some("invalid_service_secret"));
    }

    #[test]
    fn endpoints_with_the_same_name_get_different_step_ids() {
        let text = "title = 'x'\n[[step]]\nid = 'up'\ncall = ['backend.health', 'auth.health']\ntoken = 'none'\nexpect = { status = 200 }\n";
        let ids: Vec<String> = parse(text).unwrap().steps.into_iter().map(|step| step.id).collect();
        assert_eq!(ids, ["up-backend-health", "up-auth-health"]);
    }

    #[test]
    fn placeholders_of_the_probe_need_no_capture() {
        let text = FILE.replace("as = \"second\"", "body = { content = \"{email} {secret:password} {not a name}\" }");
        assert!(parse(&text).is_ok());
    }

    #[test]
    fn a_caller_is_read_and_must_be_taken_by_the_endpoint() {
        let text = FILE.replace("token_location = \"header\"", "caller = \"wrong-secret\"");
        assert_eq!(parse(&text).unwrap().steps[0].caller, Some(Caller::WrongSecret));
        assert!(check(&text).unwrap_err().message().contains("takes no service credentials"));
    }

    #[test]
    fn a_scenario_that_fits_its_target_is_taken() {
        check(FILE).unwrap();
    }

    #[rstest]
    #[case::no_endpoint("call = [\"backend.chat-messages\", \"backend.chat-stream\"]", "call = []")]
    #[case::no_token("token = [\"none\", \"wrong-key\"]", "token = []")]
    #[case::no_value("is = [\"hello\", 2026-01-01]", "is = []")]
    fn an_empty_list_where_something_must_be_is_refused(#[case] part: &str, #[case] replaced: &str) {
        assert!(FILE.contains(part));
        assert!(parse(&FILE.replacen(part, replaced, 1)).unwrap_err().message().contains("empty list"));
    }

    #[rstest]
    #[case::unknown_key("status = 200", "sattus = 200")]
    #[case::unknown_token("\"wrong-key\"", "\"wrong-kye\"")]
    #[case::duplicate_step("id = \"read-back\"", "id = \"post\"")]
    #[case::expects_nothing("refused = true", "refused = false")]
    #[case::refuses_the_valid("\"none\", \"wrong-key\"", "\"none\", \"valid\"")]
    #[case::no_such_capture("{message}", "{mesage}")]
    #[case::no_such_step("step = \"refuse-chat-stream-none\"", "step = \"refuse-chat-steam-none\"")]
    #[case::passes_and_fails("step = \"refuse-chat-stream-none\"", "passes = true")]
    #[case::no_cause("cause = ", "# ")]
    #[case::status("[200, 201]", "\"ok\"")]
    #[case::json_path("$.message.id", "message.id")]
    #[case::hop("made_by = \"backend\"", "made_by = \"backnd\"")]
    #[case::unknown_endpoint("backend.chat-message\"", "backend.chat-mesage\"")]
    #[case::unknown_user("\"second\"", "\"secnd\"")]
    #[case::wrong_token_location("token_location = \"header\"", "token_location = \"subprotocol\"")]
    #[case::events_of_http("total = \"20s\"", "events = [\"agent_started\"]")]
    fn a_mistake_is_shown_where_it_is(#[context] context: Context, #[case] part: &str, #[case] replaced: &str) {
        assert!(FILE.contains(part));
        let error = check(&FILE.replacen(part, replaced, 1)).unwrap_err();
        insta::assert_snapshot!(context.description.unwrap(), plain(&error));
    }

    proptest! {
        #[test]
        fn no_text_panics_the_parser(text in "(\\[\\[(step|attribution)\\]\\]\n|(id|call|token|expect|title|path) ?= ?[\\[\\{\"0-9a-z:/$]{0,12}\n|.){0,12}") {
            let _ = parse(&text);
        }

        #[test]
        fn no_change_of_one_character_panics_the_parser(at in 0..FILE.len(), put in ".") {
            let text = format!("{}{put}{}", &FILE[..at], &FILE[at + 1..]);
            let _ = check(&text);
        }
    }

    const FINALLY: &str = "[[finally]]\nid = \"delete\"\ncall = \"backend.chat-message\"\npath = \"/api/{message}\"\n[finally.expect]\nstatus = 200\n";

    #[test]
    fn a_final_step_may_use_every_capture() {
        let scenario = Scenario::parse("own.toml", &format!("{FILE}\n{FINALLY}")).expect("a scenario");
        assert_eq!(scenario.finally.iter().map(|step| step.id.as_str()).collect::<Vec<_>>(), ["delete"]);
        assert!(scenario.steps.iter().all(|step| step.id != "delete"));
    }

    #[rstest]
    #[case::captured_by_none("{message}", "{massage}", "no earlier step captures `massage`")]
    #[case::id_of_a_step("\"delete\"", "\"post\"", "already exists")]
    #[case::expects_nothing("status = 200", "", "expects nothing")]
    fn a_mistake_in_a_final_step_is_shown(#[case] right: &str, #[case] wrong: &str, #[case] says: &str) {
        let text = format!("{FILE}\n{}", FINALLY.replace(right, wrong));
        let error = Scenario::parse("own.toml", &text).expect_err("a mistake");
        assert!(error.message().contains(says), "{}", error.message());
    }
}
