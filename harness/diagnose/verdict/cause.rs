//! The result of a diagnosis: causes and findings.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::diagnose::active::next_question::Settling;
use crate::diagnose::logs::attribution::JoinedBy;
use crate::diagnose::wording::proof::Proof;
use crate::evidence::Severity;
use crate::terms::Hop;

/// One cause of failures, or what remains of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Cause {
    /// The fault's id, or `unknown@HOP`. For an ambiguous verdict: the candidate with the highest score.
    pub fault: String,
    /// One line.
    pub title: String,
    /// The common hop of the candidates, or all their hops.
    pub hop: Hops,
    /// How certain it is.
    pub certainty: Certainty,
    /// Posterior of `fault` among all faults of the catalogue, 0 to 1. It orders the candidates and does not decide.
    pub confidence: f64,
    /// The failed steps it explains: `scenario/step`.
    pub explains: Vec<String>,
    /// The other candidates, best first.
    pub alternatives: Vec<Alternative>,
    /// The chain, outermost first.
    pub whys: Vec<Why>,
    /// If no why quotes a log line: the worst lines that the logs have of the failures, at most three. They are
    /// evidence to read and prove nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(example = [WorstLine::example()])]
    pub worst_lines: Vec<WorstLine>,
    /// The faults that are ruled out, each with the observation that contradicts it.
    pub ruled_out: Vec<RuledOut>,
    /// Services whose deploy can have caused it, over all remaining candidates.
    pub involves: Vec<String>,
    /// By service: the share, 0 to 1, of the faults that a deploy of the service can have caused. It counts faults that
    /// the catalogue lacks and faults that are too unlikely to be listed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub suspects: BTreeMap<String, f64>,
    /// Who owns it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// A command or an instruction. Only for a cause that is certain or likely.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
    /// How to see that it is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verify: Option<String>,
    /// Whether a rollback can help. Only for a cause that is certain or likely.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollback: Option<Rollback>,
    /// The question that distinguishes the candidates best, unless the verdict is certain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled_by: Option<Settling>,
}

/// One hop, or several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum Hops {
    /// All candidates share this hop.
    One(Hop),
    /// The candidates lie at these hops.
    Several(Vec<Hop>),
}

/// How certain a verdict is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Certainty {
    /// Only the hop is known.
    Unknown,
    /// Several candidates, none clearly ahead.
    Ambiguous,
    /// One candidate is clearly ahead, but its rivals are not contradicted.
    Likely,
    /// Every rival is contradicted by an observation that is not a hint.
    Certain,
}

/// A candidate other than the best one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Alternative {
    /// The fault's id.
    pub fault: String,
    /// One line.
    pub title: String,
    /// Posterior, 0 to 1.
    pub confidence: f64,
    /// Nothing rules it out, but a hint is evidence against it and not against others.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unlikely: bool,
    /// The question that distinguishes it from the best candidate. Absent if no source of evidence can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled_by: Option<Settling>,
}

/// One link of the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Why {
    /// One claim.
    pub claim: String,
    /// What proves it. Never empty.
    pub evidence: Vec<Proof>,
}

/// A log line of a failed exchange: evidence to read, and no proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[schemars(example = Self::example())]
pub struct WorstLine {
    /// In words: which log, when, how often, and the line, redacted and cut.
    pub says: String,
    /// The component that wrote it: `backend`, `auth`, or `edge` for the platform.
    pub by: Hop,
    /// When it was written, by the clock of the log.
    pub at: jiff::Timestamp,
    /// How bad it is, by its writer or by its words.
    pub severity: Severity,
    /// How many lines of the failed exchanges differ from it in numbers, ids and times only, itself included.
    pub count: usize,
    /// The failed exchange in whose time it was written, or whose trace id it has.
    pub exchange: u32,
    /// By what it was joined to that exchange.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joined_by: Option<JoinedBy>,
    /// Whether a service wrote it when it did not start, or ended. It then counts, and `exchange` is the first that failed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub last_words: bool,
    /// The faults of the catalogue with a pattern that matches it. Empty: no pattern of the catalogue matched it.
    pub matched_by: Vec<String>,
}

impl WorstLine {
    /// Returns an example for the JSON Schema.
    fn example() -> Self {
        Self {
            says: "the auth service's log at 12:01:07.311Z (2 times, by time): WARN type=INTROSPECT_TOKEN_ERROR, error=invalid_token"
                .to_owned(),
            by: Hop::Auth,
            at: jiff::Timestamp::constant(1_795_262_467, 311_000_000),
            severity: Severity::Warning,
            count: 2,
            exchange: 7,
            joined_by: Some(JoinedBy::Time),
            last_words: false,
            matched_by: Vec::new(),
        }
    }
}

/// A fault that an observation contradicts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct RuledOut {
    /// The fault's id.
    pub fault: String,
    /// The observation or fact that contradicts it.
    pub by: Proof,
}

/// Whether and how to roll back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Rollback {
    /// Whether the previous revision may be free of the fault.
    pub cures: bool,
    /// In words, with the command where the target has the names for it.
    pub says: String,
}

/// A problem for which no scenario failed, or a negative control that was accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Finding {
    /// A slug: `auth-bypass`.
    pub id: String,
    /// One line.
    pub title: String,
    /// The observations or facts that show it.
    pub evidence: Vec<Proof>,
    /// Whether it fails the run.
    pub fails: bool,
}

impl Certainty {
    /// Returns the word used in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Ambiguous => "ambiguous",
            Self::Likely => "likely",
            Self::Certain => "certain",
        }
    }
}

impl std::fmt::Display for Certainty {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
