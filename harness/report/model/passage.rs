//! The way of a failing request through the house, for whoever has never seen it. Computed by `run`, drawn by the formats.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::terms::Hop;

/// The failing request that stands for one cause, and where on its way the cause lies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Passage {
    /// Which: an index into [`crate::report::Report::causes`].
    pub cause: usize,
    /// The failed step: `scenario/step`.
    pub step: String,
    /// Its exchange, an id in [`crate::report::Report::probes`].
    pub exchange: u32,
    /// Every hop, from us inwards.
    pub hops: Vec<HopMark>,
    /// Who asked whom and who answered what, in order.
    pub legs: Vec<Leg>,
}

/// What is known of one hop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HopMark {
    /// Which.
    pub hop: Hop,
    /// Whether the cause lies there.
    pub blame: Blame,
    /// The request came this far.
    pub reached: bool,
    /// The answer was made here.
    pub answered: bool,
    /// Faults of this hop that an observation contradicts.
    pub ruled_out: usize,
}

/// Whether a cause lies at a hop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Blame {
    /// Nothing says so.
    None,
    /// A remaining candidate lies there.
    Suspect,
    /// The cause lies there: certain or likely.
    Culprit,
}

/// One arrow between two hops; where both are the same, a remark on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Leg {
    /// From.
    pub from: Hop,
    /// To.
    pub to: Hop,
    /// What it is.
    pub kind: LegKind,
    /// In words: `POST /api/chat/stream, token valid`.
    pub says: String,
}

/// What an arrow stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LegKind {
    /// A request that went this way.
    Asked,
    /// The answer that came.
    Answered,
    /// No answer came.
    Lost,
    /// Where the cause lies. Concluded from all observations, not seen in this exchange.
    Concluded,
}
