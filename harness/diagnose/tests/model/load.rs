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
does = [{ effect = "pause" }]
[[fault.mode]]
name = "noon"
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
    let text = ENTRY.replace("protected valid = un", &format!("protected {word} valid = un"));
    let entry = with(&text).expect("it is in order").entry("backend/lunch-break").expect("it is there");
    assert!(entry.whys[0].proof.contains(said), "{:?}", entry.whys);
}

#[rstest]
#[case::selector("protected valid = un", "protected vaild = un", "vaild", "did you mean `valid`?")]
#[case::signing_in("protected valid = un", "protected optionl = un", "optionl", "did you mean `optional`?")]
#[case::place("protected valid = un", "backend.helth = un", "backend.helth", "`backend.health`?")]
#[case::result_of_a_proof("valid = unavailable", "valid = unavailble", "unavailble", "`unavailable`?")]
#[case::effect("\"pause\"", "\"pasue\"", "\"pasue\"", "`pause`?")]
#[case::fact("\"backend.rollout\" =", "\"backend.rolout\" =", "backend.rolout", "`backend.rollout`?")]
#[case::value_of_a_fact("[\"ready\"]", "[\"raedy\"]", "raedy", "`ready`?")]
#[case::hop("backend/lunch", "backnd/lunch", "backnd", "`backend`?")]
#[case::key("owner =", "ownr =", "ownr", "`owner`?")]
#[case::prior("\"rare\"", "\"rarely\"", "\"rarely\"", "`rare`?")]
#[case::no_proof("protected valid = unavailable", "protected", "protected", "")]
#[case::expression("(lunch|tea)", "(lunch|tea", "(", "")]
#[case::too_large_an_expression("(lunch|tea)", r"\w{999}{999}", r"(?i)out for \w{999}{999}", "")]
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

#[rstest]
#[case::of_a_mode("[[fault.mode]]", "[[fault.mode]]\npredict = []", "predict")]
#[case::a_set("[[fault.mode]]", "[[fault.mode]]\nincludes = [\"auth-in-order\"]", "includes")]
fn an_entry_of_an_earlier_version_is_shown_the_new_form(#[case] right: &str, #[case] wrong: &str, #[case] under: &str) {
    let text = ENTRY.replacen(right, wrong, 1);
    let error = with(&text).expect_err("it is of an earlier version");
    let help = miette::Diagnostic::help(&error).expect("a help").to_string();
    assert_eq!(marked(&error, &text), under, "{error}");
    assert!(help.contains("does = [{ effect ="), "{help}");
}

#[test]
fn an_entry_needs_no_mode() {
    let text = ENTRY.split("[[fault.mode]]").next().expect("the head");
    assert!(with(text).is_ok());
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
