//! Checks target files, scenarios and catalogue files, and lists every mistake in them.
//!
//! Start at [`files`], which `fivewhys check` calls.
//!
//! - `listed`: the files to check, each read once
//! - `kind`: the kind of a file, by its top-level keys
//! - `differently`: what would be sent otherwise than it is written
//! - `old_spelling`: keys and words of earlier versions, which are still accepted
//!
//! Invariant: this folder never sends a request, resolves a host name, runs a command or reads a secret.

mod differently;
mod kind;
mod listed;
mod old_spelling;

use std::path::{Path, PathBuf};

use crate::config::{Target, TargetFile};
use crate::diagnose::Catalogue;
use crate::document::ConfigError;
use crate::scenario::Scenario;

pub(crate) use self::differently::Warning;
use self::kind::Kind;
use self::listed::{Listed, Text};
pub(crate) use self::old_spelling::OldSpelling;

/// The result of a check: counts, notes and mistakes.
#[derive(Debug, Default)]
pub(crate) struct Checked {
    /// The number of files that were read.
    pub(crate) files: usize,
    /// The number of targets in them.
    pub(crate) targets: usize,
    /// The number of scenarios in them.
    pub(crate) scenarios: usize,
    /// The number of faults in them.
    pub(crate) faults: usize,
    /// The name of the target that the scenarios were checked against.
    pub(crate) against: Option<String>,
    /// Files of a named folder that are not of the three kinds. They were skipped.
    pub(crate) left: Vec<PathBuf>,
    /// Targets with values to fill in: file and name.
    pub(crate) examples: Vec<(String, String)>,
    /// Old spellings that are still accepted, file by file.
    pub(crate) old_spellings: Vec<OldSpelling>,
    /// What would be sent otherwise than it is written, file by file.
    pub(crate) warnings: Vec<Warning>,
    /// Every mistake, file by file.
    pub(crate) mistakes: Vec<ConfigError>,
}

/// The target file for scenarios that are named without one.
pub(crate) struct Home {
    /// The path of the target file. `None` stands for the built-in one.
    pub(crate) file: Option<PathBuf>,
    /// Whether the user named it. It then takes precedence over the target files that are checked.
    pub(crate) named: bool,
}

/// Checks these files, and every `*.toml` of these folders, and the scenarios that the picked target names. `pick` returns
/// the target that the scenarios are checked against.
pub(crate) fn files(
    paths: &[PathBuf],
    home: &Home,
    pick: &dyn Fn(&TargetFile) -> Result<Target, ConfigError>,
) -> Checked {
    let mut checked = Checked::default();
    let mut listed = Listed::of(paths, &mut checked);
    let file = the_targets_file(home, &mut listed, &mut checked);
    let mut read = Vec::new();
    let targets: Vec<Text> = listed.each(Kind::Target).cloned().collect();
    for text in targets {
        let folder = text.path.parent().unwrap_or(Path::new(""));
        let found = TargetFile::check(&text.name(), &text.text, folder);
        checked.files += 1;
        checked.targets += found.targets;
        checked.examples.extend(found.examples.into_iter().map(|target| (text.name(), target)));
        checked.mistakes.extend(found.mistakes);
        for (target, endpoints) in &found.endpoints {
            for warning in endpoints.iter().flat_map(|placed| differently::of(placed, target)) {
                // A mistake in the defaults appears in every target.
                if !checked.warnings.contains(&warning) {
                    checked.warnings.push(warning);
                }
            }
        }
        read.extend(found.file.map(|file| (text.path.clone(), file)));
        listed.add_faults(&found.catalogue, &mut checked);
    }
    let is_checked = |path: &PathBuf| read.iter().any(|(own, _)| own == path);
    let file = file.or_else(|| home.file.clone().filter(is_checked));
    let target = match &file {
        Some(path) => read.iter().find(|(own, _)| own == path).map(|(_, file)| pick(file)),
        None => TargetFile::embedded().ok().as_ref().map(pick),
    };
    let own = target.as_ref().and_then(|target| target.as_ref().ok());
    own.and_then(|target| target.scenarios.as_ref()).into_iter().for_each(|own| listed.add_folder(own, &mut checked));
    checked.old_spellings = listed.texts().flat_map(old_spelling::of).collect();
    // A catalogue file that is checked alone may belong to any target.
    let own = target.as_ref().filter(|_| file.is_some()).and_then(|target| target.as_ref().ok());
    of_catalogue(&listed, own, &mut checked);
    of_scenarios(&listed, target, &mut checked);
    checked
}

/// Returns the file whose target the scenarios are checked against. That file is checked as well.
fn the_targets_file(home: &Home, listed: &mut Listed, checked: &mut Checked) -> Option<PathBuf> {
    let given: Vec<PathBuf> = listed.each(Kind::Target).map(|text| text.path.clone()).collect();
    let scenarios = listed.each(Kind::Scenario).next().is_some();
    match given.as_slice() {
        [only] if !home.named => Some(only.clone()),
        [_, _, ..] if !home.named && scenarios => {
            let message = "there are several target files: name the one that the scenarios belong to";
            checked.mistakes.push(ConfigError::new(message).help("add `--config FILE`"));
            None
        }
        _ => {
            let file = home.file.clone().filter(|_| scenarios)?;
            listed.add(&file, checked);
            Some(file)
        }
    }
}

fn of_catalogue(listed: &Listed, target: Option<&Target>, checked: &mut Checked) {
    let texts: Vec<(String, String)> =
        listed.each(Kind::Catalogue).map(|text| (text.name(), text.text.clone())).collect();
    if !texts.is_empty() {
        let (faults, mistakes) = Catalogue::check(&texts, target);
        checked.files += texts.len();
        checked.faults = faults;
        checked.mistakes.extend(mistakes);
    }
}

fn of_scenarios(listed: &Listed, target: Option<Result<Target, ConfigError>>, checked: &mut Checked) {
    if listed.each(Kind::Scenario).next().is_none() {
        return;
    }
    let target = target.and_then(|target| target.map_err(|mistake| checked.mistakes.push(mistake)).ok());
    for text in listed.each(Kind::Scenario) {
        let (scenario, mistakes) = Scenario::check_text(&text.name(), &text.text);
        checked.files += 1;
        checked.scenarios += 1;
        checked.mistakes.extend(mistakes);
        if let (Some(scenario), Some(target)) = (scenario, &target) {
            checked.mistakes.extend(scenario.on(target).mistakes(target));
        }
    }
    checked.against = target.map(|target| target.name);
}

#[cfg(test)]
mod tests;
