//! Literal values that the contract does not allow.

use std::sync::LazyLock;

use regex::Regex;
use secrecy::{ExposeSecret as _, SecretString};

use crate::preflight::contract::Requirement;
use crate::preflight::input::Subject;
use crate::preflight::review::{Check, Problem, Review};

/// An address of the machine itself, as a host, in a URL, or in a list of settings (`host=localhost`).
static LOCAL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(^|[/@=,\s])(localhost|127(\.\d{1,3}){3}|0\.0\.0\.0|\[::1?\])($|[:/?,;\s])").expect("a pattern")
});

/// A revision (`-00639-g4g`), a timestamp, a date or a version after an id.
static SUFFIX: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)[-_.](\d{5}-[a-z0-9]{3}|\d{8,}|20\d\d-\d\d-\d\d[\dt:z.-]*|v?\d+\.\d+\.\d+)$").expect("a pattern")
});

pub(super) fn check(run: &Review<'_>, subject: &Subject) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (_, requirement) in run.contract.of(&subject.service) {
        let read = requirement.read(&subject.declaration.manifest);
        if let Some((name, literal)) = read.and_then(|(name, _)| Some((name, literal(subject, name)?))) {
            problems.extend(of_the_contract(run, subject, requirement, (name, literal)));
        }
    }
    let names = subject.declaration.literals.keys().map(String::as_str);
    let unknown = names.filter(|name| run.contract.knows(&subject.service, name).is_none());
    let padded = unknown.filter(|name| literal(subject, name).is_some_and(is_padded));
    problems
        .extend(padded.map(|name| run.of_variable(Check::PaddedUnknown, subject, name, None, padding(subject, name))));
    problems
}

/// Reports whether two literals are equal. `None` when a value is not literal.
pub(super) fn equal(a: Option<&SecretString>, b: Option<&SecretString>) -> Option<bool> {
    a.zip(b).map(|(a, b)| a.expose_secret() == b.expose_secret())
}

fn literal<'s>(subject: &'s Subject, name: &str) -> Option<&'s str> {
    let literal = subject.declaration.literals.get(name)?.expose_secret();
    (!literal.trim().is_empty()).then_some(literal)
}

fn of_the_contract(
    run: &Review<'_>,
    subject: &Subject,
    requirement: &Requirement,
    (name, literal): (&str, &str),
) -> Vec<Problem> {
    let value = literal.trim();
    let (wrong, padded) = (requirement.faults.wrong.as_ref(), requirement.faults.padded.as_ref());
    let local = requirement.not_local && LOCAL.is_match(value) && !run.is_local(subject);
    let suffix = has_suffix(requirement, value);
    let short = requirement.min_length.filter(|least| value.len() < *least);
    let found = [
        is_padded(literal).then(|| (Check::PaddedValue, padded, padding(subject, name))),
        short.map(|least| (Check::TooShort, wrong, format!("{name} is shorter than {least} bytes"))),
        local.then(|| (Check::ForbiddenValue, wrong, format!("{name} is an address of the machine itself"))),
        requirement
            .forbidden
            .iter()
            .any(|one| one.is_match(value))
            .then(|| (Check::ForbiddenValue, wrong, format!("{name} has a value that the contract forbids"))),
        suffix.then(|| (Check::IdSuffix, wrong, format!("{name} goes on after the id of the service"))),
        requirement
            .equals
            .as_ref()
            .filter(|right| *right != value && !suffix)
            .map(|right| (Check::ValueDiffers, wrong, format!("{name} is not `{right}`"))),
    ];
    let problem = |(check, fault, says)| {
        let problem = run.of_variable(check, subject, name, fault, says);
        run.set(problem, subject, &[(name, None)], requirement.secret)
    };
    found.into_iter().flatten().map(problem).collect()
}

/// Reports whether something follows the id: after the known id, or anything like a revision or a timestamp.
fn has_suffix(requirement: &Requirement, value: &str) -> bool {
    let after =
        |right: &String| value.strip_prefix(right.as_str()).is_some_and(|rest| rest.starts_with(['-', '_', '.']));
    let is_right = requirement.equals.as_deref() == Some(value);
    requirement.no_suffix && !is_right && (requirement.equals.as_ref().is_some_and(after) || SUFFIX.is_match(value))
}

fn is_padded(literal: &str) -> bool {
    literal.trim().len() != literal.len()
}

/// Says what surrounds a value.
fn padding(subject: &Subject, name: &str) -> String {
    let literal = literal(subject, name).unwrap_or_default();
    let end = literal.trim_start().get(literal.trim().len()..).unwrap_or_default();
    let what = match () {
        () if end.contains('\n') => "ends with a line break",
        () if end.contains('\r') => "ends with a carriage return",
        () if !end.is_empty() => "ends with a space",
        () => "begins with white space",
    };
    format!("{name} {what}")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{LOCAL, SUFFIX};

    #[rstest]
    #[case("postgresql://user:word@localhost:5432/db", true)]
    #[case("host=127.0.0.1 port=5432", true)]
    #[case("localhost", true)]
    #[case("redis://[::1]:6379", true)]
    #[case("http://0.0.0.0", true)]
    #[case("https://localhost.example.org", false)]
    #[case("https://my-localhost/", false)]
    #[case("postgresql://10.0.0.5/db", false)]
    fn an_address_of_the_machine_itself_is_recognized(#[case] value: &str, #[case] is: bool) {
        assert_eq!(LOCAL.is_match(value), is);
    }

    #[rstest]
    #[case("shop-00639-g4g", true)]
    #[case("shop-20250907", true)]
    #[case("shop-1757260376", true)]
    #[case("shop-2025-09-07T15:52", true)]
    #[case("shop_v1.2.3", true)]
    #[case("shop", false)]
    #[case("shop-2", false)]
    #[case("shop-staging", false)]
    fn what_follows_an_id_is_recognized(#[case] value: &str, #[case] is: bool) {
        assert_eq!(SUFFIX.is_match(value), is);
    }
}
