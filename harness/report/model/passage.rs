//! The path of a failing request through the hops. `run` computes it and the formats draw it, for a reader who does not know the system.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::terms::Hop;

/// A failing request that stands for one cause, and where on its path the cause lies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Passage {
    /// The cause: an index into [`crate::report::Report::causes`].
    pub cause: usize,
    /// The failed step: `scenario/step`.
    pub step: String,
    /// The id of its exchange in [`crate::report::Report::probes`].
    pub exchange: u32,
    /// Every hop, from the client inwards.
    pub hops: Vec<HopMark>,
    /// The requests and responses between the hops, in order.
    pub legs: Vec<Leg>,
}

/// What is known of one hop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HopMark {
    /// The hop.
    pub hop: Hop,
    /// Whether the cause lies there.
    pub blame: Blame,
    /// Whether the request reached this hop.
    pub reached: bool,
    /// Whether this hop produced the response.
    pub answered: bool,
    /// How many faults of this hop an observation contradicts.
    pub ruled_out: usize,
}

/// Whether a cause lies at a hop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Blame {
    /// No candidate lies at the hop.
    None,
    /// A remaining candidate lies at the hop.
    Suspect,
    /// The cause lies at the hop: it is certain or likely.
    Culprit,
}

/// One arrow between two hops. If both are the same hop, a remark on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Leg {
    /// The hop at which it begins.
    pub from: Hop,
    /// The hop at which it ends.
    pub to: Hop,
    /// What the arrow stands for.
    pub kind: LegKind,
    /// Its label: `POST /api/chat/stream, token valid`.
    pub says: String,
}

/// What an arrow stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LegKind {
    /// A request.
    Asked,
    /// A response.
    Answered,
    /// A response that did not arrive.
    Lost,
    /// Where the cause lies. Concluded from all observations, not seen in this exchange.
    Concluded,
}
