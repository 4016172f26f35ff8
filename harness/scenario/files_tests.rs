//! The shipped scenarios, and reading a folder.

use std::collections::BTreeSet;

use rstest::rstest;

use super::*;
use crate::target::{Overrides, Role, TargetFile};
use crate::token::TokenKind;

fn shipped(id: &str) -> Scenario {
    embedded().unwrap().into_iter().find(|scenario| scenario.id == id).unwrap()
}

#[rstest]
#[case("offline")]
#[case("staging")]
fn the_shipped_scenarios_fit_the_shipped_targets(#[case] name: &str) {
    let target = TargetFile::embedded().unwrap().resolve(Some(name), &Overrides::default()).unwrap();
    for scenario in embedded().unwrap() {
        scenario.on(&target).check(&target).unwrap_or_else(|error| panic!("{}: {error}", scenario.id));
    }
}

#[test]
fn the_folder_holds_what_is_shipped() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let ids = |scenarios: Vec<Scenario>| scenarios.into_iter().map(|scenario| scenario.id).collect::<BTreeSet<_>>();
    assert_eq!(ids(read_dir(&folder).unwrap()), ids(embedded().unwrap()));
}

#[rstest]
#[case("health")]
#[case("chat-stream")]
#[case("chat-messages")]
#[case("threads")]
#[case("websocket-events")]
#[case("oauth")]
#[case("agents-execute")]
#[case("token-validation")]
#[case("negative-controls")]
fn each_scenario_says_what_it_gives_under_each_fault_in_each_dialect(#[case] id: &str) {
    let scenario = shipped(id);
    let row = |row: &crate::scenario::Attribution| (row.fault.clone(), row.dialect.clone(), row.startup_validation);
    let rows: BTreeSet<_> = scenario.attribution.iter().map(row).collect();
    assert_eq!((rows.len(), scenario.attribution.len()), (16, 16));
}

#[test]
fn every_protected_surface_has_its_controls_after_it_was_seen_to_accept() {
    let target = TargetFile::embedded().unwrap().resolve(None, &Overrides::default()).unwrap();
    let scenario = shipped("negative-controls").on(&target);
    for surface in target.surfaces.values().filter(|surface| surface.role == Role::Protected) {
        let steps = scenario.steps.iter().filter(|step| step.call == surface.id);
        let tokens: Vec<TokenKind> = steps.map(|step| step.token).collect();
        let expected =
            [TokenKind::Valid, TokenKind::None, TokenKind::Malformed, TokenKind::WrongKey, TokenKind::Expired];
        assert_eq!(tokens, expected, "{}", surface.id);
    }
    let last_accepted = scenario.steps.iter().rposition(|step| !step.expect.refused).unwrap();
    assert!(scenario.steps[..last_accepted].iter().all(|step| !step.expect.refused));
}

#[test]
fn a_folder_without_a_scenario_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    assert!(read_dir(folder.path()).unwrap_err().message().starts_with("there is no scenario"));
    assert!(read_dir(&folder.path().join("nowhere")).unwrap_err().message().starts_with("cannot read"));
}
