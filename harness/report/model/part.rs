//! A part of a run, and what is needed to diagnose it again beside the others. Part of the report type; `docs/shards.md` says it for users.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::config::TwinPlace;
use crate::evidence::Evidence;

/// Which part of a run: `2/3`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Shard {
    /// From 1.
    pub index: usize,
    /// How many parts there are.
    pub count: usize,
}

/// What a merge needs beside scenarios and probes. Redacted, as everything else.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Kept {
    /// The place of each scenario of this part in the order in which a whole run drives them.
    pub order: BTreeMap<String, usize>,
    /// Manifests, and the log as it was at the end of this part.
    pub evidence: Evidence,
    /// Where the twin was, where the target is one: it is gone when parts are merged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub twin: Option<TwinPlace>,
}

impl std::fmt::Display for Shard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}
