//! Values from the environment and the command line reach the target, and a mistake in one points into it.

use rstest::rstest;

use crate::target::{ConfigError, Overrides, Target, TargetFile};

fn resolve(set: &[&str], environment: &[(&str, &str)]) -> Result<Target, ConfigError> {
    let set: Vec<String> = set.iter().map(|text| (*text).to_owned()).collect();
    let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    TargetFile::embedded()?.resolve(Some("offline"), &Overrides::new(&set, environment))
}

#[rstest]
#[case::bare("budget.run=30s")]
#[case::toml("budget.run = \"30s\"")]
#[case::table("budget={run='30s'}")]
fn a_value_is_toml_or_else_a_bare_string(#[case] set: &str) {
    assert_eq!(resolve(&[set], &[]).unwrap().budget.run.as_secs(), 30);
}

#[rstest]
#[case::quoted_key("surface.\"backend.health\".path=/healthz")]
#[case::literal_key("surface.'backend.health'.path=\"/healthz\"")]
fn a_surface_is_named_by_a_quoted_key(#[case] set: &str) {
    assert_eq!(resolve(&[set], &[]).unwrap().surfaces["backend.health"].path, "/healthz");
}

#[test]
fn a_number_is_taken_as_a_string_where_a_string_is_wanted() {
    assert_eq!(resolve(&["claims.aud=42"], &[]).unwrap().claims.aud.as_deref(), Some("42"));
}

#[rstest]
#[case("FIVEWHYS__BUDGET__RUN", "30s")]
#[case("FIVEWHYS__budget__Run", "30s")]
fn a_variable_names_a_key_whatever_its_case(#[case] name: &str, #[case] value: &str) {
    assert_eq!(resolve(&[], &[(name, value)]).unwrap().budget.run.as_secs(), 30);
}

#[test]
fn a_variable_names_a_surface_with_underscores_for_its_signs() {
    let target = resolve(&[], &[("FIVEWHYS__SURFACE__BACKEND_CHAT_STREAM__PATH", "/stream")]).unwrap();
    assert_eq!(target.surfaces["backend.chat-stream"].path, "/stream");
}

#[test]
fn a_variable_sets_a_key_that_nobody_wrote() {
    let target = resolve(&[], &[("FIVEWHYS__WEBSOCKET", "wss://ws.example.org")]).unwrap();
    assert_eq!(target.websocket.as_str(), "wss://ws.example.org/");
}

#[test]
fn the_command_line_wins_over_the_environment_and_later_over_earlier() {
    let environment = [("FIVEWHYS__BUDGET__RUN", "10s"), ("FIVEWHYS__BUDGET__PROBE", "9s"), ("FIVEWHYS_TARGET", "x")];
    let budget = resolve(&["budget.run=20s", "budget.run=30s"], &environment).unwrap().budget;
    assert_eq!((budget.run.as_secs(), budget.probe.as_secs()), (30, 9));
}

#[rstest]
#[case::source("SIGNING_SECRET", "canary-signing-secret")]
#[case::list("SIGNING_SECRET", "[\"canary-signing-secret\"]")]
#[case::number("SIGNING_SECRET", "[\"canary-signing-secret\", 5]")]
#[case::whole_table("USER__PRIMARY__SECRETS", "canary-password")]
#[case::of_a_user("USER__PRIMARY__SECRETS__PASSWORD", "canary=password")]
fn a_secret_put_where_its_source_belongs_is_shown_nowhere(#[case] name: &str, #[case] value: &str) {
    let error = resolve(&[], &[(&format!("FIVEWHYS__{name}"), value)]).unwrap_err();
    let overrides = Overrides::new(&["signing_secret=canary-signing-secret".to_owned()], []);
    let shown = format!("{error} {error:?} {:?} {overrides:?}", miette::Report::new(error.clone()));
    assert!(!shown.contains("canary"), "{shown}");
    assert!(shown.contains("*****"), "{shown}");
}
