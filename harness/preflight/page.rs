//! The problems in words: one line a problem, the repairs, and the summary in the last line.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Subject;
use super::review::{Problem, Review, Severity, repairs};

/// The schema of the JSON.
const SCHEMA: &str = "fivewhys/preflight/1";

/// What a preflight found.
#[derive(Debug, Serialize)]
pub(crate) struct Outcome {
    schema: &'static str,
    version: &'static str,
    target: String,
    /// Whether no problem fails the gate.
    pub(crate) passed: bool,
    services: Vec<Named>,
    problems: Vec<Problem>,
    /// The repairs of all problems: for each service one that sets every variable, and the others.
    repairs: Vec<String>,
}

/// A service that was checked.
#[derive(Debug, Serialize)]
struct Named {
    service: String,
    /// The name in its manifest.
    name: String,
    /// Whether a previous manifest of it was at hand.
    compared: bool,
    /// The names that the service reads, by the name of the variable in the contract.
    reads: BTreeMap<String, String>,
}

impl Outcome {
    /// Puts the problems of a review together.
    pub(crate) fn of(review: &Review<'_>, problems: Vec<Problem>) -> Self {
        let read = |one: &Subject| {
            let of = review.contract.of(&one.service).filter_map(|(key, requirement)| {
                let (name, _) = requirement.read(&one.declaration.manifest)?;
                Some((key.to_owned(), name.to_owned()))
            });
            of.collect()
        };
        let named = |one: &Subject| Named {
            service: one.service.clone(),
            name: one.declaration.manifest.name.clone(),
            compared: review.before(one).is_some(),
            reads: read(one),
        };
        Self {
            schema: SCHEMA,
            version: env!("CARGO_PKG_VERSION"),
            target: review.target.name.clone(),
            passed: !problems.iter().any(|problem| problem.severity == Severity::Error),
            services: review.now.iter().map(named).collect(),
            repairs: repairs(review, &problems),
            problems,
        }
    }
}

/// Returns the lines for a person. `clean` makes a text fit for a terminal.
pub(crate) fn page(outcome: &Outcome, clean: &dyn Fn(&str) -> String) -> String {
    let mut page = String::new();
    for problem in &outcome.problems {
        page.push_str(&clean(&line(problem)));
        page.push('\n');
    }
    if !outcome.repairs.is_empty() {
        page.push_str("\nto repair:\n");
        outcome.repairs.iter().for_each(|repair| page.push_str(&format!("  {}\n", clean(repair))));
        page.push('\n');
    }
    page + &clean(&summary(outcome)) + "\n"
}

/// `error   backend  SERVICE_SECRET was lost: … [required-lost] causes backend-auth/…: …`
fn line(problem: &Problem) -> String {
    let Problem { severity, check, service, says, fault, .. } = problem;
    let causes = fault.as_ref().map(|fault| format!(" causes {}: {}", fault.id, fault.title));
    format!("{severity:<7} {service:<8} {says} [{check}]{}", causes.unwrap_or_default())
}

/// `2 errors, 1 warning and 0 notes in backend and auth, by the target staging: do not move traffic`
fn summary(outcome: &Outcome) -> String {
    let count = |severity: Severity| {
        let count = outcome.problems.iter().filter(|problem| problem.severity == severity).count();
        format!("{count} {severity}{}", if count == 1 { "" } else { "s" })
    };
    let counts = [Severity::Error, Severity::Warning, Severity::Note].map(count);
    let services: Vec<&str> = outcome.services.iter().map(|one| one.service.as_str()).collect();
    let advice = if outcome.passed { "no problem fails the gate" } else { "do not move traffic" };
    let single: Vec<&str> =
        outcome.services.iter().filter(|one| !one.compared).map(|one| one.service.as_str()).collect();
    let alone = match single.as_slice() {
        [] => String::new(),
        names => format!(" (no previous manifest of {}: --against FILE)", names.join(", ")),
    };
    format!(
        "{}, {} and {} in {}, by the target `{}`{alone}: {advice}",
        counts[0],
        counts[1],
        counts[2],
        services.join(", "),
        outcome.target
    )
}
