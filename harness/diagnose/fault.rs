//! An entry of the catalogue, as it is written. Sits in `diagnose`; the modes it can show in are in `mode`.

use regex::Regex;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};

use super::mode::Mode;
use super::proof::ProofRule;
use crate::terms::Hop;

/// One named root cause: one changed thing that can be put back.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Fault {
    /// `hop/slug`.
    pub(super) id: String,
    /// One line.
    pub(super) title: String,
    /// What happened, in two to four sentences.
    #[serde(default)]
    pub(super) about: String,
    /// Stands in the place of the built-in entry of this id.
    #[serde(default)]
    pub(super) replaces: bool,
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
    /// How to see that it is gone; `{target}` and the words of `fix`.
    #[serde(default = "smoke_again")]
    pub(super) verify: String,
    /// The rows of `docs/failure-modes.md` that it covers: failure modes met in the field.
    #[serde(default)]
    pub(super) rows: Vec<u8>,
    /// By what its predictions are tested.
    #[serde(default)]
    pub(super) tested: Tested,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Prior {
    Common,
    Uncommon,
    Rare,
}

/// By what the predictions of an entry are tested.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Tested {
    /// The twin causes it on loopback.
    Loopback,
    /// It cannot be caused on loopback; what real services sent is kept.
    Recorded {
        /// The file that holds it.
        file: String,
        /// Why it cannot be caused.
        because: String,
    },
    /// Nothing causes it yet: it stands here as a rival, so that nobody is called certain in its place.
    Unseen(String),
    /// The entry does not say: one that a target adds.
    #[default]
    Unsaid,
}

/// One link of the chain of whys.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WhyRule {
    pub(super) claim: String,
    #[schemars(with = "String")]
    pub(super) proof: ProofRule,
    /// Only in the mode of this name.
    pub(super) mode: Option<String>,
    /// Whether this proof is the fault's own mark: without one seen, no verdict is certain, however many rivals are gone.
    #[serde(default)]
    pub(super) mark: bool,
    /// A mark only where a line of the fault was met too: two names may stand for one value, and a value may come another way.
    #[serde(default)]
    pub(super) beside_a_line: bool,
}

/// A line a fault leaves in a log.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LogRule {
    /// Who writes it.
    pub(super) by: Hop,
    /// What it says, raw and in redacted form.
    #[serde(rename = "match", deserialize_with = "pattern")]
    #[schemars(with = "String")]
    pub(super) pattern: Regex,
    /// Lines that say this as well are another entry's.
    #[serde(default, deserialize_with = "some_pattern")]
    #[schemars(with = "Option<String>")]
    pub(super) unless: Option<Regex>,
    /// Where the same writer says this beside it, while the same probe was under way, it is another entry's.
    #[serde(default, deserialize_with = "some_pattern")]
    #[schemars(with = "Option<String>")]
    pub(super) unless_beside: Option<Regex>,
    /// Written by the one who decided, about the decision: more than a hint.
    #[serde(default)]
    pub(super) decisive: bool,
    /// Where in time it counts.
    #[serde(default)]
    pub(super) scope: LogScope,
}

/// Where in time a log line counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
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

impl LogRule {
    /// Whether it means a line of this text.
    pub(super) fn means(&self, text: &str) -> bool {
        self.pattern.is_match(text) && !self.unless.as_ref().is_some_and(|unless| unless.is_match(text))
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

fn smoke_again() -> String {
    "fivewhys smoke --target {target}".to_owned()
}

fn pattern<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Regex, D::Error> {
    Regex::new(&String::deserialize(deserializer)?).map_err(|error| D::Error::custom(no_expression(&error)))
}

/// Begins the message about a text that is no regular expression.
pub(super) const NO_EXPRESSION: &str = "not a regular expression";

fn no_expression(error: &regex::Error) -> String {
    let said = error.to_string();
    let why = said.rsplit("error: ").next().unwrap_or_default().trim();
    format!("{NO_EXPRESSION}: {why}")
}

fn some_pattern<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Regex>, D::Error> {
    pattern(deserializer).map(Some)
}
