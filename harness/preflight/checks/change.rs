//! The differences from the previous manifest: variables that were lost, added or changed.

use super::{origin, value};
use crate::evidence::{Declaration, EnvValue, Manifest};
use crate::preflight::input::Subject;
use crate::preflight::review::{Check, Problem, Review};

/// The number of lost variables from which on an environment may count as replaced.
const SOME: usize = 3;

pub(super) fn check(run: &Review<'_>, subject: &Subject) -> Vec<Problem> {
    let Some(before) = run.before(subject) else { return Vec::new() };
    let now = &subject.declaration.manifest;
    let lost = lost(now, &before.manifest);
    let mut problems: Vec<Problem> = replaced(run, subject, before, &lost).into_iter().collect();
    for (name, value) in &lost {
        // A required variable that is set under no name is a problem of its own.
        let is_reported =
            run.contract.knows(&subject.service, name).is_some_and(|one| one.required && one.read(now).is_none());
        if !is_reported {
            let says =
                format!("{name} was lost: the previous manifest, {}, has it {}", before.manifest.name, origin(value));
            let fault = run.contract.knows(&subject.service, name).and_then(|one| one.faults.lost.as_ref());
            let problem = run.of_variable(Check::VariableLost, subject, name, fault, says);
            problems.push(run.set(problem, subject, &[(name, Some(value))], false));
        }
    }
    for (name, value) in &now.env {
        let Some(then) = before.manifest.env.get(name) else {
            let says = format!("{name} is new, {}", origin(value));
            problems.push(run.of_variable(Check::VariableAdded, subject, name, None, says));
            continue;
        };
        let says = changed(run, (&subject.declaration, value), (before, then), name);
        let says = says.map(|says| format!("{name} {says}"));
        problems.extend(says.map(|says| run.of_variable(Check::VariableChanged, subject, name, None, says)));
    }
    problems
}

/// Returns the variables that the previous manifest has and this one has not. A whole Secret that is new may hold them.
pub(crate) fn lost<'b>(now: &Manifest, before: &'b Manifest) -> Vec<(&'b str, &'b EnvValue)> {
    if now.env_from.iter().any(|source| !before.env_from.contains(source)) {
        return Vec::new();
    }
    let gone = before.env.iter().filter(|(name, value)| !now.env.contains_key(*name) && !value.is_empty());
    gone.map(|(name, value)| (name.as_str(), value)).collect()
}

/// Reports whether so many lost variables are most of those that the manifest had.
pub(crate) fn is_replaced(lost: usize, before: &Manifest) -> bool {
    lost >= SOME && lost * 2 > before.env.len()
}

/// Returns the problem that most variables are gone, with the command that brings all of them back.
fn replaced(run: &Review<'_>, subject: &Subject, before: &Declaration, lost: &[(&str, &EnvValue)]) -> Option<Problem> {
    if !is_replaced(lost.len(), &before.manifest) {
        return None;
    }
    let names: Vec<&str> = lost.iter().map(|(name, _)| *name).collect();
    let says = format!(
        "the whole environment was replaced: {} of {} variables of {} are gone ({})",
        lost.len(),
        before.manifest.env.len(),
        before.manifest.name,
        names.join(", ")
    );
    let problem = run.problem(Check::EnvironmentReplaced, subject, says);
    let lost: Vec<_> = lost.iter().map(|(name, value)| (*name, Some(*value))).collect();
    Some(run.set(problem, subject, &lost, false))
}

/// Says how a variable changed: `has another literal value: …`, `comes from … now, and from … before`.
pub(crate) fn changed(
    run: &Review<'_>,
    (now, value): (&Declaration, &EnvValue),
    (before, then): (&Declaration, &EnvValue),
    name: &str,
) -> Option<String> {
    let (a, b) = (now.literals.get(name), before.literals.get(name));
    match value::equal(a, b) {
        Some(true) => None,
        Some(false) => {
            let print = |literal| run.fingerprints.of(literal);
            let prints = a.zip(b).map(|(a, b)| format!("fingerprint {} now, {} before", print(a), print(b)));
            Some(format!("has another literal value: {}", prints.unwrap_or_default()))
        }
        None if value == then => None,
        None => Some(format!("comes {} now, and {} before", origin(value), origin(then))),
    }
}
