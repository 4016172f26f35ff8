//! The files that users write: targets, scenarios, catalogue entries, contracts, and sentences of components.

use std::collections::BTreeSet;
use std::path::Path;

use super::{on_any_input, samples, text};
use crate::config::TargetFile;
use crate::diagnose::Catalogue;
use crate::fixtures::staging;
use crate::preflight::Contract;
use crate::scenario::Scenario;
use crate::statements::meanings;

#[test]
fn every_target_file_is_read_or_refused() {
    on_any_input!(vec![include_bytes!("../../fivewhys.toml").to_vec()], |bytes| {
        let checked = TargetFile::check("target.toml", &text(bytes), Path::new("."));
        assert_eq!(checked.file.is_some(), checked.mistakes.is_empty(), "a file is read, or has a mistake");
    });
}

#[test]
fn every_scenario_is_read_or_refused() {
    on_any_input!(samples("scenarios"), |bytes| {
        let (scenario, mistakes) = Scenario::check_text("scenario.toml", &text(bytes));
        assert_eq!(scenario.is_some(), mistakes.is_empty(), "a scenario is read, or has a mistake");
    });
}

#[test]
fn every_catalogue_file_is_read_or_refused() {
    on_any_input!(samples("harness/diagnose/faults"), |bytes| {
        let _ = Catalogue::check(&[("catalogue.toml".to_owned(), text(bytes))], None);
    });
}

#[test]
fn every_contract_is_read_or_refused() {
    let target = staging();
    let shipped = vec![include_bytes!("../preflight/contract/shipped.toml").to_vec()];
    on_any_input!(shipped, |bytes| {
        let _ = Contract::parse("contract.toml", &text(bytes), &target, Catalogue::shipped());
    });
}

#[test]
fn every_sentence_has_each_meaning_once() {
    on_any_input!(samples("harness/statements/products"), |bytes| {
        let all = meanings(&text(bytes));
        let once: BTreeSet<String> = all.iter().map(|meaning| format!("{meaning:?}")).collect();
        assert_eq!(once.len(), all.len(), "{all:?}");
    });
}
