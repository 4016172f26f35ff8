//! Scenario files are unfolded, and typical mistakes are shown where they are.

use miette::{GraphicalReportHandler, GraphicalTheme};
use proptest::prelude::proptest;
use rstest::{Context, rstest};
use serde_json::json;

use super::*;
use crate::observe::{Authn, Hop};
use crate::probe::Caller;
use crate::target::{Overrides, TargetFile};
use crate::token::TokenKind;

const FILE: &str = r#"title = "A message can be read back"

[[step]]
id = "post"
call = "backend.chat-messages-post"
as = "second"
carrier = "header"
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
fn a_file_becomes_steps_in_order_with_matrices_unfolded() {
    let scenario = parse(FILE).unwrap();
    let ids: Vec<&str> = scenario.steps.iter().map(|step| step.id.as_str()).collect();
    let refused = ["refuse-chat-messages-none", "refuse-chat-messages-wrong-key"];
    let streamed = ["refuse-chat-stream-none", "refuse-chat-stream-wrong-key"];
    assert_eq!(ids, [&["post", "read-back"], refused.as_slice(), streamed.as_slice()].concat());
    assert_eq!(scenario.steps[5].call, "backend.chat-stream");
    assert_eq!((scenario.id.as_str(), scenario.steps[1].line, scenario.steps[5].line), ("chat", 14, 24));
}

#[test]
fn what_is_written_arrives_in_the_model() {
    let scenario = parse(FILE).unwrap();
    let [post, read, ..] = scenario.steps.as_slice() else { panic!("no steps") };
    assert_eq!(
        (post.user.as_deref(), post.token, post.expect.status.as_slice()),
        (Some("second"), TokenKind::Valid, [200, 201].as_slice())
    );
    assert_eq!((post.capture[0].0.as_str(), post.expect.authn.as_slice()), ("message", [Authn::Accepted].as_slice()));
    assert_eq!(read.path.as_deref(), Some("/api/chat/messages/{message}"));
    assert_eq!(read.expect.headers, [("content-type".to_owned(), "application/json*".to_owned())]);
    assert_eq!(read.expect.json[0].any_of, [json!("hello"), json!("2026-01-01")]);
    let row = &scenario.attribution[0];
    assert_eq!((row.status, row.made_by, row.startup_validation), (Some(403), Some(Hop::Backend), true));
    assert_eq!(row.behind.as_ref().unwrap().reason.as_deref(), Some("invalid_service_secret"));
}

#[test]
fn surfaces_that_share_a_tail_are_told_apart() {
    let text = "title = 'x'\n[[step]]\nid = 'up'\ncall = ['backend.health', 'auth.health']\ntoken = 'none'\nexpect = { status = 200 }\n";
    let ids: Vec<String> = parse(text).unwrap().steps.into_iter().map(|step| step.id).collect();
    assert_eq!(ids, ["up-backend-health", "up-auth-health"]);
}

#[test]
fn what_the_probe_fills_in_needs_no_capture() {
    let text = FILE.replace("as = \"second\"", "body = { content = \"{email} {secret:password} {not a name}\" }");
    assert!(parse(&text).is_ok());
}

#[test]
fn a_caller_is_read_and_must_be_taken_by_the_surface() {
    let text = FILE.replace("carrier = \"header\"", "caller = \"wrong-secret\"");
    assert_eq!(parse(&text).unwrap().steps[0].caller, Some(Caller::WrongSecret));
    assert!(check(&text).unwrap_err().message().contains("takes no service credentials"));
}

#[test]
fn a_scenario_that_fits_its_target_is_taken() {
    check(FILE).unwrap();
}

#[rstest]
#[case::no_surface("call = [\"backend.chat-messages\", \"backend.chat-stream\"]", "call = []")]
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
#[case::unknown_surface("backend.chat-message\"", "backend.chat-mesage\"")]
#[case::unknown_user("\"second\"", "\"secnd\"")]
#[case::wrong_carrier("carrier = \"header\"", "carrier = \"subprotocol\"")]
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
fn what_is_done_finally_may_use_what_any_step_captured() {
    let scenario = Scenario::parse("own.toml", &format!("{FILE}\n{FINALLY}")).expect("a scenario");
    assert_eq!(scenario.finally.iter().map(|step| step.id.as_str()).collect::<Vec<_>>(), ["delete"]);
    assert!(scenario.steps.iter().all(|step| step.id != "delete"));
}

#[rstest]
#[case::captured_by_none("{message}", "{massage}", "no earlier step captures `massage`")]
#[case::id_of_a_step("\"delete\"", "\"post\"", "is there already")]
#[case::expects_nothing("status = 200", "", "expects nothing")]
fn a_mistake_in_what_is_done_finally_is_shown(#[case] right: &str, #[case] wrong: &str, #[case] says: &str) {
    let text = format!("{FILE}\n{}", FINALLY.replace(right, wrong));
    let error = Scenario::parse("own.toml", &text).expect_err("a mistake");
    assert!(error.message().contains(says), "{}", error.message());
}
