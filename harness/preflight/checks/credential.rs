//! Secrets that the manifest holds as literals, and secrets without a fixed version.

use crate::evidence::{EnvValue, Layout, suggests_a_credential};
use crate::preflight::input::Subject;
use crate::preflight::review::{Check, Problem, Review};

pub(super) fn check(run: &Review<'_>, subject: &Subject) -> Vec<Problem> {
    let literals = match subject.declaration.manifest.layout {
        // An env file holds literals only.
        Layout::EnvFile => Vec::new(),
        Layout::CloudRun | Layout::Kubernetes | Layout::Compose | Layout::Ecs => literals(run, subject),
    };
    literals.into_iter().chain(latest(run, subject)).collect()
}

fn literals(run: &Review<'_>, subject: &Subject) -> Vec<Problem> {
    let is_literal = |value: &EnvValue| matches!(value, EnvValue::Plain(_) | EnvValue::Hidden { empty: false });
    let one = |(name, value): (&String, &EnvValue)| {
        let by_contract = run.contract.knows(&subject.service, name).is_some_and(|one| one.secret);
        let check = match by_contract {
            true => Check::LiteralSecret,
            false if suggests_a_credential(name) => Check::CredentialLiteral,
            false => return None,
        };
        let says = format!("{name} holds its value as a literal: refer to a secret instead");
        let problem = run.of_variable(check, subject, name, None, says);
        is_literal(value).then(|| run.set(problem, subject, &[(name, None)], true))
    };
    subject.declaration.manifest.env.iter().filter_map(one).collect()
}

/// Returns one problem for all variables that refer to the newest version of a secret.
fn latest(run: &Review<'_>, subject: &Subject) -> Option<Problem> {
    let is_latest = |value: &EnvValue| matches!(value, EnvValue::Secret { version, .. } if version == "latest");
    let env = subject.declaration.manifest.env.iter();
    let names: Vec<&str> = env.filter(|(_, value)| is_latest(value)).map(|(name, _)| name.as_str()).collect();
    let says = || {
        format!(
            "{} refer to the version `latest`: after a rotation, instances that start later have another value",
            names.join(", ")
        )
    };
    (!names.is_empty()).then(|| run.problem(Check::SecretLatest, subject, says()))
}
