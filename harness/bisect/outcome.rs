//! Everything that a comparison of two revisions found, and the verdict in one sentence.

use serde::Serialize;

use super::attribution::Candidates;
use super::change::{Change, Kind, percent};
use super::trial::Trials;
use crate::preflight::{Review, Subject};

/// The schema of the JSON.
const SCHEMA: &str = "fivewhys/bisect/1";

/// What a comparison of two revisions found.
#[derive(Debug, Serialize)]
pub(crate) struct Outcome {
    schema: &'static str,
    version: &'static str,
    target: String,
    before: Vec<Named>,
    now: Vec<Named>,
    /// The services that only one of the revisions has.
    pub(super) not_compared: Vec<String>,
    /// Whether a candidate of the evidence decides. If not, the contract alone does.
    pub(super) by_evidence: bool,
    /// The best candidate of each cause that the evidence has. Absent without evidence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) verdict: Option<Vec<Candidate>>,
    /// How both revisions did where they were tested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) tested: Option<Trials>,
    /// Every change, those that explain the failure first.
    pub(super) changes: Vec<Change>,
    /// The verdict in one sentence.
    pub(super) conclusion: String,
    /// Whether a change explains the failure.
    pub(crate) is_explained: bool,
}

/// A manifest that was compared.
#[derive(Debug, Serialize)]
struct Named {
    service: String,
    /// The name in the manifest.
    name: String,
}

/// A candidate of the verdict.
#[derive(Debug, Serialize)]
pub(super) struct Candidate {
    fault: String,
    share: f64,
}

impl Outcome {
    pub(super) fn of(
        review: &Review<'_>,
        changes: Vec<Change>,
        not_compared: Vec<String>,
        candidates: Option<Candidates>,
    ) -> Self {
        let named = |one: &Subject| Named { service: one.service.clone(), name: one.declaration.manifest.name.clone() };
        let candidate = |(fault, share)| Candidate { fault, share };
        let by_evidence = candidates.as_ref().is_some_and(|candidates| !candidates.is_unknown());
        let verdict: Option<Vec<Candidate>> =
            candidates.map(|candidates| candidates.verdict.into_iter().map(candidate).collect());
        Self {
            schema: SCHEMA,
            version: env!("CARGO_PKG_VERSION"),
            target: review.target.name.clone(),
            before: review.previous.iter().map(named).collect(),
            now: review.now.iter().map(named).collect(),
            not_compared,
            conclusion: conclusion(&changes, verdict.as_deref(), by_evidence),
            by_evidence,
            verdict,
            is_explained: changes.iter().any(|change| change.explains),
            tested: None,
            changes,
        }
    }

    /// Adds how both revisions did. Where no change explains a failure, they say whether there is one.
    pub(crate) fn with(mut self, trials: Trials) -> Self {
        let shows_none = self.verdict.as_ref().is_none_or(Vec::is_empty);
        if let Some(says) = trials.unexplained(shows_none).filter(|_| !self.is_explained) {
            self.conclusion = says;
        }
        Self { tested: Some(trials), ..self }
    }
}

/// Returns the verdict in one sentence.
fn conclusion(changes: &[Change], verdict: Option<&[Candidate]>, by_evidence: bool) -> String {
    let explains: Vec<&Change> = changes.iter().filter(|change| change.explains).collect();
    let Some(best) = explains.first().copied() else { return unexplained(changes, verdict) };
    // The replaced environment says what each lost variable says.
    let is_as_good = |change: &&Change| {
        change.service == best.service && change.fault == best.fault && best.kind != Kind::Environment
    };
    let others = explains.iter().skip(1).copied().filter(is_as_good);
    let says: Vec<&str> = std::iter::once(best).chain(others).map(|change| change.says.as_str()).collect();
    let (noun, explain) = if says.len() == 1 { ("change", "explains") } else { ("changes", "explain") };
    let begin = match by_evidence {
        true => format!("the {noun} that {explain} the failure"),
        false => format!("the {noun} that would cause a failure, by the contract alone"),
    };
    let because = best.because().map(|because| format!(" ({because})")).unwrap_or_default();
    format!("{begin}: {}{because}", says.join(" and "))
}

/// Returns why no change explains a failure.
fn unexplained(changes: &[Change], verdict: Option<&[Candidate]>) -> String {
    let image = if changes.iter().any(|change| change.kind == Kind::Image) {
        "; the image was changed, and no manifest shows what its code does"
    } else {
        ""
    };
    match verdict {
        None if changes.is_empty() => "no change explains a failure: the manifests do not differ".to_owned(),
        None => format!("no change would cause a failure, by the contract alone{image}"),
        Some([]) => "no change explains a failure: the evidence shows none".to_owned(),
        Some(verdict) => {
            let one = |one: &Candidate| format!("{}, {}", one.fault, percent(one.share));
            let verdict: Vec<String> = verdict.iter().map(one).collect();
            format!("no change explains the failure (the evidence says {}){image}", verdict.join(" and "))
        }
    }
}
