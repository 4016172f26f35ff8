//! What a fault predicts for a set of probes.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::diagnose::model::probe_selector::ProbeSelector;
use crate::observe::{Authn, LatencyClass, Outcome};
use crate::terms::{Hop, TokenKind};

/// What a fault predicts for a set of probes.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Prediction {
    #[schemars(with = "String")]
    pub(crate) on: ProbeSelector,
    #[serde(default)]
    pub(crate) result: Vec<Outcome>,
    #[serde(default)]
    pub(crate) answered_by: Vec<Hop>,
    /// Whether the component that answered must be known.
    #[serde(default)]
    pub(crate) surely: bool,
    /// Whether there must be an answer.
    #[serde(default)]
    pub(crate) answered: bool,
    /// Whether there must be at least a hint at the component that answered.
    #[serde(default)]
    pub(crate) hinted: bool,
    #[serde(default)]
    pub(crate) authn: Vec<Authn>,
    #[serde(default)]
    pub(crate) latency: Vec<LatencyClass>,
    /// Whether a failure must have taken at least 0.2 s.
    #[serde(default)]
    pub(crate) after_a_while: bool,
    /// The response is the same as with this token, at the same endpoint and token location.
    pub(crate) same_as: Option<TokenKind>,
    /// The response differs from that with this token, at the same endpoint and token location.
    pub(crate) differs_from: Option<TokenKind>,
    /// Whether at least one of the probes must match. Otherwise each must.
    #[serde(default)]
    pub(crate) some: bool,
    /// Whether the probe must have ended differently when it was repeated.
    #[serde(default)]
    pub(crate) comes_and_goes: bool,
    /// Whether it applies only to endpoints at which a call that must succeed fails.
    #[serde(default)]
    pub(crate) where_failing: bool,
}

/// A set of predictions that several faults share.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expectation {
    #[serde(default)]
    pub(crate) predict: Vec<Prediction>,
    #[serde(default)]
    pub(crate) usual: Vec<Prediction>,
}

impl Prediction {
    /// Reports whether this latency is predicted.
    pub(crate) fn is_in_time(&self, latency: LatencyClass) -> bool {
        self.latency.is_empty() || self.latency.contains(&latency)
    }
}
