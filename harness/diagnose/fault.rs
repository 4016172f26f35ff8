//! An entry of the catalogue, as it is written. Sits in `diagnose`; the modes it can show in are in `mode`.

use regex::Regex;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};

use super::mode::Mode;
use super::proof::ProofRule;
use crate::observe::Hop;

/// One named root cause: one changed thing that can be put back.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fault {
    /// `hop/slug`.
    pub(super) id: String,
    /// One line.
    pub(super) title: String,
    /// How often it is met.
    pub(super) prior: Prior,
    /// The services whose deploy can have caused it.
    pub(super) involves: Vec<String>,
    /// Whether an older revision would not have it.
    pub(super) curable_by_rollback: bool,
    /// Who owns it.
    pub(super) owner: String,
    /// A command or an instruction, with `{backend}`, `{auth}`, `{project}`, `{region}`.
    pub(super) fix: String,
    /// The chain, outermost first, without the failing step itself.
    pub(super) whys: Vec<WhyRule>,
    /// Lines it leaves in logs.
    #[serde(default)]
    pub(super) log: Vec<LogRule>,
    /// Signatures of the observation that speak for it. Hints.
    #[serde(default)]
    pub(super) signatures: Vec<String>,
    /// Whether it lies before the backend, so that the way past the edge does not meet it. Where it does not say, faults of the
    /// edge and the network do.
    #[serde(default)]
    outside: Option<bool>,
    /// The ways it can show. One must fit.
    pub(super) mode: Vec<Mode>,
}

/// How often a fault is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Prior {
    Common,
    Uncommon,
    Rare,
}

/// One link of the chain of whys.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WhyRule {
    pub(super) claim: String,
    pub(super) proof: ProofRule,
    /// Only in the mode of this name.
    pub(super) mode: Option<String>,
    /// Whether this proof is the fault's own mark: without one seen, no verdict is certain, however many rivals are gone.
    #[serde(default)]
    pub(super) mark: bool,
}

/// A line a fault leaves in a log.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LogRule {
    /// Who writes it.
    pub(super) by: Hop,
    /// What it says, raw and in redacted form.
    #[serde(rename = "match", deserialize_with = "pattern")]
    pub(super) pattern: Regex,
    /// Written by the one who decided, about the decision: more than a hint.
    #[serde(default)]
    pub(super) decisive: bool,
    /// Where in time it counts.
    #[serde(default)]
    pub(super) scope: LogScope,
}

/// Where in time a log line counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum LogScope {
    /// While a failing probe was under way, and at no other time.
    #[default]
    Window,
    /// While failing probes were under way; at other times too, since it tells of a state that everybody meets.
    State,
    /// Whenever: it may have been written long before.
    Any,
}

impl Fault {
    /// What it foretells of the backend through the edge it foretells past the edge, unless it lies outside.
    pub(super) fn extend_past_the_edge(&mut self) {
        let outside = self.outside.unwrap_or(matches!(self.hop(), Hop::Edge | Hop::Network));
        for mode in self.mode.iter_mut().filter(|_| !outside) {
            mode.inside = true;
            mode.predict.iter_mut().for_each(|one| one.on.include_the_direct_way());
        }
    }

    /// The hop in the id.
    pub(super) fn hop(&self) -> Hop {
        let word = self.id.split('/').next().unwrap_or_default();
        serde_json::from_value(serde_json::Value::String(word.to_owned())).unwrap_or(Hop::Unknown)
    }
}

impl Prior {
    /// Relative weight; only the order matters for a verdict.
    pub(super) const fn weight(self) -> f64 {
        match self {
            Self::Common => 10.0,
            Self::Uncommon => 3.0,
            Self::Rare => 1.0,
        }
    }
}

fn pattern<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Regex, D::Error> {
    Regex::new(&String::deserialize(deserializer)?).map_err(D::Error::custom)
}
