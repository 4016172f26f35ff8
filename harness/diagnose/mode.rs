//! One way a fault can show: what it predicts of probes and demands of facts. Sits in `diagnose`; written in the catalogue.

use std::collections::BTreeMap;
use std::ops::Range;

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};
use toml::Spanned;

use super::fact::{Fact, UNKNOWN};
use super::fault::Prior;
use super::selector::Selector;
use super::vocabulary;
use crate::config::{Target, Validation};
use crate::observe::{Authn, LatencyClass, Outcome};
use crate::terms::{Hop, TokenKind};

/// One way a fault can show.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Mode {
    /// Tells it from the fault's other modes.
    #[serde(default)]
    pub(super) name: String,
    /// Sets of `expectations.toml`.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    includes: Vec<Spanned<String>>,
    /// What each probe gives.
    #[serde(default)]
    pub(super) predict: Vec<Prediction>,
    /// Facts it demands, where they are known: key and allowed values.
    #[serde(default, deserialize_with = "facts")]
    #[schemars(with = "BTreeMap<String, Vec<String>>")]
    pub(super) facts: BTreeMap<String, Vec<String>>,
    /// What it usually gives: it moves the score and contradicts nobody.
    #[serde(default)]
    pub(super) usual: Vec<Prediction>,
    /// Facts that it usually shows, where they are known. The same.
    #[serde(default, deserialize_with = "facts")]
    #[schemars(with = "BTreeMap<String, Vec<String>>")]
    pub(super) usual_facts: BTreeMap<String, Vec<String>>,
    /// Its failures come and go.
    #[serde(default)]
    pub(super) comes_and_goes: bool,
    /// How common it is in this mode, where that is not how common the fault is.
    pub(super) prior: Option<Prior>,
    /// Whether the fault lies behind the edge: then the way past the edge ends as the way through it does.
    #[serde(skip)]
    pub(super) inside: bool,
    /// Possible only where the backend checks its configuration when it starts, or only where it does not.
    pub(super) startup_check: Option<bool>,
    /// Ways of validation it is possible under. Empty: any.
    #[serde(default)]
    pub(super) validation: Vec<Validation>,
}

/// What a set of probes gives under a fault.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Prediction {
    #[schemars(with = "String")]
    pub(super) on: Selector,
    #[serde(default)]
    pub(super) result: Vec<Outcome>,
    #[serde(default)]
    pub(super) answered_by: Vec<Hop>,
    /// An answer that nobody knows the maker of does not do.
    #[serde(default)]
    pub(super) surely: bool,
    /// No answer at all does not do.
    #[serde(default)]
    pub(super) answered: bool,
    /// An answer with not even a hint at that maker does not do.
    #[serde(default)]
    pub(super) hinted: bool,
    #[serde(default)]
    pub(super) authn: Vec<Authn>,
    #[serde(default)]
    pub(super) latency: Vec<LatencyClass>,
    /// What did not end well has taken longer than moments.
    #[serde(default)]
    pub(super) after_a_while: bool,
    /// The same answer as this token gets on the same endpoint and token location.
    pub(super) same_as: Option<TokenKind>,
    /// Another answer than this token gets on the same endpoint and token location.
    pub(super) differs_from: Option<TokenKind>,
    /// At least one of the probes must; otherwise each of them.
    #[serde(default)]
    pub(super) some: bool,
    /// The same probe must have come out otherwise when it was repeated.
    #[serde(default)]
    pub(super) comes_and_goes: bool,
    /// Speaks only of endpoints on which something that must work does not.
    #[serde(default)]
    pub(super) where_failing: bool,
}

/// A set of predictions that many faults share.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Expectation {
    #[serde(default)]
    pub(super) predict: Vec<Prediction>,
    #[serde(default)]
    pub(super) usual: Vec<Prediction>,
}

impl Prediction {
    /// Whether an answer that took so long is foretold.
    pub(super) fn is_in_time(&self, latency: LatencyClass) -> bool {
        self.latency.is_empty() || self.latency.contains(&latency)
    }
}

impl Mode {
    /// Whether it demands this fact, with this value.
    pub(super) fn demands(&self, fact: &Fact) -> bool {
        self.facts.get(fact.key).is_some_and(|allowed| allowed.iter().any(|word| word == fact.value))
    }

    /// Whether it usually shows this fact, with this value.
    pub(super) fn usually_shows(&self, fact: &Fact) -> bool {
        self.usual_facts.get(fact.key).is_some_and(|usual| usual.iter().any(|word| word == fact.value))
    }

    /// Whether the fact may be so: it is not known, not spoken of, or as demanded.
    pub(super) fn agrees(&self, fact: &Fact) -> bool {
        fact.value == UNKNOWN || !self.facts.contains_key(fact.key) || self.demands(fact)
    }

    /// Whether it can be in a system of this kind.
    pub(super) fn is_possible_in(&self, target: &Target) -> bool {
        let judged = self.validation.is_empty() || self.validation.contains(&target.validation);
        judged && self.startup_check.is_none_or(|checks| target.startup_check.is_none_or(|known| known == checks))
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
            self.usual.extend(set.usual.iter().cloned());
        }
        Ok(())
    }
}

fn facts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, Vec<String>>, D::Error> {
    let facts = BTreeMap::<String, Vec<String>>::deserialize(deserializer)?;
    facts.iter().try_for_each(|(key, values)| vocabulary::check(key, values)).map_err(D::Error::custom)?;
    Ok(facts)
}
