//! Trials of `diagnose`: every recorded fault must get the verdict that the evidence allows, and never a wrong one that is sure of
//! itself. The table is `verdicts.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use fivewhys::internal::config::Target;
use fivewhys::internal::diagnose::{Cause, Certainty, Finding};
use fivewhys::internal::terms::EvidenceSource;
use libtest_mimic::Failed;
use serde::Deserialize;

use crate::BELIEVED;
use crate::recorded::case::Case;
use crate::recorded::recording::Recording;
use crate::support::believed::believed;

/// See the head of `verdicts.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    truth: Option<String>,
    #[serde(default)]
    same: Vec<String>,
    #[serde(default)]
    certain: Vec<String>,
    #[serde(default)]
    likely: Vec<String>,
    #[serde(default)]
    uncertain: bool,
    #[serde(default)]
    never: Vec<String>,
    never_with: Option<String>,
    #[serde(default)]
    bypass: bool,
}

impl Expected {
    /// Reports whether a candidate is the true one, or looks the same in what was recorded.
    fn is_named_by(&self, fault: &str) -> bool {
        self.truth.as_deref() == Some(fault) || self.same.iter().any(|one| one == fault)
    }
}

/// Parts of a recording that are tried, each for itself.
const PARTS: u32 = 8;

static TABLE: LazyLock<BTreeMap<String, Expected>> =
    LazyLock::new(|| toml::from_str(include_str!("verdicts.toml")).expect("the table"));

/// The verdict on a recording, through this evidence and the edge.
pub(crate) fn check(recording: &Recording, evidence_sources: &[EvidenceSource], target: &Target) -> Result<(), Failed> {
    let case = Case::of(recording, target, evidence_sources, &|_| true);
    let (causes, findings) = case.verdict();
    let Some(expected) = TABLE.get(&recording.name) else { return Ok(()) };
    let wrong = wrong(expected, &names(evidence_sources), &causes, &findings);
    if wrong.is_empty() { Ok(()) } else { Err(format!("{}\n{}", wrong.join("\n"), shown(&causes)).into()) }
}

/// A run never sends exactly what was recorded. Whatever part of it there is: no wrong cause is certain, and the true one is not ruled out.
pub(crate) fn check_parts(
    recording: &Recording,
    evidence_sources: &[EvidenceSource],
    target: &Target,
) -> Result<(), Failed> {
    let Some(expected) = TABLE.get(&recording.name) else { return Ok(()) };
    for part in 0..PARTS {
        let case = Case::of(recording, target, evidence_sources, &|id| is_in_part(part, id));
        let causes = case.verdict().0;
        let wrong = |cause: &&Cause| {
            let is_true = expected.truth.as_ref() == Some(&cause.fault);
            let certain = cause.certainty == Certainty::Certain && (!is_true || expected.uncertain);
            certain || !candidates(cause).any(|fault| expected.is_named_by(fault))
        };
        if causes.iter().any(|cause| wrong(&cause)) {
            return Err(format!("of part {part} of {PARTS}:\n{}", shown(&causes)).into());
        }
    }
    Ok(())
}

/// A fixed choice, about half of the probes, another for each part (the finaliser of MurmurHash3).
fn is_in_part(part: u32, id: u32) -> bool {
    let mut bits = id.wrapping_mul(0x9e37_79b9) ^ part.wrapping_mul(0x85eb_ca6b);
    bits = (bits ^ (bits >> 16)).wrapping_mul(0x85eb_ca6b);
    bits = (bits ^ (bits >> 13)).wrapping_mul(0xc2b2_ae35);
    (bits ^ (bits >> 16)) % 100 < 25 + 50 * (part % 2)
}

/// `auth,logs`.
pub(crate) fn names(evidence_sources: &[EvidenceSource]) -> String {
    evidence_sources.iter().map(|evidence_source| evidence_source.as_str()).collect::<Vec<_>>().join(",")
}

fn wrong(expected: &Expected, evidence_sources: &str, causes: &[Cause], findings: &[Finding]) -> Vec<String> {
    let mut wrong = Vec::new();
    for cause in causes.iter().filter(|cause| cause.certainty >= Certainty::Likely) {
        let true_one = expected.truth.as_ref() == Some(&cause.fault);
        if !true_one || (expected.uncertain && cause.certainty == Certainty::Certain) {
            wrong.push(format!("{} must not be {}", cause.fault, cause.certainty));
        }
    }
    match &expected.truth {
        None if causes.is_empty() => {}
        None => wrong.push("nothing fails, and a cause is named".to_owned()),
        Some(truth) => wrong.extend(unsure(expected, truth, evidence_sources, causes)),
    }
    let watched = expected
        .never_with
        .as_deref()
        .is_none_or(|with| with.split(',').all(|evidence_source| evidence_sources.contains(evidence_source)));
    let hop = |fault: &str| fault.split('/').next().unwrap_or_default().to_owned();
    let never = causes
        .iter()
        .flat_map(|cause| believed(cause, BELIEVED))
        .filter(|fault| watched && expected.never.contains(&hop(fault)));
    wrong.extend(never.map(|fault| format!("{fault} must not be a candidate")));
    if findings.iter().any(|finding| finding.id == "auth-bypass") != expected.bypass {
        wrong.push(format!("the finding auth-bypass must be {}", if expected.bypass { "there" } else { "absent" }));
    }
    wrong
}

fn unsure(expected: &Expected, truth: &str, evidence_sources: &str, causes: &[Cause]) -> Option<String> {
    let Some(cause) = causes.iter().find(|cause| candidates(cause).any(|fault| expected.is_named_by(fault))) else {
        return Some(format!("{truth} is not among the candidates"));
    };
    let asked = |sets: &[String]| sets.iter().any(|set| set == evidence_sources);
    let wanted = match (asked(&expected.certain), asked(&expected.likely)) {
        (true, _) => Certainty::Certain,
        (_, true) => Certainty::Likely,
        _ => return None,
    };
    let sure = cause.fault == truth && cause.certainty >= wanted;
    (!sure).then(|| format!("{truth} must be {wanted}"))
}

fn candidates(cause: &Cause) -> impl Iterator<Item = &str> {
    [cause.fault.as_str()].into_iter().chain(cause.alternatives.iter().map(|one| one.fault.as_str()))
}

fn shown(causes: &[Cause]) -> String {
    let line = |cause: &Cause| {
        let others: Vec<String> =
            cause.alternatives.iter().map(|one| format!("{} {}", one.fault, one.confidence)).collect();
        format!("concluded: {} {} {}; or {}", cause.fault, cause.certainty, cause.confidence, others.join(", "))
    };
    causes.iter().map(line).collect::<Vec<_>>().join("\n")
}
