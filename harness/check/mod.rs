//! Looks at target files, scenarios and catalogue files to the end, and lists every mistake. Sends nothing, resolves no name, reads no secret;
//! `cli` calls it.

mod kind;
mod listed;

use std::path::{Path, PathBuf};

use crate::config::{Target, TargetFile};
use crate::diagnose::Catalogue;
use crate::document::ConfigError;
use crate::scenario::Scenario;

use self::kind::Kind;
use self::listed::Listed;

/// What was looked at, and what is wrong with it.
#[derive(Debug, Default)]
pub(crate) struct Checked {
    /// Files that were read.
    pub(crate) files: usize,
    /// Targets in them.
    pub(crate) targets: usize,
    /// Scenarios in them.
    pub(crate) scenarios: usize,
    /// Faults in them.
    pub(crate) faults: usize,
    /// The target that the scenarios were held against.
    pub(crate) against: Option<String>,
    /// Files of a named folder that are none of the three kinds.
    pub(crate) left: Vec<PathBuf>,
    /// Targets that are not filled in: file and name.
    pub(crate) examples: Vec<(String, String)>,
    /// Every mistake, file by file.
    pub(crate) mistakes: Vec<ConfigError>,
}

/// Where scenarios that are named without a target file belong to.
pub(crate) struct Home {
    /// The target file; the built-in one where there is none.
    pub(crate) file: Option<PathBuf>,
    /// Whether it was named, and so wins over target files among those to be checked.
    pub(crate) named: bool,
}

/// Looks at these files and at the `*.toml` of these folders; `pick` picks the target of a file that scenarios are held against.
pub(crate) fn files(
    paths: &[PathBuf],
    home: &Home,
    pick: &dyn Fn(&TargetFile) -> Result<Target, ConfigError>,
) -> Checked {
    let mut checked = Checked::default();
    let mut listed = Listed::of(paths, &mut checked);
    let file = the_targets_file(home, &mut listed, &mut checked);
    let mut read = Vec::new();
    for text in listed.each(Kind::Target) {
        let folder = text.path.parent().unwrap_or(Path::new(""));
        let found = TargetFile::check(&text.name(), &text.text, folder);
        checked.files += 1;
        checked.targets += found.targets;
        checked.examples.extend(found.examples.into_iter().map(|target| (text.name(), target)));
        checked.mistakes.extend(found.mistakes);
        read.extend(found.file.map(|file| (text.path.clone(), file)));
        listed.add_faults(&found.catalogue, &mut checked);
    }
    let target = match &file {
        Some(path) => read.iter().find(|(own, _)| own == path).map(|(_, file)| pick(file)),
        None => TargetFile::embedded().ok().as_ref().map(pick),
    };
    of_catalogue(&listed, &mut checked);
    of_scenarios(&listed, target, &mut checked);
    checked
}

/// The file whose target scenarios are held against; it is looked at as well.
fn the_targets_file(home: &Home, listed: &mut Listed, checked: &mut Checked) -> Option<PathBuf> {
    let given: Vec<PathBuf> = listed.each(Kind::Target).iter().map(|text| text.path.clone()).collect();
    let scenarios = !listed.each(Kind::Scenario).is_empty();
    match given.as_slice() {
        [only] if !home.named => Some(only.clone()),
        [_, _, ..] if !home.named && scenarios => {
            let message = "there are several target files: to which do the scenarios belong?";
            checked.mistakes.push(ConfigError::new(message).help("`--config FILE` names it"));
            None
        }
        _ => {
            let file = home.file.clone().filter(|_| scenarios)?;
            listed.add(&file, checked);
            Some(file)
        }
    }
}

fn of_catalogue(listed: &Listed, checked: &mut Checked) {
    let texts: Vec<(String, String)> =
        listed.each(Kind::Catalogue).iter().map(|text| (text.name(), text.text.clone())).collect();
    if !texts.is_empty() {
        let (faults, mistakes) = Catalogue::check(&texts);
        checked.files += texts.len();
        checked.faults = faults;
        checked.mistakes.extend(mistakes);
    }
}

fn of_scenarios(listed: &Listed, target: Option<Result<Target, ConfigError>>, checked: &mut Checked) {
    let scenarios = listed.each(Kind::Scenario);
    if scenarios.is_empty() {
        return;
    }
    let target = target.and_then(|target| target.map_err(|mistake| checked.mistakes.push(mistake)).ok());
    for text in scenarios {
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
