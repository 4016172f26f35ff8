//! One way a fault can show: what it predicts of probes and demands of facts. Sits in `diagnose`; written in the catalogue.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::selector::Selector;
use crate::observe::{Authn, Hop, LatencyClass, Outcome};
use crate::target::Validation;
use crate::token::TokenKind;

/// One way a fault can show.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Mode {
    /// Tells it from the fault's other modes.
    #[serde(default)]
    pub(super) name: String,
    /// Sets of `expectations.toml`.
    #[serde(default)]
    includes: Vec<String>,
    /// What each probe gives.
    #[serde(default)]
    pub(super) predict: Vec<Prediction>,
    /// Facts it demands, where they are known: key and allowed values.
    #[serde(default)]
    pub(super) facts: BTreeMap<String, Vec<String>>,
    /// Whether the fault lies behind the edge: then the way past the edge ends as the way through it does.
    #[serde(skip)]
    pub(super) inside: bool,
    /// Ways of validation it is possible under. Empty: any.
    #[serde(default)]
    pub(super) validation: Vec<Validation>,
}

/// What a set of probes gives under a fault.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Prediction {
    pub(super) on: Selector,
    #[serde(default)]
    pub(super) result: Vec<Outcome>,
    #[serde(default)]
    pub(super) answered_by: Vec<Hop>,
    /// An answer that nobody knows the maker of does not do.
    #[serde(default)]
    pub(super) surely: bool,
    /// An answer with not even a hint at that maker does not do.
    #[serde(default)]
    pub(super) hinted: bool,
    #[serde(default)]
    pub(super) authn: Vec<Authn>,
    #[serde(default)]
    pub(super) latency: Vec<LatencyClass>,
    /// The same answer as this token gets on the same surface and carrier.
    pub(super) same_as: Option<TokenKind>,
    /// Another answer than this token gets on the same surface and carrier.
    pub(super) differs_from: Option<TokenKind>,
    /// At least one of the probes must; otherwise each of them.
    #[serde(default)]
    pub(super) some: bool,
    /// Speaks only of surfaces on which something that must work does not.
    #[serde(default)]
    pub(super) where_failing: bool,
}

/// A set of predictions that many faults share.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Expectation {
    pub(super) predict: Vec<Prediction>,
}

impl Mode {
    /// Adds the sets it includes.
    pub(super) fn include(&mut self, shared: &BTreeMap<String, Expectation>) -> Result<(), String> {
        for name in &self.includes {
            let set = shared.get(name).ok_or_else(|| format!("no expectation named `{name}`"))?;
            self.predict.extend(set.predict.iter().cloned());
        }
        Ok(())
    }
}
