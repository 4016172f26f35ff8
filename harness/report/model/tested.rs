//! Whether a run tested the revision that was deployed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whether the run tested one deployed revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TestedRevision {
    /// `backend`, `auth`, or another service that the operator deploys.
    pub service: String,
    /// The name of the deployed revision.
    pub revision: String,
    /// Whether it was tested.
    pub result: Tested,
    /// What shows it, one for each piece of evidence. Empty if nothing shows it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub proof: Vec<RevisionProof>,
}

/// Whether a deployed revision was tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Tested {
    /// Every piece of evidence shows this revision alone.
    Proven,
    /// A piece of evidence shows another revision.
    Other,
    /// No evidence shows which revision answered.
    NotShown,
}

/// What one piece of evidence shows of a deployed revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RevisionProof {
    /// The evidence.
    pub by: RevisionEvidence,
    /// How much of the traffic or of the responses belongs to the deployed revision.
    pub share: RevisionShare,
    /// The evidence in words: `the request log (12 requests)`, `the manifest sends all traffic to NAME`.
    pub says: String,
}

/// The evidence that shows which revision answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RevisionEvidence {
    /// The traffic of the service, by its manifest.
    Manifest,
    /// The requests of this run in a log.
    RequestLog,
    /// A header or a place in JSON, which the target names.
    Version,
}

/// How much belongs to the deployed revision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RevisionShare {
    /// All of it.
    All,
    /// A part of it.
    Part,
    /// Nothing.
    None,
}

impl TestedRevision {
    /// Reports whether other revisions answered, and this one did not. The log and the responses outweigh the manifest, which
    /// says only who gets the traffic now.
    pub(crate) fn is_unseen(&self) -> bool {
        let is_observed = |proof: &&RevisionProof| proof.by != RevisionEvidence::Manifest;
        let any_observed = self.proof.iter().any(|proof| is_observed(&proof));
        let mut deciding = self.proof.iter().filter(|proof| !any_observed || is_observed(proof));
        self.result == Tested::Other && deciding.all(|proof| proof.share == RevisionShare::None)
    }

    /// Returns the evidence that decides: what shows the revision if it is proven, or else what shows another one.
    pub(crate) fn deciding(&self) -> impl Iterator<Item = &str> {
        let proven = self.result == Tested::Proven;
        let decides = move |proof: &&RevisionProof| (proof.share == RevisionShare::All) == proven;
        self.proof.iter().filter(decides).map(|proof| proof.says.as_str())
    }
}
