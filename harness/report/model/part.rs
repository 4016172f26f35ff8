//! One shard of a run, and what a merge needs to diagnose all shards together. `docs/users/shards.md` explains shards to users.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::config::TwinPlace;
use crate::evidence::Evidence;

/// Which shard of a run: `2/3`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Shard {
    /// The number of the shard, counted from 1.
    pub index: usize,
    /// How many shards there are.
    pub count: usize,
}

/// What a merge needs in addition to scenarios and probes. It is redacted like the rest of the report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Kept {
    /// The position of each scenario of this shard in the order of an unsharded run.
    pub order: BTreeMap<String, usize>,
    /// Manifests, and the log as it was at the end of this shard.
    pub evidence: Evidence,
    /// Where the twin was, if the target is a twin: it has stopped by the time of the merge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub twin: Option<TwinPlace>,
}

impl std::fmt::Display for Shard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}
