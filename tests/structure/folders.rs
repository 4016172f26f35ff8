//! Folders that a person can take in.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::sources::below;

/// Source files in one folder.
const MOST: usize = 14;

fn sources() -> Vec<PathBuf> {
    ["harness", "mocks", "tests", "benches", "xtask", "examples"]
        .into_iter()
        .filter(|folder| super::sources::root().join(folder).is_dir())
        .flat_map(|folder| below(folder, "rs"))
        .collect()
}

#[test]
fn no_folder_holds_more_files_than_a_person_can_take_in() {
    let mut counts = BTreeMap::<PathBuf, usize>::new();
    for path in sources() {
        *counts.entry(path.parent().expect("a folder").to_owned()).or_default() += 1;
    }
    counts.retain(|_, count| *count > MOST);
    assert!(counts.is_empty(), "at most {MOST} .rs files in a folder: {counts:?}");
}

#[test]
fn no_folder_is_called_like_the_build_output() {
    let named = |path: &PathBuf| path.iter().any(|part| part == "target");
    assert_eq!(sources().into_iter().find(named), None, "tools skip a folder called `target`");
}
