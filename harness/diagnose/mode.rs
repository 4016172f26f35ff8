//! One way a fault can show: what it predicts of probes and demands of facts. Sits in `diagnose`; written in the catalogue.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _};
use toml::Spanned;

use super::fact::{Fact, UNKNOWN};
use super::fault::Prior;
use super::selector::Selector;
use super::vocabulary;
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
    includes: Vec<Spanned<String>>,
    /// What each probe gives.
    #[serde(default)]
    pub(super) predict: Vec<Prediction>,
    /// Facts it demands, where they are known: key and allowed values.
    #[serde(default, deserialize_with = "facts")]
    pub(super) facts: BTreeMap<String, Vec<String>>,
    /// Facts that it usually shows, where they are known: they move the score and contradict nobody.
    #[serde(default, deserialize_with = "facts")]
    pub(super) hints: BTreeMap<String, Vec<String>>,
    /// How common it is in this mode, where that is not how common the fault is.
    pub(super) prior: Option<Prior>,
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
    /// Of these the ones that it mostly is: the others are possible, and foretold less.
    #[serde(default)]
    pub(super) usually: Vec<Outcome>,
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

/// How often a probe gives what it usually gives.
const USUALLY: f64 = 0.9;

impl Prediction {
    /// Among how many equal choices this outcome is one.
    pub(super) fn choices(&self, outcome: Outcome) -> f64 {
        let (all, usual) = (self.result.len() as f64, self.usually.len() as f64);
        match self.usually.contains(&outcome) {
            _ if self.usually.is_empty() || self.usually.len() == self.result.len() => all,
            true => usual / USUALLY,
            false => (all - usual) / (1.0 - USUALLY),
        }
    }
}

impl Mode {
    /// Whether it demands this fact, with this value.
    pub(super) fn demands(&self, fact: &Fact) -> bool {
        self.facts.get(fact.key).is_some_and(|allowed| allowed.iter().any(|word| word == fact.value))
    }

    /// Whether it usually shows this fact, with this value.
    pub(super) fn hints_at(&self, fact: &Fact) -> bool {
        self.hints.get(fact.key).is_some_and(|usual| usual.iter().any(|word| word == fact.value))
    }

    /// Whether the fact may be so: it is not known, not spoken of, or as demanded.
    pub(super) fn agrees(&self, fact: &Fact) -> bool {
        fact.value == UNKNOWN || !self.facts.contains_key(fact.key) || self.demands(fact)
    }

    /// Whether it can be where tokens are judged in this way.
    pub(super) fn is_possible_under(&self, validation: Validation) -> bool {
        self.validation.is_empty() || self.validation.contains(&validation)
    }

    /// Adds the sets it includes.
    ///
    /// # Errors
    /// With the place of a name that no set has, and what is wrong with it.
    pub(super) fn include(&mut self, shared: &BTreeMap<String, Expectation>) -> Result<(), (Range<usize>, String)> {
        for name in &self.includes {
            let unknown = || (name.span(), vocabulary::unknown(name.get_ref(), shared.keys().map(String::as_str)));
            let set = shared.get(name.get_ref()).ok_or_else(unknown)?;
            self.predict.extend(set.predict.iter().cloned());
        }
        Ok(())
    }
}

fn facts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, Vec<String>>, D::Error> {
    let facts = BTreeMap::<String, Vec<String>>::deserialize(deserializer)?;
    facts.iter().try_for_each(|(key, values)| vocabulary::check(key, values)).map_err(D::Error::custom)?;
    Ok(facts)
}
