//! A variable that a fault's own log line names and that the backend's manifest lacks.

use crate::diagnose::infer::candidate::Candidate;
use crate::diagnose::infer::case::Case;
use crate::diagnose::infer::conflict::conflicting_fact;
use crate::terms::Service;

/// Reports whether the fault's own line names a variable that the backend's manifest lacks. The code may read that name,
/// although the manifest maps another name for the same value: then the line outweighs the manifest.
///
/// A name that the target knows for another role than that of the contradicted fact is no such name.
pub(super) fn names_what_is_missing(one: &Candidate<'_>, case: &Case<'_>) -> bool {
    let Some(line) = one.log.as_ref().filter(|line| line.is_ours) else { return false };
    let Some((entry, backend)) = case.logbook.entries.get(line.entry).zip(case.manifests.get(&Service::Backend)) else {
        return false;
    };
    let contradicted = conflicting_fact(one.mode, case).and_then(|key| key.strip_prefix("backend."));
    let of_another = |name: &str| {
        let mut roles = case.target.variables.iter().filter(|(_, names)| names.iter().any(|known| known == name));
        contradicted.is_some_and(|role| roles.clone().next().is_some() && !roles.any(|(known, _)| known == role))
    };
    variables(&entry.text).any(|name| !backend.env.contains_key(name) && !of_another(name))
}

/// Returns the name in the fault's own line that this role has and the backend's manifest lacks.
pub(crate) fn missing_name<'n>(one: &Candidate<'_>, names: &'n [String], case: &Case<'_>) -> Option<&'n str> {
    let line = one.log.as_ref().filter(|line| line.is_ours)?;
    let backend = case.manifests.get(&Service::Backend)?;
    // An entry may list several problems, one a line: only the quoted line is about this fault.
    let is_named = |name: &&String| variables(&line.says).any(|word| word == *name);
    names.iter().find(|name| !backend.env.contains_key(*name) && is_named(name)).map(String::as_str)
}

/// Returns the words of a text that look like names of environment variables.
fn variables(text: &str) -> impl Iterator<Item = &str> {
    let is_variable = |word: &&str| {
        word.contains('_')
            && word.len() > 3
            && word.chars().all(|one| one.is_ascii_uppercase() || one == '_' || one.is_ascii_digit())
    };
    text.split(|one: char| !(one.is_ascii_alphanumeric() || one == '_')).filter(is_variable)
}
