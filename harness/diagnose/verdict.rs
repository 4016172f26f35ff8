//! What the diagnosis concludes. The arrow from `diagnose` to `report`.

use serde::{Deserialize, Serialize};

use crate::terms::Hop;

/// One cause of failures, or what remains of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Cause {
    /// The fault's id, or `unknown@HOP`. When the verdict is ambiguous: the highest-scored candidate.
    pub fault: String,
    /// One line.
    pub title: String,
    /// The common hop of the candidates, or all of them.
    pub hop: Hops,
    /// How sure.
    pub certainty: Certainty,
    /// Posterior of `fault` among all faults of the catalogue, 0 to 1. Orders; does not decide.
    pub confidence: f64,
    /// The failed steps it explains: `scenario/step`.
    pub explains: Vec<String>,
    /// The other candidates, best first.
    pub alternatives: Vec<Alternative>,
    /// The chain, outermost first.
    pub whys: Vec<Why>,
    /// What is ruled out, and by what.
    pub ruled_out: Vec<RuledOut>,
    /// Services whose deploy can have caused it, over all remaining candidates.
    pub involves: Vec<String>,
    /// Who owns it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// A command or an instruction. Only for a cause that is certain or likely.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
    /// How to see that it is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verify: Option<String>,
    /// Whether putting the old revision back can cure it. Only for a cause that is certain or likely.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollback: Option<Rollback>,
    /// For an ambiguous verdict: the source of evidence or command that splits the candidates best.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled_by: Option<Settling>,
}

/// One hop, or several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum Hops {
    /// All candidates share it.
    One(Hop),
    /// They do not.
    Several(Vec<Hop>),
}

/// How sure a verdict is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Certainty {
    /// Only the hop is known.
    Unknown,
    /// Several candidates, none clearly ahead.
    Ambiguous,
    /// One candidate clearly ahead, its rivals not contradicted.
    Likely,
    /// Every rival is contradicted by an observation that is not a hint.
    Certain,
}

/// A candidate beside the best one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Alternative {
    /// The fault's id.
    pub fault: String,
    /// One line.
    pub title: String,
    /// Posterior, 0 to 1.
    pub confidence: f64,
    /// Nothing rules it out, and a hint speaks against it that does not speak against others.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unlikely: bool,
    /// What would tell it from the best candidate; nothing when no source of evidence can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled_by: Option<Settling>,
}

/// A read-only question that would decide, or come nearer to it, and the command that asks it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Settling {
    /// The source of evidence that answers it.
    #[serde(alias = "door")]
    pub evidence: String,
    /// What is asked, in words: `the backend's manifest`.
    pub asks: String,
    /// The command, as a shell takes it. Changes nothing, holds no secret: a token is `$TOKEN`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// The command as words, where nothing has to be filled in first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub argv: Vec<String>,
    /// What takes its output, after a `|`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feed: Option<String>,
    /// What has to be known or done before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// How many candidates are expected to remain, by their posteriors; to one decimal.
    pub leaves: f64,
    /// How many there are.
    pub of: usize,
    /// What may remain: each distinct set of faults that one answer leaves.
    pub splits: Vec<Vec<String>>,
}

/// One link of the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Why {
    /// One claim.
    pub claim: String,
    /// What proves it. Never empty.
    pub evidence: Vec<Proof>,
}

/// One observation or fact, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Proof {
    /// In words.
    pub says: String,
    /// The exchange it comes from, if it comes from one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchange: Option<u32>,
    /// The key of the fact it states. Known in the run that makes the proof, not in a report that is read again.
    #[serde(skip)]
    pub(super) fact: Option<&'static str>,
}

/// A fault that an observation contradicts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct RuledOut {
    /// The fault's id.
    pub fault: String,
    /// The contradiction, in words.
    pub by: Proof,
}

/// Whether and how to roll back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Rollback {
    /// Whether the previous revision would not have it.
    pub cures: bool,
    /// In words, with the command where the target has the names for it.
    pub says: String,
}

/// Something that is wrong although nothing failed for it, or a negative control that was accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Finding {
    /// A slug: `auth-bypass`.
    pub id: String,
    /// One line.
    pub title: String,
    /// What shows it.
    pub evidence: Vec<Proof>,
    /// Whether it fails the run.
    pub fails: bool,
}

impl Proof {
    /// Creates a proof that states no fact of the catalogue's vocabulary.
    #[must_use]
    pub fn new(says: impl Into<String>, exchange: Option<u32>) -> Self {
        Self { says: says.into(), exchange, fact: None }
    }
}

impl Certainty {
    /// The word used in reports.
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
