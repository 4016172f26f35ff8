//! Files of faults that a target adds: they extend the catalogue, and every mistake is shown at its place.

use miette::Diagnostic as _;
use rstest::rstest;

use crate::diagnose::Catalogue;
use crate::diagnose::model::load::parse;
use crate::document::ConfigError;

/// A valid entry. Each case changes one thing in it.
const ENTRY: &str = r#"
[[fault]]
id = "backend/lunch-break"
title = "The backend is out for lunch"
prior = "rare"
involves = ["backend"]
curable_by_rollback = false
owner = "the canteen"
fix = "wait until two"
whys = [{ claim = "it says so", proof = "protected valid = unavailable", mark = true }]
log = [{ by = "backend", match = '(?i)out for (lunch|tea)' }]
[[fault.mode]]
name = "noon"
includes = ["auth-in-order"]
predict = [{ on = "backend.health protected", result = ["unavailable"] }]
facts = { "backend.rollout" = ["ready"] }
"#;

fn with(text: &str) -> Result<Catalogue, ConfigError> {
    Catalogue::of(&[("lunch.toml".to_owned(), text.to_owned())])
}

/// Returns the text that the error points at.
fn marked(error: &ConfigError, text: &str) -> String {
    let label = error.labels().expect("a place").next().expect("one").inner().to_owned();
    text[label.offset()..label.offset() + label.len()].to_owned()
}

#[test]
fn an_added_entry_extends_the_built_in_catalogue() {
    let catalogue = with(ENTRY).expect("it is in order");
    assert_eq!(catalogue.ids().count(), Catalogue::shipped().ids().count() + 1);
    assert_eq!(catalogue.entry("backend/lunch-break").expect("it is there").title, "The backend is out for lunch");
}

#[rstest]
#[case::optional("optional", "where sign-in is optional")]
#[case::required("required", "where sign-in is required")]
fn an_added_entry_may_say_where_sign_in_is_required(#[case] word: &str, #[case] said: &str) {
    let text = ENTRY.replace("backend.health protected", &format!("protected {word}"));
    let entry = with(&text).expect("it is in order").entry("backend/lunch-break").expect("it is there");
    assert!(entry.modes[0].foretells.iter().any(|line| line.contains(said)), "{:?}", entry.modes[0].foretells);
}

#[rstest]
#[case::selector("protected valid = un", "protected vaild = un", "vaild", "did you mean `valid`?")]
#[case::signing_in("backend.health protected", "protected optionl", "optionl", "did you mean `optional`?")]
#[case::selector_of_a_prediction(
    "backend.health protected",
    "backend.helth protected",
    "backend.helth",
    "`backend.health`?"
)]
#[case::result_of_a_proof("valid = unavailable", "valid = unavailble", "unavailble", "`unavailable`?")]
#[case::result("[\"unavailable\"]", "[\"unavailble\"]", "\"unavailble\"", "`unavailable`?")]
#[case::fact("\"backend.rollout\" =", "\"backend.rolout\" =", "backend.rolout", "`backend.rollout`?")]
#[case::value_of_a_fact("[\"ready\"]", "[\"raedy\"]", "raedy", "`ready`?")]
#[case::set("auth-in-order", "auth-in-ordre", "auth-in-ordre", "`auth-in-order`?")]
#[case::hop("backend/lunch", "backnd/lunch", "backnd", "`backend`?")]
#[case::key("owner =", "ownr =", "ownr", "`owner`?")]
#[case::prior("\"rare\"", "\"rarely\"", "\"rarely\"", "`rare`?")]
#[case::no_proof("protected valid = unavailable", "protected", "protected", "")]
#[case::expression("(lunch|tea)", "(lunch|tea", "(", "")]
#[case::too_large_an_expression("(lunch|tea)", r"\w{999}{999}", r"(?i)out for \w{999}{999}", "")]
#[case::mode_of_a_link("mark = true", "mode = \"night\"", "night", "`noon`")]
#[case::taken("backend/lunch-break", "auth/down", "auth/down", "`replaces = true` replaces it")]
#[case::replaces_nothing("prior =", "replaces = true\nprior =", "backend/lunch-break", "")]
fn a_mistake_is_shown_at_its_place(#[case] right: &str, #[case] wrong: &str, #[case] under: &str, #[case] help: &str) {
    let text = ENTRY.replacen(right, wrong, 1);
    let error = with(&text).expect_err("it is not in order");
    let said = miette::Diagnostic::help(&error).map(|help| help.to_string()).unwrap_or_default();
    assert_eq!(marked(&error, &text).trim_matches('"'), under.trim_matches('"'), "{error}");
    assert!(said.contains(help), "{error}: {said}");
}

#[test]
fn an_entry_may_replace_a_built_in_one() {
    let text = ENTRY.replace("backend/lunch-break", "auth/down").replace("prior =", "replaces = true\nprior =");
    let catalogue = with(&text).expect("it is in order");
    assert_eq!(catalogue.ids().count(), Catalogue::shipped().ids().count());
    assert_eq!(catalogue.entry("auth/down").expect("it is there").title, "The backend is out for lunch");
}

#[test]
fn an_entry_without_a_mode_is_refused() {
    let text = ENTRY.split("[[fault.mode]]").next().expect("the head");
    assert!(with(text).expect_err("it predicts nothing").to_string().contains("mode"));
}

proptest::proptest! {
    #[test]
    fn no_text_causes_a_panic(at in 0..ENTRY.len(), put in ".{0,12}") {
        if ENTRY.is_char_boundary(at) {
            drop(parse("any.toml", &format!("{}{put}{}", &ENTRY[..at], &ENTRY[at..])));
            drop(parse("any.toml", &format!("{}{put}", &ENTRY[..at])));
        }
    }
}
