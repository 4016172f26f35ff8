//! Whether every required variable is set, and which of its names the service reads.

use super::origin;
use crate::evidence::{EnvValue, Manifest};
use crate::preflight::contract::Requirement;
use crate::preflight::input::Subject;
use crate::preflight::review::{Check, Problem, Review};

pub(super) fn check(run: &Review<'_>, subject: &Subject) -> Vec<Problem> {
    let of = |(_, requirement): (&str, &Requirement)| one(run, subject, requirement);
    run.contract.of(&subject.service).filter_map(of).chain(not_known(run, subject)).collect()
}

/// Returns the note that something cannot be checked: the contract does not name the service, or a source of variables is
/// not at hand.
fn not_known(run: &Review<'_>, subject: &Subject) -> Option<Problem> {
    let sources = &subject.declaration.manifest.env_from;
    if run.contract.of(&subject.service).next().is_none() {
        let says = format!("the contract does not name the service {}", subject.service);
        return Some(run.problem(Check::ServiceUnknown, subject, says));
    }
    let says = || format!("variables may come from {}, which is not at hand", sources.join(" and "));
    (!sources.is_empty()).then(|| run.problem(Check::SourceNotRead, subject, says()))
}

fn one(run: &Review<'_>, subject: &Subject, requirement: &Requirement) -> Option<Problem> {
    let manifest = &subject.declaration.manifest;
    let before = run.before(subject).and_then(|before| Some((&before.manifest, requirement.read(&before.manifest)?)));
    match requirement.read(manifest) {
        Some((name, value)) => aliases(run, subject, requirement, (name, value), before.map(|(_, (name, _))| name)),
        None => missing(run, subject, requirement, before),
    }
}

/// Returns the problem of a variable that is not set. A whole Secret or ConfigMap may hold it: then nothing is known.
fn missing(
    run: &Review<'_>,
    subject: &Subject,
    requirement: &Requirement,
    before: Option<(&Manifest, (&str, &EnvValue))>,
) -> Option<Problem> {
    let manifest = &subject.declaration.manifest;
    if !manifest.env_from.is_empty() {
        return None;
    }
    let blank = requirement.names.iter().find(|name| manifest.env.contains_key(*name));
    let names = requirement.names.join(" or ");
    let (check, name, says) = match (blank, before) {
        (Some(name), _) if requirement.required => (Check::RequiredBlank, name.as_str(), format!("{name} is blank")),
        (Some(name), _) => (Check::OptionalBlank, name.as_str(), format!("{name} is blank")),
        (None, _) if !requirement.required => return None,
        (None, Some((then, (name, value)))) => (
            Check::RequiredLost,
            name,
            format!("{name} was lost: the previous manifest, {}, has it {}", then.name, origin(value)),
        ),
        (None, None) => {
            let similar = similar(requirement, manifest);
            let similar = similar.map(|name| format!(", but {name} is, which the contract does not name"));
            let says = format!("{names} is not set{}", similar.unwrap_or_default());
            (Check::RequiredAbsent, requirement.first(), says)
        }
    };
    let problem = run.of_variable(check, subject, name, requirement.faults.lost.as_ref(), says);
    let value = before.map(|(_, (_, value))| value);
    Some(run.set(problem, subject, &[(name, value.or_else(|| run.shared_secret(requirement)))], requirement.secret))
}

/// Returns the problem of a variable that is set under several names, or under another name than before.
fn aliases(
    run: &Review<'_>,
    subject: &Subject,
    requirement: &Requirement,
    (name, value): (&str, &EnvValue),
    before: Option<&str>,
) -> Option<Problem> {
    if let Some(before) = before.filter(|before| *before != name) {
        let says = format!("the service reads {name} now, and {before} before");
        return Some(run.of_variable(Check::AliasChanged, subject, name, requirement.faults.wrong.as_ref(), says));
    }
    let literals = &subject.declaration.literals;
    let manifest = &subject.declaration.manifest;
    let differs = |other: &&String| {
        let there = manifest.set(other);
        let equal = super::value::equal(literals.get(name), literals.get(*other));
        there.is_some_and(|there| equal.map_or(there != value, |equal| !equal))
    };
    let shadowed: Vec<&str> =
        requirement.names.iter().filter(|other| *other != name).filter(differs).map(String::as_str).collect();
    let says = || format!("the service reads {name} and not {}, which differs", shadowed.join(", "));
    (!shadowed.is_empty()).then(|| run.of_variable(Check::AliasShadowed, subject, name, None, says()))
}

/// Returns a variable whose name continues one of the names, or is continued by it: the code may have read it once.
fn similar<'m>(requirement: &Requirement, manifest: &'m Manifest) -> Option<&'m str> {
    let continues = |long: &str, short: &str| long.strip_prefix(short).is_some_and(|rest| rest.starts_with('_'));
    let is_similar =
        |there: &&String| requirement.names.iter().any(|name| continues(there, name) || continues(name, there));
    manifest.env.keys().find(is_similar).map(String::as_str)
}
