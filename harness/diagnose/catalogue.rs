//! The catalogue: every fault that can be named, with what it predicts. Data in `faults/`, one TOML file a hop; this reads it.
//! The engine knows no fault by name: everything it knows of one stands in the data.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};

use super::proof::ProofRule;
use super::selector::Selector;
use crate::observe::{Authn, Hop, LatencyClass, Outcome};
use crate::target::Validation;
use crate::token::TokenKind;

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

/// All faults.
#[derive(Debug)]
pub struct Catalogue {
    pub(super) faults: Vec<Fault>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultFile {
    fault: Vec<Fault>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expectation {
    predict: Vec<Prediction>,
}

static SHIPPED: LazyLock<Catalogue> = LazyLock::new(|| {
    Catalogue::parse(
        include_str!("faults/expectations.toml"),
        &[
            include_str!("faults/client.toml"),
            include_str!("faults/network.toml"),
            include_str!("faults/edge.toml"),
            include_str!("faults/backend.toml"),
            include_str!("faults/backend-auth.toml"),
            include_str!("faults/auth.toml"),
            include_str!("faults/data.toml"),
            include_str!("faults/agents.toml"),
        ],
    )
    .expect("the shipped catalogue is read by a test")
});

impl Catalogue {
    /// The catalogue in the binary.
    #[must_use]
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    fn parse(expectations: &str, files: &[&str]) -> Result<Self, String> {
        let shared: BTreeMap<String, Expectation> = toml::from_str(expectations).map_err(|error| error.to_string())?;
        let mut faults = Vec::new();
        for text in files {
            let mut file: FaultFile = toml::from_str(text).map_err(|error| error.to_string())?;
            for mode in file.fault.iter_mut().flat_map(|fault| &mut fault.mode) {
                mode.include(&shared)?;
            }
            faults.append(&mut file.fault);
        }
        faults.iter().find(|fault| fault.hop() == Hop::Unknown).map_or(Ok(()), |fault| Err(fault.id.clone()))?;
        Ok(Self { faults })
    }

    /// Every id, in the order of the files.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.faults.iter().map(|fault| fault.id.as_str())
    }
}

impl Mode {
    fn include(&mut self, shared: &BTreeMap<String, Expectation>) -> Result<(), String> {
        for name in &self.includes {
            let set = shared.get(name).ok_or_else(|| format!("no expectation named `{name}`"))?;
            self.predict.extend(set.predict.iter().cloned());
        }
        Ok(())
    }
}

impl Fault {
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
