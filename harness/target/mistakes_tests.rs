//! Typical mistakes in a target file, as a person sees them: file, line, column, caret, and what would be right.

use std::path::Path;

use miette::{GraphicalReportHandler, GraphicalTheme};
use rstest::{Context, rstest};

use crate::target::{ConfigError, Overrides, TargetFile};

const FILE: &str = r#"default = "one"

[target.one]
backend = "http://backend.example.org"
auth = "https://auth.example.org"
signing_secret = ["env:KEY"]
claims = { iss = "us" }
doors = ["edge"]
budget.run = "2m"

[target.one.user.ann]
sub = "1"
email = "ann@example.org"

[target.one.surface."backend.chat"]
role = "protected"
path = "/chat"
carriers = ["header"]
identity = "$.user_id"
"#;

fn plain(error: &ConfigError) -> String {
    let mut shown = String::new();
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::none()).with_width(100);
    handler.render_report(&mut shown, error).unwrap();
    shown
}

fn resolve(text: &str, name: Option<&str>, overrides: &Overrides) -> ConfigError {
    let file = TargetFile::parse("fivewhys.toml", text, Path::new(""));
    file.and_then(|file| file.resolve(name, overrides)).unwrap_err()
}

#[rstest]
#[case::unknown_key("backend =", "bakend =")]
#[case::unknown_key_far_off("budget.run =", "budget.speed =")]
#[case::syntax("\"edge\"]", "\"edge\"")]
#[case::scheme("http://backend", "ftp://backend")]
#[case::unknown_door("\"edge\"", "\"edge\", \"window\"")]
#[case::duration("\"2m\"", "\"2 bananas\"")]
#[case::json_path("$.user_id", "$.user_id[")]
#[case::test_header("role =", "headers = { X-E2E-Test = \"true\" }\nrole =")]
#[case::surface_id("backend.chat", "frontend.chat")]
#[case::no_path("path = ", "method = \"POST\" #")]
#[case::secret_in_the_file("env:KEY", "canary-of-a-secret")]
#[case::secret_next_to_a_mistake("[\"env:KEY\"]\nclaims", "\"canary\"\nclams")]
#[case::no_signing_secret("signing_secret", "#")]
#[case::wrong_default("default = \"one\"", "default = \"won\"")]
#[case::carrier("carriers = [\"header\"]", "carriers = [\"subprotocol\"]")]
fn a_mistake_is_shown_where_it_is(#[context] context: Context, #[case] part: &str, #[case] replaced: &str) {
    assert!(FILE.contains(part));
    let shown = plain(&resolve(&FILE.replacen(part, replaced, 1), None, &Overrides::default()));
    assert!(!shown.contains("canary"), "{shown}");
    insta::assert_snapshot!(context.description.unwrap(), shown);
}

#[rstest]
#[case::set_value("budget.run=soon")]
#[case::set_key("bugdet.run=5s")]
#[case::set_no_value("budget.run")]
#[case::set_in_a_list("doors=[\"edge\", \"widnow\"]")]
fn a_mistake_in_an_override_is_shown_in_the_override(#[context] context: Context, #[case] set: &str) {
    let shown = plain(&resolve(FILE, None, &Overrides::new(&[set.to_owned()], [])));
    insta::assert_snapshot!(context.description.unwrap(), shown);
}

#[test]
fn a_mistake_in_a_variable_is_shown_in_the_variable() {
    let variable = ("FIVEWHYS__BUDGET__REQUESTS_PER_MINUTE".to_owned(), "many".to_owned());
    insta::assert_snapshot!("variable", plain(&resolve(FILE, None, &Overrides::new(&[], [variable]))));
}

#[test]
fn an_unknown_target_is_answered_with_the_nearest() {
    insta::assert_snapshot!("unknown_target", plain(&resolve(FILE, Some("oen"), &Overrides::default())));
}
