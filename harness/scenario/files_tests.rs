//! The shipped scenarios, and reading a folder.

use std::collections::BTreeSet;

use super::*;
use crate::target::{Overrides, TargetFile};
use crate::token::TokenKind;

#[test]
fn the_shipped_scenarios_parse_and_fit_both_shipped_targets() {
    let file = TargetFile::embedded().unwrap();
    for name in file.names() {
        let target = file.resolve(Some(name), &Overrides::default()).unwrap();
        for scenario in embedded().unwrap() {
            scenario.check(&target).unwrap_or_else(|error| panic!("{} on {name}: {error}", scenario.id));
        }
    }
}
