//! Values that two services share.

use secrecy::ExposeSecret as _;

use crate::evidence::{Declaration, EnvValue};
use crate::preflight::contract::Requirement;
use crate::preflight::input::{Subject, find};
use crate::preflight::review::{Check, Problem, Review};

pub(super) fn check(run: &Review<'_>, subject: &Subject) -> Vec<Problem> {
    let one = |(_, requirement): (&str, &Requirement)| {
        let link = requirement.must_equal.as_ref()?;
        let there = find(run.now, &link.service)?;
        let own = (&subject.declaration, requirement.read(&subject.declaration.manifest)?);
        let other = (there, run.contract.shared(link)?.read(&there.manifest)?);
        let (check, why) = compare(run, own, other)?;
        let name = own.1.0;
        let says = format!("{name} must have the same value as {} of {}: {why}", other.1.0, link.service);
        let fault = requirement.faults.wrong.as_ref();
        let problem = run.of_variable(check, subject, name, fault, says);
        let value = matches!(other.1.1, EnvValue::Secret { .. }).then_some(other.1.1);
        Some(run.set(problem, subject, &[(name, value)], requirement.secret))
    };
    run.contract.of(&subject.service).filter_map(one).collect()
}

/// A service, and the variable that it reads.
type Read<'a> = (&'a Declaration, (&'a str, &'a EnvValue));

/// Returns the check and the reason if two values are not proven to be equal. Only pinned versions of one secret and
/// two literals differ for sure.
fn compare(run: &Review<'_>, own: Read<'_>, other: Read<'_>) -> Option<(Check, String)> {
    let literal = |(declaration, (name, _)): Read<'_>| declaration.literals.get(name).cloned();
    if let Some((a, b)) = literal(own).zip(literal(other)) {
        let differ = a.expose_secret().trim() != b.expose_secret().trim();
        let prints = [&a, &b].map(|value| run.fingerprints.of(value));
        return differ
            .then(|| (Check::SharedValueDiffers, format!("their fingerprints are {} and {}", prints[0], prints[1])));
    }
    let (a, b) = (own.1.1, other.1.1);
    let (EnvValue::Secret { name, version }, EnvValue::Secret { name: there, version: then }) = (a, b) else {
        return (a != b).then(|| (Check::SharedValueUnproven, "one is a literal and one is a reference".to_owned()));
    };
    let is_pinned = |version: &str| !matches!(version, "latest" | "");
    let refer = format!("they refer to {a} and {b}");
    match name == there {
        true if version == then => None,
        true if is_pinned(version) && is_pinned(then) => Some((Check::SharedValueDiffers, refer)),
        _ => Some((Check::SharedValueUnproven, refer)),
    }
}
